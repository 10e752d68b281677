/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unix sockets of the processes that serve consoles and screens. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "private.h"

int socket_connect(const char *path, GError **error)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = -1;

    if (strlen(path) < sizeof(address.sun_path)) {
        strcpy(address.sun_path, path);
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd >= 0 && !connect(fd, (struct sockaddr *)&address, sizeof(address)))
            return fd;
    } else {
        errno = ENAMETOOLONG;
    }
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_NOT_FOUND, "nobody serves %s: %s", path,
                g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

int socket_receive_fd(int fd, GError **error)
{
    char byte, control[CMSG_SPACE(sizeof(int))];
    struct iovec data = { &byte, 1 };
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)
    };
    struct timeval limit = { .tv_sec = 2 };
    struct cmsghdr *head;
    int received;

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    if (recvmsg(fd, &message, MSG_CMSG_CLOEXEC) == 1) {
        head = CMSG_FIRSTHDR(&message);
        if (head && head->cmsg_type == SCM_RIGHTS && head->cmsg_len == CMSG_LEN(sizeof(int))) {
            memcpy(&received, CMSG_DATA(head), sizeof(int));
            return received;
        }
    }
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "the screen's process sent no memory");
    return -1;
}
