/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The only program of a machine that is measured: init, a set of figures, and the power switch.
 * The figures say what a control domain's kernel pays for its hypervisor.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdbool.h>
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
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "memory.h"
#include "privcmd.h"

#include <xen/evtchn.h>

#define PAGE       4096UL
#define AREA       (64UL << 20) /* touched and given back page by page */
#define SMALL_AREA (256 * PAGE)

/*
 * One figure: run does its thing `count` times and says how many nanoseconds that took, or
 * NOT_HERE; the best of `runs` is printed, divided by `scale`.
 */
struct figure {
    const char *name, *unit;
    int runs;
    long count;
    double scale;
    double (*run)(long count);
};

#define NOT_HERE -1e18

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double run_cpu(long count)
{
    volatile uint32_t sink;
    uint32_t x = 12345;
    double begin = now();

    while (count--) {
        x = x * 1664525 + 1013904223;
        x ^= x >> 13;
    }
    sink = x;
    (void)sink;
    return now() - begin;
}

static double run_getpid(long count)
{
    double begin = now();

    while (count--)
        syscall(SYS_getpid);
    return now() - begin;
}

static double run_clock(long count)
{
    struct timespec t;
    double begin = now();

    while (count--)
        clock_gettime(CLOCK_MONOTONIC, &t);
    return now() - begin;
}

/* Starts `program` (or just ends, when there is none) in a child and waits for it. */
static int spawn(char *const program[])
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        if (program)
            execv(program[0], program);
        _exit(program ? 127 : 0);
    }
    return child > 0 && waitpid(child, &status, 0) == child && status == 0 ? 0 : -1;
}

static double run_fork(long count)
{
    double begin = now();

    while (count--)
        if (spawn(NULL))
            return NOT_HERE;
    return now() - begin;
}

static double run_exec(long count)
{
    static char name[] = "/init";
    static char *const program[] = { name, NULL };
    double begin = now();

    while (count--)
        if (spawn(program))
            return NOT_HERE;
    return now() - begin;
}

static double run_shell(long count)
{
    static char name[] = "/busybox", sh[] = "sh", c[] = "-c", script[128];
    static char *const program[] = { name, sh, c, script, NULL };
    double begin = now();

    snprintf(script, sizeof(script),
             "i=0; while [ $i -lt %ld ]; do /busybox true; i=$((i+1)); done", count);
    if (spawn(program))
        return NOT_HERE;
    return now() - begin;
}

static double run_pipe(long count)
{
    int there[2], back[2];
    char byte = 0;
    double begin;
    pid_t child;

    if (pipe(there) || pipe(back))
        return NOT_HERE;
    child = fork();
    if (child == 0) {
        close(there[1]);
        while (read(there[0], &byte, 1) == 1 && write(back[1], &byte, 1) == 1)
            ;
        _exit(0);
    }
    begin = now();
    while (count--)
        if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1)
            return NOT_HERE;
    begin = now() - begin;
    close(there[0]);
    close(there[1]);
    close(back[0]);
    close(back[1]);
    return waitpid(child, NULL, 0) == child ? begin : NOT_HERE;
}

static char *map_pages(size_t size)
{
    char *area = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (area == MAP_FAILED)
        return NULL;
    madvise(area, size, MADV_NOHUGEPAGE);
    return area;
}

static void touch(char *area, size_t size)
{
    for (size_t i = 0; i < size; i += PAGE)
        ((volatile char *)area)[i] = 1;
}

/* Of map, touch, unmap: the time of the touching, or that of the unmapping. */
static double run_pages(long count, bool unmapping)
{
    double touched = 0, unmapped = 0;

    while (count--) {
        char *area = map_pages(AREA);
        double begin = now(), middle;

        if (!area)
            return NOT_HERE;
        touch(area, AREA);
        middle = now();
        munmap(area, AREA);
        touched += middle - begin;
        unmapped += now() - middle;
    }
    return unmapping ? unmapped : touched;
}

static double run_fault(long count)
{
    return run_pages(count, false);
}

static double run_unmap(long count)
{
    return run_pages(count, true);
}

static double run_protect(long count)
{
    static char *area;
    double begin;

    if (!area)
        area = map_pages(SMALL_AREA);
    if (!area)
        return NOT_HERE;
    touch(area, SMALL_AREA);
    begin = now();
    while (count--) {
        mprotect(area, SMALL_AREA, PROT_READ);
        mprotect(area, SMALL_AREA, PROT_READ | PROT_WRITE);
    }
    return now() - begin;
}

