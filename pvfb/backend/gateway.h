/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The gateway: a process of its own that lets TCP clients in after TLS and a password, and then
 * passes their bytes to the VNC socket. Keys and passwords are never in the serving process. */
#ifndef PVFB_BACKEND_GATEWAY_H
#define PVFB_BACKEND_GATEWAY_H

#include <stdbool.h>

#include <pvfb/backend/options.h>

/* Opens the address and the files of `o`. -1, told on standard error. */
int gateway_open(const struct options *o);
/* Serves for ever. */
void gateway_run(void) __attribute__((noreturn));

#endif
