/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the parts of the configuration's reader: how a key finds its place and its errors. */
#ifndef DOM0_TOOLSTACK_CONFIG_PRIVATE_H
#define DOM0_TOOLSTACK_CONFIG_PRIVATE_H

#include <dom0/toolstack/config-keys.h>
#include <dom0/toolstack/config-text.h>
#include <dom0/toolstack/config.h>

/* What is known while one setting is applied. */
struct key_context {
    struct machine_config *config;
    const struct config_key *row;
    const char *file;
    unsigned line;
    GPtrArray *notes; /* may be NULL */
    GError **error;
    /* cmdline= beats root= and extra=, so they wait for the end */
    char *root, *extra, *cmdline;
    struct screen_config vga; /* vnc=, sdl=, ... outside of vfb=; for PV they make one */
    bool vga_given;
};

/* "FILE:LINE: KEY: what"; always false. The first complaint stays. */
bool config_complain(struct key_context *ctx, const char *format, ...) G_GNUC_PRINTF(2, 3);
void config_note(struct key_context *ctx, const char *format, ...) G_GNUC_PRINTF(2, 3);

/*
 * The parts of a specification: "a=b, c,, d=e" cut at its commas, spaces around taken away. Freed
 * with g_strfreev().
 */
char **config_split_spec(const char *spec);
/* Cuts a part "key = value" in two; value NULL when there is no "=". */
void config_split_pair(char *part, char **key, char **value);

/* Whole text is a number (decimal, 0octal, 0xhex) from min to max. */
bool config_number(const char *text, int64_t min, int64_t max, int64_t *number);

bool config_apply_disks(struct key_context *ctx, const struct config_value *value);
bool config_apply_nics(struct key_context *ctx, const struct config_value *value);
bool config_apply_screens(struct key_context *ctx, const struct config_value *value);
bool config_apply_vga(struct key_context *ctx, const struct config_value *value);
bool config_apply_cpus(struct key_context *ctx, const struct config_value *value);

#endif