/* How much later than asked a sleeper wakes. */
static double run_sleep(long count)
{
    struct timespec millisecond = { .tv_nsec = 1000000 };
    double late = 0;

    while (count--) {
        double begin = now();

        clock_nanosleep(CLOCK_MONOTONIC, 0, &millisecond, NULL);
        late += now() - begin - 1e6;
    }
    return late;
}

/* The hypercall alone: what the same road into the kernel costs without one is taken off. */
static double run_hypercall(long count)
{
    double begin = now(), called;

    for (long i = 0; i < count; i++)
        if (privcmd_call(__HYPERVISOR_xen_version, XENVER_version, NULL) < 0)
            return NOT_HERE;
    called = now() - begin;
    begin = now();
    for (long i = 0; i < count; i++)
        privcmd_nothing();
    return called - (now() - begin);
}

/* Notify one end, read the other end's port there, unmask it. */
static int event_pass(int from, int port, int to)
{
    struct ioctl_evtchn_notify notify = { .port = (unsigned int)port };
    uint32_t got;

    return ioctl(from, IOCTL_EVTCHN_NOTIFY, &notify) || read(to, &got, 4) != 4 ||
           write(to, &got, 4) != 4;
}

/* Binding makes both ends pending; take what is there without waiting for more. */
static void event_drain(int fd)
{
    uint32_t got;

    fcntl(fd, F_SETFL, O_NONBLOCK);
    while (read(fd, &got, 4) == 4 && write(fd, &got, 4) == 4)
        ;
    fcntl(fd, F_SETFL, 0);
}

/* A channel of the domain to itself, there and back. */
static double run_event(long count)
{
    static int end[2] = { -1, -1 }, port[2];
    double begin;

    if (end[0] < 0) {
        struct ioctl_evtchn_bind_unbound_port unbound = { .remote_domain = 0 };
        struct ioctl_evtchn_bind_interdomain peer = { .remote_domain = 0 };

        end[0] = open("/dev/xen/evtchn", O_RDWR | O_CLOEXEC);
        end[1] = open("/dev/xen/evtchn", O_RDWR | O_CLOEXEC);
        port[0] = ioctl(end[0], IOCTL_EVTCHN_BIND_UNBOUND_PORT, &unbound);
        peer.remote_port = (unsigned int)port[0];
        port[1] = ioctl(end[1], IOCTL_EVTCHN_BIND_INTERDOMAIN, &peer);
        if (port[0] < 0 || port[1] < 0)
            return NOT_HERE;
        usleep(100000);
        event_drain(end[0]);
        event_drain(end[1]);
    }
    begin = now();
    while (count--)
        if (event_pass(end[0], port[0], end[1]) || event_pass(end[1], port[1], end[0]))
            return NOT_HERE;
    return now() - begin;
}

static const struct figure figures[] = {
    { "cpu loop", "ns", 3, 2000000, 1, run_cpu },
    { "getpid", "ns", 5, 100000, 1, run_getpid },
    { "clock_gettime", "ns", 5, 100000, 1, run_clock },
    { "fork", "us", 5, 200, 1e3, run_fork },
    { "fork + exec", "us", 5, 100, 1e3, run_exec },
    { "pipe round trip", "us", 5, 2000, 1e3, run_pipe },
    { "page fault", "ns/page", 3, 1, (double)(AREA / PAGE), run_fault },
    { "munmap", "ns/page", 3, 1, (double)(AREA / PAGE), run_unmap },
    { "mprotect 256 pages x2", "us", 5, 100, 1e3, run_protect },
    { "1 ms sleep, late by", "us", 1, 200, 1e3, run_sleep },
    { "hypercall xen_version", "ns", 5, 50000, 1, run_hypercall },
    { "event round trip", "us", 5, 2000, 1e3, run_event },
    { "300 shell spawns", "s", 1, 300, 1e9 / 300, run_shell },
};

static void measure(const struct figure *figure)
{
    double best = 1e18;

    for (int i = 0; i < figure->runs; i++) {
        double took = figure->run(figure->count);

        if (took <= NOT_HERE)
            return;
        took /= (double)figure->count * figure->scale;
        best = took < best ? took : best;
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
    struct utsname name;

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
    uname(&name);
    printf("KERNEL %s\n", name.release);
    memory_print();
    printf("FIGURE boot to init: %.2f s\n", (double)up.tv_sec + (double)up.tv_nsec / 1e9);
    for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
        measure(&figures[i]);
    puts("FIGURES END");
    sync();
    reboot(RB_POWER_OFF);
    return 0;
}
