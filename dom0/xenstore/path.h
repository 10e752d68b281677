/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A path of the store, checked and cut into its parts once per request. */
#ifndef XENSTORE_PATH_H
#define XENSTORE_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include <xen/io/xs_wire.h>

#define PATH_TEXT_MAX  XENSTORE_ABS_PATH_MAX
#define PATH_PARTS_MAX (PATH_TEXT_MAX / 2)

struct path_part {
    uint16_t start, length; /* within the text, without the slash */
    uint32_t hash;          /* of this part alone */
};

/* `prefix[n]` is the hash of the first n parts; it finds the watches on each ancestor. */
struct path {
    uint16_t length;
    uint16_t count;  /* parts; 0 for "/" */
    bool is_special; /* "@introduceDomain", "@releaseDomain": one part, no slash */
    struct path_part part[PATH_PARTS_MAX];
    uint32_t prefix[PATH_PARTS_MAX + 1];
    char text[PATH_TEXT_MAX + 1]; /* absolute, ends with a zero */
};

/*
 * Checks `text` (`length` bytes) and fills `path`. A relative path is taken below
 * /local/domain/`domid`. -EINVAL when it is not a path.
 */
int path_parse(struct path *path, const char *text, uint32_t length, unsigned domid);

/* The same for what may be watched: also "@" and whatever follows it. */
int path_parse_watch(struct path *path, const char *text, uint32_t length, unsigned domid);

/* Adds the part `name` to the end of `path`; path_pop() takes it off. -EINVAL: too long. */
int path_push(struct path *path, const char *name, uint32_t length, uint32_t hash);
void path_pop(struct path *path);

/* The hash that `part[].hash` has for a name. */
uint32_t path_hash_name(const char *name, uint32_t length);

#endif
