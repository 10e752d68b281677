/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The owner's file of settings, domusd.conf: read once, never written. */
#ifndef DOM0_DAEMON_SETTINGS_H
#define DOM0_DAEMON_SETTINGS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct settings {
    uint64_t dom0_floor_kib; /* [memory] dom0-floor=MIB; 0: not said */
};

/*
 * path NULL: /etc/domus/domusd.conf. It is no error when there is none; one that says what cannot
 * be, or a key that is not known, is.
 */
bool settings_load(const char *path, struct settings *settings, GError **error);

#endif
