/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs in dom0: two processes share pages through gntalloc and gntdev and call each other through
 * /dev/xen/evtchn. The parent grants to its own domain, the child maps what the parent granted.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xen/xen.h>

#include <xen/grant_table.h>

#include <xen/evtchn.h>
#include <xen/gntalloc.h>
#include <xen/gntdev.h>

enum { PAGES = 8, PAGE = 4096, ROUNDS = 200, CLEARED = PAGE - 1, SECONDS = 60 };

/* What the parent tells the child through a pipe. */
struct offer {
    uint32_t refs[PAGES];
    uint32_t port;
};

static void check(int good, const char *what)
{
    if (good)
        return;
    perror(what);
    exit(1);
}

static uint32_t word(unsigned int page, unsigned int i, uint32_t seed)
{
    return (page * PAGE + i) * 2654435761u ^ seed;
}

static void fill(uint32_t *pages, uint32_t seed)
{
    for (unsigned int p = 0; p < PAGES; p++)
        for (unsigned int i = 0; i < PAGE / 4 - 1; i++)
            pages[p * PAGE / 4 + i] = word(p, i, seed);
}

static int holds(const uint32_t *pages, uint32_t seed)
{
    for (unsigned int p = 0; p < PAGES; p++)
        for (unsigned int i = 0; i < PAGE / 4 - 1; i++)
            if (pages[p * PAGE / 4 + i] != word(p, i, seed))
                return 0;
    return 1;
}

static void evtchn_notify(int fd, uint32_t port)
{
    struct ioctl_evtchn_notify notify = { .port = port };

    check(ioctl(fd, IOCTL_EVTCHN_NOTIFY, &notify) == 0, "notify");
}

/* Waits for an event on the port and unmasks it again. */
static void evtchn_wait(int fd, uint32_t port)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    uint32_t got;

    check(poll(&p, 1, SECONDS * 1000) == 1, "an event");
    check(read(fd, &got, sizeof(got)) == sizeof(got) && got == port, "the event's port");
    check(write(fd, &got, sizeof(got)) == sizeof(got), "unmask");
}

static void *grant_pages(int fd, struct offer *offer)
{
    char buf[sizeof(struct ioctl_gntalloc_alloc_gref) + PAGES * 4] = { 0 };
    struct ioctl_gntalloc_alloc_gref *op = (void *)buf;
    void *pages;

    op->flags = GNTALLOC_FLAG_WRITABLE;
    op->count = PAGES;
    check(ioctl(fd, IOCTL_GNTALLOC_ALLOC_GREF, op) == 0, "gntalloc");
    memcpy(offer->refs, op->gref_ids, sizeof(offer->refs));
    pages = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)op->index);
    check(pages != MAP_FAILED, "mmap of gntalloc");
    return pages;
}

static void *map_pages(int fd, const struct offer *offer, __u64 *index)
{
    char buf[sizeof(struct ioctl_gntdev_map_grant_ref) +
             PAGES * sizeof(struct ioctl_gntdev_grant_ref)] = { 0 };
    struct ioctl_gntdev_map_grant_ref *op = (void *)buf;
    struct ioctl_gntdev_unmap_notify notify = { .action = UNMAP_NOTIFY_CLEAR_BYTE };
    void *pages;

    op->count = PAGES;
    for (unsigned int i = 0; i < PAGES; i++)
        op->refs[i].ref = offer->refs[i];
    check(ioctl(fd, IOCTL_GNTDEV_MAP_GRANT_REF, op) == 0, "gntdev");
    *index = op->index;
    notify.index = op->index + CLEARED;
    check(ioctl(fd, IOCTL_GNTDEV_SET_UNMAP_NOTIFY, &notify) == 0, "unmap notify");
    pages = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)op->index);
    check(pages != MAP_FAILED, "mmap of gntdev");
    return pages;
}

static void child(int from_parent)
{
    int evtchn = open("/dev/xen/evtchn", O_RDWR), gntdev = open("/dev/xen/gntdev", O_RDWR);
    struct ioctl_evtchn_bind_interdomain bind = { 0 };
    struct ioctl_gntdev_unmap_grant_ref unmap = { .count = PAGES };
    struct offer offer;
    uint32_t *pages;
    int port;

    check(evtchn >= 0 && gntdev >= 0, "open");
    check(read(from_parent, &offer, sizeof(offer)) == sizeof(offer), "offer");
    bind.remote_port = offer.port;
    port = ioctl(evtchn, IOCTL_EVTCHN_BIND_INTERDOMAIN, &bind);
    check(port > 0, "bind interdomain");
    pages = map_pages(gntdev, &offer, &unmap.index);
    /* Who binds to another's port gets an event at once. */
    evtchn_wait(evtchn, (uint32_t)port);
    evtchn_notify(evtchn, (uint32_t)port);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        evtchn_wait(evtchn, (uint32_t)port);
        check(holds(pages, round), "the parent's pattern in the child");
        fill(pages, ~round);
        evtchn_notify(evtchn, (uint32_t)port);
    }
    check(munmap(pages, PAGES * PAGE) == 0, "munmap");
    check(ioctl(gntdev, IOCTL_GNTDEV_UNMAP_GRANT_REF, &unmap) == 0, "unmap");
    exit(0);
}

static void parent(int to_child, pid_t pid)
{
    int evtchn = open("/dev/xen/evtchn", O_RDWR), gntalloc = open("/dev/xen/gntalloc", O_RDWR);
    struct ioctl_evtchn_bind_unbound_port bind = { 0 };
    struct offer offer;
    uint32_t *pages;
    int port, status;

    check(evtchn >= 0 && gntalloc >= 0, "open");
    port = ioctl(evtchn, IOCTL_EVTCHN_BIND_UNBOUND_PORT, &bind);
    check(port > 0, "bind unbound");
    pages = grant_pages(gntalloc, &offer);
    ((char *)pages)[CLEARED] = 1;
    offer.port = (uint32_t)port;
    check(write(to_child, &offer, sizeof(offer)) == sizeof(offer), "offer");
    evtchn_wait(evtchn, offer.port);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        fill(pages, round);
        evtchn_notify(evtchn, offer.port);
        evtchn_wait(evtchn, offer.port);
        check(holds(pages, ~round), "the child's pattern in the parent");
    }
    check(waitpid(pid, &status, 0) == pid && status == 0, "the child");
    check(((char *)pages)[CLEARED] == 0, "the byte cleared at unmap");
    printf("xen-drivers: %d pages, %d rounds, good\n", PAGES, ROUNDS);
}

int main(void)
{
    int pipe_fd[2];
    pid_t pid;

    alarm(SECONDS * 2);
    check(pipe(pipe_fd) == 0, "pipe");
    pid = fork();
    check(pid >= 0, "fork");
    if (pid == 0)
        child(pipe_fd[0]);
    parent(pipe_fd[1], pid);
    return 0;
}
