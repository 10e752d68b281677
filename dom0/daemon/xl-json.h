/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine's configuration as xl keeps it in a saved domain's header: JSON in the form that
 * `xl create -n` prints. What xl and we both know is carried over, the rest is left out. Pure.
 */
#ifndef DOM0_DAEMON_XL_JSON_H
#define DOM0_DAEMON_XL_JSON_H

#include <dom0/toolstack/config.h>

/* The text for xl; the caller frees it. */
char *xl_json_write(const struct machine_config *config);
/* The text of a configuration file; NULL and an error when it is no such JSON. */
char *xl_json_read(const char *json, size_t length, GError **error);

#endif
