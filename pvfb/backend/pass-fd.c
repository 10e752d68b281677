/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SCM_RIGHTS. */
#include <pvfb/backend/pass-fd.h>

#include <string.h>
#include <sys/socket.h>

union control {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
};

int pass_fd_with(int socket, int fd, const void *message, size_t length)
{
    char copy[256];
    union control control = { .header = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
    struct iovec data = { copy, length };
    struct msghdr msg = { .msg_iov = &data,
                          .msg_iovlen = 1,
                          .msg_control = &control,
                          .msg_controllen = sizeof(control.room) };

    if (length > sizeof(copy))
        return -1;
    memcpy(copy, message, length);
    memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
    return sendmsg(socket, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -1 : 0;
}

int pass_fd_send(int socket, int fd)
{
    return pass_fd_with(socket, fd, "", 1);
}

long pass_fd_take(int socket, int *fd, void *message, size_t length)
{
    union control control;
    struct iovec data = { message, length };
    struct msghdr msg = { .msg_iov = &data,
                          .msg_iovlen = 1,
                          .msg_control = &control,
                          .msg_controllen = sizeof(control.room) };
    ssize_t got = recvmsg(socket, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    struct cmsghdr *header = got < 0 ? NULL : CMSG_FIRSTHDR(&msg);

    *fd = -1;
    if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
        memcpy(fd, CMSG_DATA(header), sizeof(*fd));
    return got;
}
