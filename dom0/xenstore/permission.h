/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may do what with a node: a list of (domain, rights) whose first entry names the owner. */
#ifndef XENSTORE_PERMISSION_H
#define XENSTORE_PERMISSION_H

#include <stdbool.h>
#include <stdint.h>

#define PERMISSION_READ  1
#define PERMISSION_WRITE 2
#define PERMISSION_ALL   3
/* Entries of one list: more than anybody needs, few enough for one message. */
#define PERMISSION_MAX 256

/* The first entry's `rights` are those of every domain that has no entry of its own. */
struct permission {
    uint16_t domid;
    uint8_t rights;
    uint8_t unused;
};

/* Who asks: `target` is the domain it may act for (SET_TARGET), or itself. */
struct subject {
    uint16_t domid;
    uint16_t target;
    bool is_privileged; /* the control domain: everything is allowed */
};

/* The rights of `who` on a node with these permissions. */
unsigned permission_rights(const struct permission *list, unsigned count,
                           const struct subject *who);

/* Reads "b12": 0 or -EINVAL. */
int permission_parse(const char *text, struct permission *permission);

/* Writes "b12" and its zero to `text` (at least 8 bytes); returns the bytes written. */
unsigned permission_print(char *text, const struct permission *permission);

#endif
