/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Those who read a console and type: a pseudo-terminal, and clients of a Unix socket. */
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "guest.h"

static int open_terminal(struct guest *g)
{
    struct termios raw;

    if (openpty(&g->terminal.fd, &g->slave, NULL, NULL, NULL))
        return -errno;
    if (ttyname_r(g->slave, g->tty, sizeof(g->tty)) || tcgetattr(g->slave, &raw))
        return -errno;
    cfmakeraw(&raw);
    tcsetattr(g->slave, TCSANOW, &raw);
    fcntl(g->terminal.fd, F_SETFL, O_NONBLOCK);
    fcntl(g->terminal.fd, F_SETFD, FD_CLOEXEC);
    fcntl(g->slave, F_SETFD, FD_CLOEXEC);
    return 0;
}

static int open_listener(struct guest *g, const char *dir)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int length = snprintf(address.sun_path, sizeof(address.sun_path), "%s/%u", dir, g->domid);

    if (length < 0 || (size_t)length >= sizeof(address.sun_path))
        return -ENAMETOOLONG;
    memcpy(g->socket, address.sun_path, sizeof(g->socket));
    unlink(g->socket); /* a killed daemon's */
    g->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (g->listener < 0 || bind(g->listener, (struct sockaddr *)&address, sizeof(address)) ||
        chmod(g->socket, 0600) || listen(g->listener, GUEST_CLIENTS))
        return -errno;
    return 0;
}

int readers_open(struct guest *g, const char *dir)
{
    int error = open_terminal(g);

    return error ? error : open_listener(g, dir);
}

static void drop_client(struct guest *g, unsigned i)
{
    close(g->clients[i]->fd);
    free(g->clients[i]);
    g->clients[i] = NULL;
}

void readers_close(struct guest *g)
{
    for (unsigned i = 0; i < GUEST_CLIENTS; i++)
        if (g->clients[i])
            drop_client(g, i);
    if (g->listener >= 0) {
        close(g->listener);
        unlink(g->socket);
    }
    if (g->terminal.fd >= 0)
        close(g->terminal.fd);
    if (g->slave >= 0)
        close(g->slave);
}

void readers_print(struct guest *g, const char *data, size_t length)
{
    if (g->terminal.fd >= 0) {
        outlet_queue(&g->terminal, data, length);
        outlet_flush(&g->terminal);
    }
    for (unsigned i = 0; i < GUEST_CLIENTS; i++) {
        if (!g->clients[i])
            continue;
        outlet_queue(g->clients[i], data, length);
        if (!outlet_flush(g->clients[i]))
            drop_client(g, i);
    }
}

/* A new client sees first what was printed last. */
static void show_history(const struct guest *g, struct outlet *client)
{
    uint32_t length = g->history_end < GUEST_HISTORY ? g->history_end : GUEST_HISTORY;

    for (uint32_t at = g->history_end - length; at != g->history_end; at++)
        outlet_queue(client, &g->history[at % GUEST_HISTORY], 1);
}

static void accept_client(struct guest *g)
{
    int fd = accept4(g->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    unsigned i = 0;

    while (i < GUEST_CLIENTS && g->clients[i])
        i++;
    if (fd < 0)
        return;
    if (i < GUEST_CLIENTS)
        g->clients[i] = calloc(1, sizeof(*g->clients[i]));
    if (i == GUEST_CLIENTS || !g->clients[i]) {
        close(fd);
        return;
    }
    g->clients[i]->fd = fd;
    show_history(g, g->clients[i]);
    if (!outlet_flush(g->clients[i]))
        drop_client(g, i);
}

static struct pollfd slot(const struct outlet *o, bool may_type)
{
    return (struct pollfd){ .fd = o ? o->fd : -1,
                            .events = (may_type ? POLLIN : 0) |
                                      (o && !outlet_is_empty(o) ? POLLOUT : 0) };
}

unsigned readers_poll(struct guest *g, struct pollfd *fds, bool may_type)
{
    fds[0] = slot(&g->terminal, may_type);
    fds[1] = (struct pollfd){ .fd = g->listener, .events = POLLIN };
    for (unsigned i = 0; i < GUEST_CLIENTS; i++)
        fds[2 + i] = slot(g->clients[i], may_type);
    return 2 + GUEST_CLIENTS;
}

/* False: the reader is gone. */
static bool serve_reader(struct guest *g, struct outlet *o, const struct pollfd *fd)
{
    if ((fd->revents & POLLOUT) && !outlet_flush(o))
        return false;
    if ((fd->revents & POLLIN) && !guest_type_from(g, o->fd))
        return false;
    return (fd->revents & POLLIN) || !(fd->revents & (POLLHUP | POLLERR));
}

void readers_serve(struct guest *g, const struct pollfd *fds)
{
    if (fds[0].revents)
        serve_reader(g, &g->terminal, &fds[0]);
    for (unsigned i = 0; i < GUEST_CLIENTS; i++)
        if (g->clients[i] && fds[2 + i].revents && g->clients[i]->fd == fds[2 + i].fd &&
            !serve_reader(g, g->clients[i], &fds[2 + i]))
            drop_client(g, i);
    if (fds[1].revents)
        accept_client(g);
}
