/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listening, accepting, reading and writing on Unix sockets. */
#include "socket.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "connection.h"
#include "journal.h"
#include "store.h"

int socket_listen(const char *name)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd, err;

    if (strlen(name) >= sizeof(address.sun_path))
        return -ENAMETOOLONG;
    strcpy(address.sun_path, name);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    unlink(name);
    if (bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 && chmod(name, 0600) == 0 &&
        listen(fd, 128) == 0)
        return fd;
    err = -errno;
    close(fd);
    return err;
}

struct connection *socket_accept(struct store *store, int listener, bool is_read_only)
{
    static const struct subject control = { .is_privileged = true };
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    struct connection *c;

    if (fd < 0)
        return NULL;
    c = connection_create(store, &control, fd);
    if (!c) {
        journal_rollback((struct journal_mark){ 0 });
        close(fd);
        return NULL;
    }
    c->is_read_only = is_read_only;
    journal_commit();
    return c;
}

bool socket_read(struct connection *c)
{
    uint32_t room = connection_room(c);
    int done;

    /* Where the bytes go must be settled before they come. */
    journal_commit();
    if (room == 0)
        return true;
    c->receive_vector = (struct iovec){ c->in + c->in_end, room };
    c->receive.msg_hdr = (struct msghdr){ .msg_iov = &c->receive_vector, .msg_iovlen = 1 };
    done = recvmmsg(c->fd, &c->receive, 1, MSG_DONTWAIT, NULL);
    if (done < 0)
        return errno == EAGAIN || errno == EINTR;
    if (c->receive.msg_len == 0)
        return false;
    connection_received(c, c->receive.msg_len);
    SET(c->receive.msg_len, 0);
    journal_commit();
    return true;
}

bool socket_write(struct connection *c)
{
    while (connection_unsent(c) > 0) {
        c->send_vector = (struct iovec){ c->out + c->out_at, connection_unsent(c) };
        c->send.msg_hdr = (struct msghdr){ .msg_iov = &c->send_vector, .msg_iovlen = 1 };
        if (sendmmsg(c->fd, &c->send, 1, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
            return errno == EAGAIN || errno == EINTR;
        connection_sent(c, c->send.msg_len);
        SET(c->send.msg_len, 0);
        journal_commit();
    }
    return true;
}

static int option(int fd, int name)
{
    int value = -1;
    socklen_t size = sizeof(value);

    return getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

bool socket_is_stray_client(const struct store *store, int fd)
{
    for (const struct connection *c = store->connections; c; c = c->next)
        if (c->fd == fd)
            return false;
    return option(fd, SO_DOMAIN) == AF_UNIX && option(fd, SO_TYPE) == SOCK_STREAM &&
           option(fd, SO_ACCEPTCONN) == 0;
}
