/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the parts of the probe. */
#ifndef LOADER_FIRMWARE_H
#define LOADER_FIRMWARE_H

#include <hv/types.h>

/* A line to the serial port. */
void say(const char *fmt, ...) __printf(1, 2);

/* Calls the EFI runtime services, says how that went, and ends the machine by one. */
void firmware_try(void);

#endif
