/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * domus-consoled: serves the consoles of all PV guests. It finds them in the store, when it starts
 * and whenever a domain comes or goes; so one that was killed is replaced by starting another.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <xenstore.h>

#include <dom0/ctl/ctl.h>

#include "guest.h"

enum { DEFAULT_LIMIT_KIB = 1024 };

struct daemon {
    struct ctl ctl;
    struct mapper mapper;
    struct xs_handle *store;
    struct guest *guests;
    const char *log_dir, *socket_dir;
    uint64_t limit;
    struct pollfd *fds; /* slot 0 is the store's */
    unsigned room;
    uint64_t refill_at; /* ms; 0: no guest waits */
};

static volatile sig_atomic_t must_end;

static void on_signal(int number)
{
    (void)number;
    must_end = 1;
}

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* A node below /local/domain/DOMID; the caller frees it. NULL when it is not there. */
static char *read_node(struct daemon *d, unsigned domid, const char *key)
{
    char path[128];
    unsigned length;

    snprintf(path, sizeof(path), "/local/domain/%u/%s", domid, key);
    return xs_read(d->store, XBT_NULL, path, &length);
}

static bool read_number(struct daemon *d, unsigned domid, const char *key, uint64_t *number)
{
    char *text = read_node(d, domid, key), *end = text;

    if (text)
        *number = strtoull(text, &end, 10);
    free(text);
    return end != text;
}

/* Whether there is a console for us: device models serve others. */
static bool read_nodes(struct daemon *d, unsigned domid, struct guest_nodes *nodes)
{
    char *type = read_node(d, domid, "console/type");
    bool is_ours = !type || !strcmp(type, "xenconsoled");
    uint64_t port = 0;

    free(type);
    if (!is_ours || !read_number(d, domid, "console/ring-ref", &nodes->frame) ||
        !read_number(d, domid, "console/port", &port) || !port || port > UINT32_MAX)
        return false;
    nodes->port = (uint32_t)port;
    return true;
}

static bool is_alive(struct daemon *d, unsigned domid)
{
    struct xen_domctl_getdomaininfo info;

    return !ctl_domain_info(&d->ctl, domid, &info) && !(info.flags & XEN_DOMINF_dying);
}

static void watch_console(struct daemon *d, unsigned domid, bool on)
{
    char path[64];

    snprintf(path, sizeof(path), "/local/domain/%u/console/port", domid);
    if (on)
        xs_watch(d->store, path, "console");
    else
        xs_unwatch(d->store, path, "console");
}

static void publish(struct daemon *d, struct guest *g)
{
    char path[64];

    snprintf(path, sizeof(path), "/local/domain/%u/console/tty", g->domid);
    if (!xs_write(d->store, XBT_NULL, path, g->tty, (unsigned)strlen(g->tty)))
        fprintf(stderr, "domain %u: writing %s: %s\n", g->domid, path, strerror(errno));
}

static void add_guest(struct daemon *d, unsigned domid, const struct guest_nodes *nodes)
{
    struct guest *g = guest_open(&d->mapper, domid, nodes);
    char *name = read_node(d, domid, "name");
    char number[16];
    int error;

    if (!g) {
        fprintf(stderr, "domain %u: its console cannot be had: %s\n", domid, strerror(errno));
        goto free_name;
    }
    snprintf(number, sizeof(number), "%u", domid);
    error = log_open(&g->log, d->log_dir, name && *name ? name : number, d->limit);
    if (error)
        fprintf(stderr, "domain %u: no log in %s: %s\n", domid, d->log_dir, strerror(-error));
    error = readers_open(g, d->socket_dir);
    if (error)
        fprintf(stderr, "domain %u: nobody can read its console: %s\n", domid, strerror(-error));
    publish(d, g);
    g->next = d->guests;
    d->guests = g;
    /* Events that came while nobody was bound were lost; what was printed is there. */
    guest_drain(g);
free_name:
    free(name);
}

static struct guest **find(struct daemon *d, unsigned domid)
{
    struct guest **link = &d->guests;

    while (*link && (*link)->domid != domid)
        link = &(*link)->next;
    return link;
}

static void remove_guest(struct daemon *d, struct guest **link)
{
    struct guest *g = *link;

    *link = g->next;
    watch_console(d, g->domid, false);
    guest_close(&d->mapper, g);
}

static void look_at(struct daemon *d, unsigned domid)
{
    struct guest **link = find(d, domid);
    struct guest_nodes nodes;

    if (!is_alive(d, domid) || !read_nodes(d, domid, &nodes))
        return;
    if (*link && (*link)->nodes.frame == nodes.frame && (*link)->nodes.port == nodes.port)
        return;
    if (*link)
        remove_guest(d, link);
    add_guest(d, domid, &nodes);
}

/* Compares the store's domains with ours. */
static void scan(struct daemon *d)
{
    unsigned count = 0;
    char **names = xs_directory(d->store, XBT_NULL, "/local/domain", &count);

    for (struct guest **link = &d->guests; *link;) {
        if (is_alive(d, (*link)->domid))
            link = &(*link)->next;
        else
            remove_guest(d, link);
    }
    for (unsigned i = 0; names && i < count; i++) {
        unsigned domid = (unsigned)strtoul(names[i], NULL, 10);

        if (!domid)
            continue;
        /* Debian's xl writes the nodes after the domain was introduced. */
        if (!*find(d, domid))
            watch_console(d, domid, true);
        look_at(d, domid);
    }
    free(names);
}

