/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The gateway: a process of its own that lets TCP clients in after TLS and a password, and then
 * passes their bytes on. Keys and passwords are never in the serving process, whose "door" gets one
 * end of a socket pair for each client that was let in. */
#ifndef PVFB_BACKEND_GATEWAY_H
#define PVFB_BACKEND_GATEWAY_H

#include <pvfb/backend/options.h>

/* Opens the address and reads the files of `o`. -1, told on standard error. */
int gateway_open(const struct options *o);
/* Serves for ever, without rights. Clients' sockets go to `door`. */
void gateway_run(const struct options *o, int door) __attribute__((noreturn));

#endif
