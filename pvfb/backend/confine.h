/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Giving up rights, for the rest of the process's life. */
#ifndef PVFB_BACKEND_CONFINE_H
#define PVFB_BACKEND_CONFINE_H

/* As root: namespaces of its own with an empty root directory and no network, then the user's ids.
 * Not as root: only what needs no right. -1, told on standard error. */
int confine_identity(const char *user);

/* A filter of system calls for serving: memory, its open descriptors, sockets it accepts, time. A
 * call outside of it ends the process. -1, told. */
int confine_calls(void);

#endif
