/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Load on a store daemon: many connections, each with one request under way. Speaks the protocol of
 * xs_wire.h and nothing else, so that every daemon gets the same bytes. Prints operations and
 * seconds. load SOCKET read|write|transaction|watch CONNECTIONS OPERATIONS
 */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <xen/io/xs_wire.h>

struct client {
    int fd;
    unsigned number;
    unsigned step; /* of the operation under way */
    bool has_reply, has_event;
    uint32_t transaction;
    uint32_t filled;
    char in[8192];
};

/* One kind of operation: send() issues step n; false when the operation has no such step. */
struct workload {
    const char *name;
    bool (*send)(struct client *c);
    bool wants_event;
};

static unsigned long left;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void request(struct client *c, uint32_t type, uint32_t transaction, const char *payload,
                    uint32_t length)
{
    char out[4200];
    struct xsd_sockmsg header = { type, 1, transaction, length };

    memcpy(out, &header, sizeof(header));
    memcpy(out + sizeof(header), payload, length);
    if (send(c->fd, out, sizeof(header) + length, 0) != (ssize_t)(sizeof(header) + length))
        die("send");
}

/* "PATH\0VALUE" for the node that client `n` uses. */
static uint32_t node(char *out, unsigned n, const char *value)
{
    int length = sprintf(out, "/local/domain/%u/device/vif/0/state", n) + 1;

    return (uint32_t)(length + sprintf(out + length, "%s", value));
}

static bool send_read(struct client *c)
{
    char out[128];

    if (c->step > 0)
        return false;
    request(c, XS_READ, 0, out, node(out, c->number, ""));
    return true;
}

static bool send_write(struct client *c)
{
    char out[128];

    if (c->step > 0)
        return false;
    request(c, XS_WRITE, 0, out, node(out, c->number, "4"));
    return true;
}

static bool send_transaction(struct client *c)
{
    char out[128];

    switch (c->step) {
    case 0: request(c, XS_TRANSACTION_START, 0, "", 1); return true;
    case 1: request(c, XS_READ, c->transaction, out, node(out, c->number, "")); return true;
    case 2: request(c, XS_WRITE, c->transaction, out, node(out, c->number, "5")); return true;
    case 3: request(c, XS_TRANSACTION_END, c->transaction, "T", 2); return true;
    }
    return false;
}

static const struct workload workloads[] = {
    { "read", send_read, false },
    { "write", send_write, false },
    { "transaction", send_transaction, false },
    { "watch", send_write, true },
};

/* The next whole message in the buffer, taken out of it; its type, or -1. */
static int take(struct client *c, char *payload)
{
    struct xsd_sockmsg header;
    uint32_t size;

    if (c->filled < sizeof(header))
        return -1;
    memcpy(&header, c->in, sizeof(header));
    size = (uint32_t)sizeof(header) + header.len;
    if (c->filled < size)
        return -1;
    memcpy(payload, c->in + sizeof(header), header.len);
    payload[header.len] = 0;
    memmove(c->in, c->in + size, c->filled - size);
    c->filled -= size;
    return (int)header.type;
}

static void receive(struct client *c)
{
    ssize_t got = recv(c->fd, c->in + c->filled, sizeof(c->in) - c->filled, 0);

    if (got <= 0)
        die("recv");
    c->filled += (uint32_t)got;
}

/* A request and its reply, outside of the measured part. */
static void call(struct client *c, uint32_t type, const char *payload, uint32_t length)
{
    char answer[4200];
    int got;

    request(c, type, 0, payload, length);
    while ((got = take(c, answer)) < 0 || got == XS_WATCH_EVENT)
        if (got < 0)
            receive(c);
    if (got == XS_ERROR) {
        fprintf(stderr, "load: %s\n", answer);
        exit(1);
    }
}

static void handle(struct client *c, const struct workload *w)
{
    char payload[4200];
    int type;

    receive(c);
    while ((type = take(c, payload)) >= 0) {
        if (type == XS_ERROR && strcmp(payload, "EAGAIN") != 0) {
            fprintf(stderr, "load: %s\n", payload);
            exit(1);
        }
        if (type == XS_TRANSACTION_START)
            c->transaction = (uint32_t)strtoul(payload, NULL, 10);
        c->has_event |= type == XS_WATCH_EVENT;
        c->has_reply |= type != XS_WATCH_EVENT;
    }
    if (!c->has_reply || (w->wants_event && !c->has_event))
        return;
    c->has_reply = c->has_event = false;
    c->step++;
    if (w->send(c))
        return;
    left--;
    c->step = 0;
    if (left > 0)
        w->send(c);
}

static struct client *connect_all(const char *name, unsigned count, bool with_watches)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    struct client *clients = calloc(count, sizeof(*clients));
    char text[128];

    if (!clients)
        die("calloc");
    strncpy(address.sun_path, name, sizeof(address.sun_path) - 1);
    for (unsigned i = 0; i < count; i++) {
        struct client *c = &clients[i];

        c->number = i;
        c->fd = socket(AF_UNIX, SOCK_STREAM, 0);
        if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof(address)) != 0)
            die(name);
        call(c, XS_WRITE, text, node(text, i, "1"));
        if (with_watches) {
            uint32_t length = node(text, i, "");

            memcpy(text + length, "token", 6);
            call(c, XS_WATCH, text, length + 6);
            c->has_event = false;
        }
    }
    return clients;
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void run(const struct workload *w, struct client *clients, unsigned count)
{
    struct epoll_event events[64], event = { .events = EPOLLIN };
    int epoll = epoll_create1(0);

    for (unsigned i = 0; i < count; i++) {
        event.data.ptr = &clients[i];
        epoll_ctl(epoll, EPOLL_CTL_ADD, clients[i].fd, &event);
        w->send(&clients[i]);
    }
    while (left > 0) {
        int n = epoll_wait(epoll, events, 64, -1);

        for (int i = 0; i < n && left > 0; i++)
            handle(events[i].data.ptr, w);
    }
}

int main(int argc, char **argv)
{
    const struct workload *w = NULL;
    struct client *clients;
    unsigned long operations;
    unsigned count;
    double began;

    for (unsigned i = 0; argc == 5 && i < sizeof(workloads) / sizeof(workloads[0]); i++)
        if (strcmp(argv[2], workloads[i].name) == 0)
            w = &workloads[i];
    if (!w) {
        fputs("usage: load SOCKET read|write|transaction|watch CONNECTIONS OPERATIONS\n", stderr);
        return 2;
    }
    count = (unsigned)strtoul(argv[3], NULL, 10);
    operations = left = strtoul(argv[4], NULL, 10);
    clients = connect_all(argv[1], count, w->wants_event);
    began = now();
    run(w, clients, count);
    printf("%lu %.6f\n", operations, now() - began);
    return 0;
}
