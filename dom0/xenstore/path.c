/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking and cutting of paths: one pass over the text, hashes on the way. */
#include "path.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define HASH_SEED  UINT32_C(0x811c9dc5)
#define HASH_PRIME UINT32_C(0x01000193)

/* What the protocol allows in a name. */
static const bool is_name_char[256] = {
    ['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true,
    ['-'] = true,         ['_'] = true,         ['@'] = true,
};

static uint32_t mix(uint32_t prefix, uint32_t hash)
{
    uint32_t h = (prefix ^ hash) * UINT32_C(0x9e3779b1);

    return h ^ h >> 15;
}

uint32_t path_hash_name(const char *name, uint32_t length)
{
    uint32_t hash = HASH_SEED;

    for (uint32_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)name[i]) * HASH_PRIME;
    return hash;
}

/* Cuts path->text, which begins with a slash. */
static int cut(struct path *path)
{
    const uint8_t *text = (const uint8_t *)path->text;
    unsigned at = 1, count = 0;

    path->prefix[0] = HASH_SEED;
    while (at < path->length) {
        struct path_part *part = &path->part[count];
        unsigned start = at;
        uint32_t hash = HASH_SEED;

        for (; is_name_char[text[at]]; at++)
            hash = (hash ^ text[at]) * HASH_PRIME;
        if (at == start || (text[at] != '/' && at != path->length))
            return -EINVAL;
        if (text[at] == '/' && at + 1 == path->length)
            return -EINVAL;
        *part = (struct path_part){ (uint16_t)start, (uint16_t)(at - start), hash };
        path->prefix[count + 1] = mix(path->prefix[count], hash);
        count++;
        at++;
    }
    path->count = (uint16_t)count;
    return 0;
}

static int copy_text(struct path *path, const char *text, uint32_t length, unsigned domid)
{
    int head = 0;

    if (length == 0 || length > PATH_TEXT_MAX)
        return -EINVAL;
    path->is_special = false;
    if (text[0] != '/') {
        if (text[0] == '@' || length > XENSTORE_REL_PATH_MAX)
            return -EINVAL;
        head = snprintf(path->text, sizeof(path->text), "/local/domain/%u/", domid);
    }
    memcpy(path->text + head, text, length);
    path->length = (uint16_t)(length + (uint32_t)head);
    path->text[path->length] = 0;
    return 0;
}

static int parse_special(struct path *path, const char *text, uint32_t length)
{
    if (length > PATH_TEXT_MAX || memchr(text, 0, length))
        return -EINVAL;
    memcpy(path->text, text, length);
    path->text[length] = 0;
    path->length = (uint16_t)length;
    path->is_special = true;
    path->count = 1;
    path->part[0] = (struct path_part){ 0, (uint16_t)length, path_hash_name(text, length) };
    path->prefix[0] = HASH_SEED;
    path->prefix[1] = mix(HASH_SEED, path->part[0].hash);
    return 0;
}

static bool is_known_special(const char *text, uint32_t length)
{
    return (length == 16 && memcmp(text, "@introduceDomain", 16) == 0) ||
           (length == 14 && memcmp(text, "@releaseDomain", 14) == 0);
}

int path_parse(struct path *path, const char *text, uint32_t length, unsigned domid)
{
    int err;

    if (is_known_special(text, length))
        return parse_special(path, text, length);
    err = copy_text(path, text, length, domid);
    return err ? err : cut(path);
}

int path_parse_watch(struct path *path, const char *text, uint32_t length, unsigned domid)
{
    if (length > 0 && text[0] == '@')
        return parse_special(path, text, length);
    return path_parse(path, text, length, domid);
}

int path_push(struct path *path, const char *name, uint32_t length, uint32_t hash)
{
    unsigned start = path->count == 0 ? 1 : path->length + 1u;

    if (start + length > PATH_TEXT_MAX || path->count == PATH_PARTS_MAX)
        return -EINVAL;
    path->text[start - 1] = '/';
    memcpy(path->text + start, name, length);
    path->part[path->count] = (struct path_part){ (uint16_t)start, (uint16_t)length, hash };
    path->prefix[path->count + 1] = mix(path->prefix[path->count], hash);
    path->count++;
    path->length = (uint16_t)(start + length);
    path->text[path->length] = 0;
    return 0;
}

void path_pop(struct path *path)
{
    path->count--;
    path->length = path->part[path->count].start - 1;
    if (path->count == 0)
        path->length = 1;
    path->text[path->length] = 0;
}
