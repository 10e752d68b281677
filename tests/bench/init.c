/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The only program of a machine that is measured: init, a set of figures, and the power switch. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <xen/xen.h>

#include <xen/evtchn.h>
#include <xen/privcmd.h>

#define RUNS     5
#define PAGES    256
#define PAGE     4096
#define XEN_CALL 17 /* the hypercall xen_version; its sub-operation 0 takes no argument */

/* One figure: run does its thing `count` times; the best of RUNS is printed, divided by `scale`. */
struct figure {
    const char *name, *unit;
    long count;
    double scale;
    int (*run)(long count); /* 0, or -1 when the machine cannot do it */
};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int run_getpid(long count)
{
    while (count--)
        syscall(SYS_getpid);
    return 0;
}

static int run_fork(long count)
{
    while (count--) {
        pid_t child = fork();

        if (child == 0)
            _exit(0);
        if (child < 0 || waitpid(child, NULL, 0) != child)
            return -1;
    }
    return 0;
}

static int run_exec(long count)
{
    static char name[] = "/init";
    static char *const arguments[] = { name, NULL };

    while (count--) {
        pid_t child = fork();

        if (child == 0) {
            execv(name, arguments);
            _exit(1);
        }
        if (child < 0 || waitpid(child, NULL, 0) != child)
            return -1;
    }
    return 0;
}

static int run_pipe(long count)
{
    int there[2], back[2];
    char byte = 0;
    pid_t child;

    if (pipe(there) || pipe(back))
        return -1;
    child = fork();
    if (child == 0) {
        close(there[1]);
        while (read(there[0], &byte, 1) == 1 && write(back[1], &byte, 1) == 1)
            ;
        _exit(0);
    }
    while (count--)
        if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1)
            return -1;
    close(there[0]);
    close(there[1]);
    close(back[0]);
    close(back[1]);
    return waitpid(child, NULL, 0) == child ? 0 : -1;
}

static char *map_pages(void)
{
    char *area = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                      0);

    return area == MAP_FAILED ? NULL : area;
}

static void touch(char *area)
{
    for (size_t i = 0; i < PAGES; i++)
        ((volatile char *)area)[i * PAGE] = 1;
}

static int run_map(long count)
{
    while (count--) {
        char *area = map_pages();

        if (!area)
            return -1;
        touch(area);
        munmap(area, PAGES * PAGE);
    }
    return 0;
}

static int run_protect(long count)
{
    static char *area;

    if (!area) {
        area = map_pages();
        if (!area)
            return -1;
    }
    touch(area);
    while (count--) {
        mprotect(area, PAGES * PAGE, PROT_READ);
        mprotect(area, PAGES * PAGE, PROT_READ | PROT_WRITE);
    }
    return 0;
}

static int run_sleep(long count)
{
    struct timespec millisecond = { .tv_nsec = 1000000 };

    while (count--)
        clock_nanosleep(CLOCK_MONOTONIC, 0, &millisecond, NULL);
    return 0;
}

static int run_hypercall(long count)
{
    struct privcmd_hypercall call = { .op = XEN_CALL };
    static int fd = -1;

    if (fd < 0)
        fd = open("/dev/xen/privcmd", O_RDWR);
    while (fd >= 0 && count--)
        if (ioctl(fd, IOCTL_PRIVCMD_HYPERCALL, &call) <= 0)
            return -1;
    return fd >= 0 ? 0 : -1;
}

/* A channel of the domain to itself: one end is notified, the other end's port is read and
 * unmasked. */
static int run_event(long count)
{
    static int from = -1, to = -1;
    static uint32_t from_port;
    uint32_t port;

    if (from < 0) {
        struct ioctl_evtchn_bind_unbound_port unbound = { .remote_domain = 0 };
        struct ioctl_evtchn_bind_interdomain peer = { .remote_domain = 0 };
        int bound;

        from = open("/dev/xen/evtchn", O_RDWR);
        to = open("/dev/xen/evtchn", O_RDWR);
        bound = ioctl(to, IOCTL_EVTCHN_BIND_UNBOUND_PORT, &unbound);
        peer.remote_port = (unsigned int)bound;
        if (bound < 0)
            return -1;
        bound = ioctl(from, IOCTL_EVTCHN_BIND_INTERDOMAIN, &peer);
        if (bound < 0)
            return -1;
        from_port = (uint32_t)bound;
        /* Binding makes the other end pending once. */
        if (read(to, &port, sizeof(port)) != sizeof(port))
            return -1;
        if (write(to, &port, sizeof(port)) != sizeof(port))
            return -1;
    }
    while (count--) {
        struct ioctl_evtchn_notify notify = { .port = from_port };

        if (ioctl(from, IOCTL_EVTCHN_NOTIFY, &notify) ||
            read(to, &port, sizeof(port)) != sizeof(port) ||
            write(to, &port, sizeof(port)) != sizeof(port))
            return -1;
    }
    return 0;
}

static const struct figure figures[] = {
    { "getpid", "ns", 100000, 1, run_getpid },
    { "fork", "us", 200, 1e3, run_fork },
    { "fork + exec", "us", 100, 1e3, run_exec },
    { "pipe round trip", "us", 2000, 1e3, run_pipe },
    { "map, touch, unmap", "ns/page", 20, PAGES, run_map },
    { "mprotect 256 pages x2", "us", 50, 1e3, run_protect },
    { "sleep of 1 ms", "us", 20, 1e3, run_sleep },
    { "hypercall", "ns", 20000, 1, run_hypercall },
    { "event round trip", "us", 2000, 1e3, run_event },
};

static void measure(const struct figure *figure)
{
    double best = 1e18;

    for (int i = 0; i < RUNS; i++) {
        double begin = now();

        if (figure->run(figure->count)) {
            printf("FIGURE %s: - %s (%s)\n", figure->name, figure->unit, strerror(errno));
            return;
        }
        begin = (now() - begin) / (double)figure->count / figure->scale;
        best = begin < best ? begin : best;
    }
    printf("FIGURE %s: %.2f %s\n", figure->name, best, figure->unit);
}

static void load(const char *module)
{
    int fd = open(module, O_RDONLY | O_CLOEXEC);

    if (fd >= 0) {
        syscall(SYS_finit_module, fd, "", 0);
        close(fd);
    }
}

int main(void)
{
    struct timespec up;

    /* The program that run_exec starts is this one, and does nothing. */
    if (getpid() != 1)
        return 0;
    clock_gettime(CLOCK_BOOTTIME, &up);
    mkdir("/dev", 0755);
    mount("dev", "/dev", "devtmpfs", 0, NULL);
    if (freopen("/dev/console", "w", stdout) == NULL)
        return 1;
    setlinebuf(stdout);
    load("/xen-privcmd.ko");
    load("/xen-evtchn.ko");
    printf("FIGURE boot to init: %.2f s\n", (double)up.tv_sec + (double)up.tv_nsec / 1e9);
    for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
        measure(&figures[i]);
    puts("FIGURES END");
    sync();
    reboot(RB_POWER_OFF);
    return 0;
}
