/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domus-xenstored: options, files and processes. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "holder.h"
#include "journal.h"
#include "region.h"
#include "server.h"
#include "socket.h"
#include "store.h"
#include "xen.h"

struct options {
    const char *socket, *socket_read_only, *state_dir, *pid_file;
    bool in_foreground, without_kernel, without_holder;
    unsigned long memory; /* MiB */
};

static struct server server = { .listener_read_only = -1, .evtchn = -1 };

__attribute__((noreturn, format(printf, 1, 2))) static void fail(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    fputs("domus-xenstored: ", stderr);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    va_end(list);
    exit(EXIT_FAILURE);
}

static void usage(void)
{
    puts("usage: domus-xenstored [option...]\n"
         "  --socket PATH      where clients connect (/run/xenstored/socket)\n"
         "  --socket-ro PATH   where clients that only read connect (none)\n"
         "  --state-dir DIR    where the store outlives the daemon (/run/domus/xenstore)\n"
         "  --pid-file FILE    write the holder's process id there\n"
         "  --memory MIB       largest size of the store (1024)\n"
         "  --foreground       do not become a daemon\n"
         "  --no-kernel        no hypervisor: sockets only\n"
         "  --no-holder        serve in this process; a kill then loses the sockets\n"
         "  --help");
    exit(EXIT_SUCCESS);
}

static void read_options(int argc, char **argv, struct options *o)
{
    static const struct option names[] = {
        { "socket", required_argument, NULL, 's' },
        { "socket-ro", required_argument, NULL, 'r' },
        { "state-dir", required_argument, NULL, 'd' },
        { "pid-file", required_argument, NULL, 'p' },
        { "memory", required_argument, NULL, 'm' },
        { "foreground", no_argument, NULL, 'f' },
        { "no-kernel", no_argument, NULL, 'k' },
        { "no-holder", no_argument, NULL, 'n' },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
    };
    int c;

    while ((c = getopt_long(argc, argv, "h", names, NULL)) != -1) {
        switch (c) {
        case 's': o->socket = optarg; break;
        case 'r': o->socket_read_only = optarg; break;
        case 'd': o->state_dir = optarg; break;
        case 'p': o->pid_file = optarg; break;
        case 'm': o->memory = strtoul(optarg, NULL, 10); break;
        case 'f': o->in_foreground = true; break;
        case 'k': o->without_kernel = true; break;
        case 'n': o->without_holder = true; break;
        case 'h': usage(); break;
        default: exit(EXIT_FAILURE);
        }
    }
    if (optind != argc)
        fail("%s: no such argument", argv[optind]);
    if (o->memory < 80 || o->memory > 1 << 20)
        fail("--memory: between 80 and 1048576 MiB");
}

static void make_directories(const char *name)
{
    char copy[4096];

    if (strlen(name) >= sizeof(copy))
        fail("%s: too long", name);
    strcpy(copy, name);
    for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(copy, 0755);
        *slash = '/';
    }
}

/* One daemon a state directory: the lock lasts as long as holder or serving process. */
static void open_state(const struct options *o)
{
    char name[4096];
    int fd, err;

    if (snprintf(name, sizeof(name), "%s/state", o->state_dir) >= (int)sizeof(name))
        fail("%s: too long", o->state_dir);
    make_directories(name);
    fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        fail("%s: %s", name, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        fail("%s: in use by another daemon", name);
    err = region_open(fd, o->memory << 20, STORE_LAYOUT);
    if (err == -EPROTO)
        fail("%s: from another version; remove it when no guest runs", name);
    if (err)
        fail("%s: %s", name, strerror(-err));
}

static void open_sockets(const struct options *o)
{
    make_directories(o->socket);
    server.listener = socket_listen(o->socket);
    if (server.listener < 0)
        fail("%s: %s", o->socket, strerror(-server.listener));
    if (o->socket_read_only) {
        server.listener_read_only = socket_listen(o->socket_read_only);
        if (server.listener_read_only < 0)
            fail("%s: %s", o->socket_read_only, strerror(-server.listener_read_only));
    }
    server.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (server.epoll < 0)
        fail("epoll: %s", strerror(errno));
}

/* systemd, when it waits for it, learns that the service is up. */
static void notify_ready(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const char *name = getenv("NOTIFY_SOCKET");
    int fd;

    if (!name || strlen(name) >= sizeof(address.sun_path))
        return;
    strcpy(address.sun_path, name);
    if (name[0] == '@')
        address.sun_path[0] = 0;
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    sendto(fd, "READY=1", 7, MSG_NOSIGNAL, (struct sockaddr *)&address,
           (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name)));
    close(fd);
}

static void connect_kernel(struct store *store, enum store_end end)
{
    int evtchn_fd = end == STORE_CLOSED ? -1 : store->evtchn_fd;
    int err = xen_open(&evtchn_fd, &store->virq_port);
    uint32_t port;

    if (err)
        fail("hypervisor: %s", strerror(-err));
    store->evtchn_fd = evtchn_fd;
    server.evtchn = evtchn_fd;
    domain_adopt_all(store, end == STORE_CLOSED);
    /* The predecessor may have taken the event and not come to act on it. */
    store->source->unmask(store->virq_port);
    domain_check_all(store);
    if (domain_find(store, 0))
        return;
    err = xen_kernel_port(&port);
    if (!err)
        err = domain_introduce(store, 0, 0, port);
    if (err)
        fail("the kernel's ring: %s", strerror(-err));
    journal_commit();
}

static void serve(enum store_end end, void *argument)
{
    const struct options *o = argument;
    struct store *store;

    journal_recover();
    store = store_open(o->without_kernel ? NULL : &xen_domains, end);
    if (!store)
        fail("no memory for the store");
    server_prepare(&server, store, end);
    if (!o->without_kernel)
        connect_kernel(store, end);
    if (end == STORE_CLOSED)
        notify_ready();
    server_run(&server, store, &holder_stop);
}

static void write_pid(const char *name)
{
    FILE *file = fopen(name, "we");

    if (!file)
        fail("%s: %s", name, strerror(errno));
    fprintf(file, "%d\n", (int)getpid());
    fclose(file);
}

int main(int argc, char **argv)
{
    struct options o = {
        .socket = "/run/xenstored/socket",
        .state_dir = "/run/domus/xenstore",
        .memory = 1024,
    };

    read_options(argc, argv, &o);
    open_state(&o);
    open_sockets(&o);
    if (!o.in_foreground && daemon(0, 0) != 0)
        fail("daemon: %s", strerror(errno));
    if (o.pid_file)
        write_pid(o.pid_file);
    openlog("domus-xenstored", LOG_PID, LOG_DAEMON);
    if (!o.without_holder)
        return holder_run(serve, &o);
    serve(STORE_CLOSED, &o);
    return EXIT_SUCCESS;
}
