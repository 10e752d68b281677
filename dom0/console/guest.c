/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's ring and event channel. */
#include "guest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xen/grant_table.h>

static struct xencons_interface *map(const struct mapper *mapper, struct guest *g)
{
    xen_pfn_t frame = g->nodes.frame;
    void *page = xengnttab_map_grant_ref(mapper->grants, g->domid, GNTTAB_RESERVED_CONSOLE,
                                         PROT_READ | PROT_WRITE);

    g->is_granted = page;
    if (!page)
        page = xenforeignmemory_map(mapper->foreign, g->domid, PROT_READ | PROT_WRITE, 1, &frame,
                                    NULL);
    return page;
}

static void unmap(const struct mapper *mapper, struct guest *g)
{
    if (g->is_granted)
        xengnttab_unmap(mapper->grants, g->ring, 1);
    else if (g->ring)
        xenforeignmemory_unmap(mapper->foreign, g->ring, 1);
    g->ring = NULL;
}

struct guest *guest_open(const struct mapper *mapper, unsigned domid,
                         const struct guest_nodes *nodes)
{
    struct guest *g = calloc(1, sizeof(*g));
    int error;

    if (!g)
        return NULL;
    g->domid = domid;
    g->nodes = *nodes;
    g->log.fd = g->terminal.fd = g->slave = g->listener = -1;
    g->budget = GUEST_BUDGET;
    g->ring = map(mapper, g);
    /* A handle of its own: its fd can be left alone while the guest has to wait. */
    g->events = g->ring ? xenevtchn_open(NULL, 0) : NULL;
    if (!g->events)
        goto fail;
    g->port = xenevtchn_bind_interdomain(g->events, domid, nodes->port);
    if (g->port < 0)
        goto fail;
    /* A former daemon, perhaps a killed one, left the indices where it was. */
    g->consumer = g->ring->out_cons;
    g->producer = g->ring->in_prod;
    return g;
fail:
    error = errno;
    if (g->events)
        xenevtchn_close(g->events);
    unmap(mapper, g);
    free(g);
    errno = error;
    return NULL;
}

void guest_close(const struct mapper *mapper, struct guest *g)
{
    g->budget = sizeof(g->ring->out);
    guest_drain(g);
    readers_close(g);
    log_close(&g->log);
    xenevtchn_close(g->events);
    unmap(mapper, g);
    free(g);
}

static void print(struct guest *g, const char *data, size_t length)
{
    log_write(&g->log, data, length);
    for (size_t i = 0; i < length; i++)
        g->history[g->history_end++ % GUEST_HISTORY] = data[i];
    readers_print(g, data, length);
}

void guest_drain(struct guest *g)
{
    char data[sizeof(g->ring->out)];
    uint32_t room = g->budget < sizeof(data) ? g->budget : sizeof(data);
    int n = g->is_broken ? 0 : ring_take(g->ring, g->consumer, data, room);

    if (n < 0) {
        static const char word[] = "\r\n[the guest broke its console]\r\n";

        g->is_broken = true;
        print(g, word, sizeof(word) - 1);
    }
    if (n <= 0)
        return;
    g->consumer += (uint32_t)n;
    g->budget -= (uint32_t)n;
    ring_publish(g->ring, g->consumer, g->producer);
    xenevtchn_notify(g->events, (evtchn_port_t)g->port);
    print(g, data, (size_t)n);
}

bool guest_is_throttled(const struct guest *g)
{
    return !g->budget;
}

/* Opens the port again, unless the guest has to wait. */
static void unmask(struct guest *g)
{
    if (!g->is_masked || guest_is_throttled(g) || g->is_broken)
        return;
    g->is_masked = false;
    xenevtchn_unmask(g->events, (evtchn_port_t)g->port);
}

void guest_refill(struct guest *g)
{
    g->budget = GUEST_BUDGET;
    if (g->is_masked)
        guest_drain(g);
    unmask(g);
}

static void on_event(struct guest *g)
{
    if (xenevtchn_pending(g->events) < 0)
        return;
    g->is_masked = true;
    guest_drain(g);
    unmask(g);
}

bool guest_type_from(struct guest *g, int fd)
{
    char data[sizeof(g->ring->in)];
    uint32_t room = ring_room(g->ring, g->producer);
    ssize_t n;

    if (!room)
        return true;
    n = read(fd, data, room);
    if (n <= 0)
        return n < 0 && (errno == EAGAIN || errno == EINTR);
    g->producer += (uint32_t)ring_put(g->ring, g->producer, data, (uint32_t)n);
    ring_publish(g->ring, g->consumer, g->producer);
    xenevtchn_notify(g->events, (evtchn_port_t)g->port);
    return true;
}

unsigned guest_poll(struct guest *g, struct pollfd *fds)
{
    bool may_type = !g->is_broken && ring_room(g->ring, g->producer);

    fds[0] = (struct pollfd){ .fd = g->is_masked ? -1 : xenevtchn_fd(g->events), .events = POLLIN };
    return 1 + readers_poll(g, fds + 1, may_type);
}

void guest_serve(struct guest *g, const struct pollfd *fds)
{
    if (fds[0].revents)
        on_event(g);
    readers_serve(g, fds + 1);
}
