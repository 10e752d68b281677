/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of all keys that xl.cfg(5) describes, and of our own: what becomes of each. */
#ifndef DOM0_TOOLSTACK_CONFIG_KEYS_H
#define DOM0_TOOLSTACK_CONFIG_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dom0/toolstack/config-text.h>

struct key_context;

enum key_status {
    KEY_APPLIED, /* it does what the manual says */
    KEY_LATER,   /* checked for its type and kept; a note says that it has no effect yet */
    KEY_REFUSED, /* an error says why */
};

enum key_type {
    KEY_STRING,
    KEY_NUMBER, /* also a text that is a number */
    KEY_BOOLEAN,
    KEY_LIST,
    KEY_STRING_OR_LIST,
    KEY_NUMBER_OR_STRING,
    KEY_ANY,
};

/* Kinds of machine a key is for. */
#define KEY_PV  1u
#define KEY_PVH 2u
#define KEY_HVM 4u
#define KEY_ALL 7u

struct config_key {
    const char *name;
    enum key_status status;
    enum key_type type;
    unsigned kinds;
    bool (*apply)(struct key_context *ctx, const struct config_value *value);
    const char *why; /* LATER: what it waits for; REFUSED: why; may be NULL for APPLIED */
    size_t field;    /* for the plain apply functions: offset in struct machine_config */
    int64_t min, max;
};

extern const struct config_key config_keys[];
extern const size_t config_n_keys;

/* NULL when there is no such key. */
const struct config_key *config_key_find(const char *name);
/* The known key that is most like a name, or NULL when none is. */
const char *config_key_like(const char *name);

#endif