static void on_store(struct daemon *d)
{
    bool must_scan = false;
    char **event;

    while ((event = xs_check_watch(d->store))) {
        unsigned domid;

        if (sscanf(event[XS_WATCH_PATH], "/local/domain/%u/console", &domid) == 1)
            look_at(d, domid);
        else
            must_scan = true;
        free(event);
    }
    if (errno != EAGAIN) {
        fprintf(stderr, "the store is gone: %s\n", strerror(errno));
        exit(EXIT_FAILURE);
    }
    if (must_scan)
        scan(d);
}

/* Fills the slots to poll; returns how many, or 0 without memory. */
static unsigned prepare(struct daemon *d)
{
    unsigned count = 1, wanted = 1;

    for (struct guest *g = d->guests; g; g = g->next)
        wanted += GUEST_FDS;
    if (wanted > d->room) {
        struct pollfd *fds = realloc(d->fds, wanted * sizeof(*fds));

        if (!fds)
            return 0;
        d->fds = fds;
        d->room = wanted;
    }
    d->fds[0] = (struct pollfd){ .fd = xs_fileno(d->store), .events = POLLIN };
    for (struct guest *g = d->guests; g; g = g->next) {
        g->first_fd = count;
        count += guest_poll(g, d->fds + count);
    }
    return count;
}

/* When guests wait for a new period: the time until then; -1: nobody waits. */
static int time_left(struct daemon *d)
{
    uint64_t now = now_ms();
    bool waits = false;

    for (struct guest *g = d->guests; g; g = g->next)
        waits |= g->budget < GUEST_BUDGET;
    if (!waits) {
        d->refill_at = 0;
        return -1;
    }
    if (!d->refill_at)
        d->refill_at = now + GUEST_PERIOD_MS;
    return d->refill_at > now ? (int)(d->refill_at - now) : 0;
}

static void refill(struct daemon *d)
{
    if (!d->refill_at || now_ms() < d->refill_at)
        return;
    d->refill_at = 0;
    for (struct guest *g = d->guests; g; g = g->next)
        guest_refill(g);
}

static int serve(struct daemon *d)
{
    while (!must_end) {
        unsigned count = prepare(d);

        if (!count)
            return EXIT_FAILURE;
        if (poll(d->fds, count, time_left(d)) < 0 && errno != EINTR)
            return EXIT_FAILURE;
        if (must_end)
            break;
        for (struct guest *g = d->guests; g; g = g->next)
            guest_serve(g, d->fds + g->first_fd);
        refill(d);
        if (d->fds[0].revents)
            on_store(d);
    }
    return EXIT_SUCCESS;
}

static void usage(int code)
{
    puts("usage: domus-consoled [option...]\n"
         "  --log-dir DIR     where each guest's log is (/var/log/domus)\n"
         "  --log-limit KIB   size at which a log is put aside and begun anew (1024)\n"
         "  --socket-dir DIR  where clients connect, DIR/DOMID (/run/domus/console)\n"
         "  --help");
    exit(code);
}

static void read_options(int argc, char **argv, struct daemon *d)
{
    static const struct option names[] = {
        { "log-dir", required_argument, NULL, 'l' },
        { "log-limit", required_argument, NULL, 'k' },
        { "socket-dir", required_argument, NULL, 's' },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
    };
    int c;

    while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
        if (c == 'l')
            d->log_dir = optarg;
        else if (c == 's')
            d->socket_dir = optarg;
        else if (c == 'k' && strtoull(optarg, NULL, 10))
            d->limit = strtoull(optarg, NULL, 10) << 10;
        else
            usage(c == 'h' ? EXIT_SUCCESS : 2);
    }
    if (optind < argc)
        usage(2);
}

/* What does not work, or NULL. */
static const char *open_all(struct daemon *d)
{
    if (ctl_open(&d->ctl))
        return "the hypervisor's control operations";
    d->mapper.grants = xengnttab_open(NULL, 0);
    d->mapper.foreign = xenforeignmemory_open(NULL, 0);
    if (!d->mapper.grants || !d->mapper.foreign)
        return "/dev/xen/gntdev or /dev/xen/privcmd";
    d->store = xs_open(0);
    if (!d->store || !xs_watch(d->store, "@introduceDomain", "domains") ||
        !xs_watch(d->store, "@releaseDomain", "domains"))
        return "the store";
    if ((mkdir(d->log_dir, 0750) && errno != EEXIST) ||
        (mkdir(d->socket_dir, 0711) && errno != EEXIST))
        return "its directories";
    return NULL;
}

/* Tells systemd, where it started us. */
static void say_ready(void)
{
    const char *name = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return;
    if (name && strlen(name) < sizeof(address.sun_path)) {
        memcpy(address.sun_path, name, strlen(name));
        if (*name == '@')
            address.sun_path[0] = 0;
        sendto(fd, "READY=1", 7, MSG_NOSIGNAL, (struct sockaddr *)&address,
               (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name)));
    }
    close(fd);
}

int main(int argc, char **argv)
{
    struct daemon d = { .log_dir = "/var/log/domus",
                        .socket_dir = "/run/domus/console",
                        .limit = DEFAULT_LIMIT_KIB << 10 };
    struct sigaction end = { .sa_handler = on_signal };
    const char *wrong;

    read_options(argc, argv, &d);
    signal(SIGPIPE, SIG_IGN);
    sigaction(SIGTERM, &end, NULL);
    sigaction(SIGINT, &end, NULL);
    wrong = open_all(&d);
    if (wrong) {
        fprintf(stderr, "domus-consoled: %s: %s\n", wrong, strerror(errno));
        return EXIT_FAILURE;
    }
    scan(&d);
    say_ready();
    return serve(&d);
}
