/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Passing a file descriptor over a socket of packets, alone or beside a message. */
#ifndef PVFB_BACKEND_PASS_FD_H
#define PVFB_BACKEND_PASS_FD_H

#include <stddef.h>

/* Sends a message of `length` bytes with the descriptor; does not wait for room. -1 and errno. */
int pass_fd_with(int socket, int fd, const void *message, size_t length);
/* The descriptor alone. -1 and errno. */
int pass_fd_send(int socket, int fd);
/* Takes one packet of at most `length` bytes to `message`; its size, 0 at the end, -1 and errno.
 * *fd is the descriptor that came with it, owned by the caller, or -1. */
long pass_fd_take(int socket, int *fd, void *message, size_t length);

#endif
