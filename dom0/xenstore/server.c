/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waiting for sockets and event channels, and passing what comes to its connection. */
#include "server.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "connection.h"
#include "domain.h"
#include "journal.h"
#include "request.h"
#include "socket.h"

#define BATCH 64

/* What epoll says of descriptors that are no connection's. */
enum { AT_LISTENER = 1, AT_READ_ONLY = 2, AT_EVTCHN = 3 };

static struct epoll_event events[BATCH];
static int event_count;

static void watch_fd(const struct server *server, int fd, uint64_t data, uint32_t what)
{
    struct epoll_event event = { .events = what, .data.u64 = data };

    if (epoll_ctl(server->epoll, EPOLL_CTL_ADD, fd, &event) != 0 && errno == EEXIST)
        epoll_ctl(server->epoll, EPOLL_CTL_MOD, fd, &event);
}

static void watch_connection(const struct server *server, struct connection *c, uint32_t what)
{
    watch_fd(server, c->fd, (uint64_t)(uintptr_t)c, what);
}

static void close_client(struct store *store, struct connection *c)
{
    int fd = c->fd;

    /* First, so that a successor that still finds the connection sees its end too. */
    shutdown(fd, SHUT_RDWR);
    connection_destroy(store, c);
    journal_commit();
    close(fd);
    for (int i = 0; i < event_count; i++)
        if (events[i].data.u64 == (uint64_t)(uintptr_t)c)
            events[i].data.u64 = 0;
}

/* Sends what one client has to get; while it does not take it, its requests wait. */
static void flush_client(const struct server *server, struct store *store, struct connection *c)
{
    bool is_idle = false;

    while (!is_idle) {
        if (c->is_closing || !socket_write(c)) {
            close_client(store, c);
            return;
        }
        if (connection_unsent(c) > 0)
            break;
        if (c->has_lost_events) {
            watch_fire_lost(store, c);
            journal_commit();
        }
        is_idle = !request_run(store, c) && connection_unsent(c) == 0 && !c->is_closing;
    }
    if (c->wants_room != (connection_unsent(c) > 0)) {
        c->wants_room = !c->wants_room;
        watch_connection(server, c, c->wants_room ? EPOLLOUT : EPOLLIN);
    }
}

static void flush_all(const struct server *server, struct store *store)
{
    struct connection *c;

    while ((c = connection_next_dirty())) {
        if (c->domain)
            domain_service(store, c->domain);
        else
            flush_client(server, store, c);
    }
}

static void handle_client(struct store *store, struct connection *c, uint32_t what)
{
    if ((what & (EPOLLIN | EPOLLHUP | EPOLLERR)) && !c->wants_room && !socket_read(c))
        c->is_closing = true;
    if ((what & (EPOLLHUP | EPOLLERR)) && c->wants_room)
        c->is_closing = true;
    request_run(store, c);
    if (c->is_closing || c->wants_room)
        connection_mark_dirty(c);
}

static void handle_evtchn(struct store *store)
{
    int port;

    while ((port = store->source->pending()) >= 0) {
        struct domain *d = domain_find_port(store, (uint32_t)port);

        /* Unmasked first: what comes while the ring is served makes a new event. */
        store->source->unmask((uint32_t)port);
        if (d)
            domain_service(store, d);
        else
            domain_check_all(store);
    }
}

static void handle_event(const struct server *server, struct store *store,
                         const struct epoll_event *event)
{
    struct connection *c = NULL;

    switch (event->data.u64) {
    case 0: return; /* of a client that was closed meanwhile */
    case AT_LISTENER: c = socket_accept(store, server->listener, false); break;
    case AT_READ_ONLY: c = socket_accept(store, server->listener_read_only, true); break;
    case AT_EVTCHN: handle_evtchn(store); return;
    default: handle_client(store, (struct connection *)event->data.ptr, event->events); return;
    }
    if (c)
        watch_connection(server, c, EPOLLIN);
}

static bool is_read_only_client(const struct server *server, int fd)
{
    struct sockaddr_un mine = { 0 }, theirs = { 0 };
    socklen_t size = sizeof(mine), length = sizeof(theirs);

    return server->listener_read_only >= 0 &&
           getsockname(server->listener_read_only, (struct sockaddr *)&mine, &size) == 0 &&
           getsockname(fd, (struct sockaddr *)&theirs, &length) == 0 &&
           strcmp(mine.sun_path, theirs.sun_path) == 0;
}

/* Descriptors the predecessor left: clients that it had not noted yet, and device files of its own.
 */
static void adopt_fd(const struct server *server, struct store *store, int fd)
{
    static const struct subject control = { .is_privileged = true };
    char link[32] = "/proc/self/fd/", target[64];
    struct connection *c;
    ssize_t length;

    if (socket_is_stray_client(store, fd)) {
        c = connection_create(store, &control, fd);
        if (c)
            c->is_read_only = is_read_only_client(server, fd);
        journal_commit();
        return;
    }
    wire_print_number(link + strlen(link), (uint64_t)fd);
    length = readlink(link, target, sizeof(target) - 1);
    if (length > 9 && memcmp(target, "/dev/xen/", 9) == 0 && fd != store->evtchn_fd)
        close(fd);
}

static void adopt_fds(const struct server *server, struct store *store)
{
    DIR *dir = opendir("/proc/self/fd");
    struct dirent *entry;
    uint64_t fd;

    while (dir && (entry = readdir(dir)))
        if (wire_number(entry->d_name, INT32_MAX, &fd) == 0 && fd > 2 && (int)fd != dirfd(dir))
            adopt_fd(server, store, (int)fd);
    if (dir)
        closedir(dir);
}

void server_prepare(const struct server *server, struct store *store, enum store_end end)
{
    if (end != STORE_CLOSED)
        adopt_fds(server, store);
    for (struct connection *c = store->connections; c; c = c->next) {
        if (c->fd < 0)
            continue;
        c->wants_room = false;
        watch_connection(server, c, EPOLLIN);
    }
    watch_fd(server, server->listener, AT_LISTENER, EPOLLIN);
    if (server->listener_read_only >= 0)
        watch_fd(server, server->listener_read_only, AT_READ_ONLY, EPOLLIN);
}

void server_run(const struct server *server, struct store *store, const volatile int *stop)
{
    sigset_t none_blocked;

    /* Signals that were blocked until now come in while it waits, and only then. */
    sigemptyset(&none_blocked);
    if (server->evtchn >= 0)
        watch_fd(server, server->evtchn, AT_EVTCHN, EPOLLIN);
    flush_all(server, store);
    while (!*stop) {
        event_count = epoll_pwait(server->epoll, events, BATCH, -1, &none_blocked);
        for (int i = 0; i < event_count; i++) {
            handle_event(server, store, &events[i]);
            flush_all(server, store);
        }
    }
}
