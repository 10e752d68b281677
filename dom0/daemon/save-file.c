/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The head of a saved machine, before the migration stream: xl's own, so that a file passes both
 * ways. 32 bytes of magic, four words (byte order, flags that must be understood, flags that need
 * not, the length of what follows), the length of xl's JSON, that JSON. Behind it, still within the
 * length and so skipped by xl, stands the configuration's text as we keep it.
 */
#include <dom0/daemon/xl-json.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "private.h"

static const char magic[] = "Xen saved domain, xl format\n \0 \r";
static const char own_magic[] = "Domus machine 1\n";
#define BYTE_ORDER_WORD 0x01020304
#define FLAGS_KNOWN     3U /* what the files of xl 4.17 have: JSON, and a stream of version 2 */
#define MAX_CONFIG      (1u << 20)

struct head {
    char magic[32];
    uint32_t byte_order, required, optional, length;
};
G_STATIC_ASSERT(sizeof(struct head) == 48 && sizeof(magic) == 33);

static bool write_all(int fd, const void *data, size_t size, GError **error)
{
    const char *p = data;

    while (size) {
        ssize_t n = write(fd, p, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED,
                        "cannot write the saved state: %s", g_strerror(errno));
            return false;
        }
        p += n;
        size -= (size_t)n;
    }
    return true;
}

static bool read_all(int fd, void *data, size_t size, GError **error)
{
    char *p = data;

    while (size) {
        ssize_t n = read(fd, p, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "cannot read the saved state: %s",
                        n ? g_strerror(errno) : "the file is too short");
            return false;
        }
        p += n;
        size -= (size_t)n;
    }
    return true;
}

static void append_word(GByteArray *out, uint32_t word)
{
    word = GUINT32_TO_LE(word);
    g_byte_array_append(out, (const guint8 *)&word, sizeof(word));
}

bool save_head_write(int fd, const char *config, GError **error)
{
    struct machine_config *parsed = machine_config_parse(config, strlen(config), "saved machine",
                                                         NULL, error);
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_autofree char *json = NULL;
    uint32_t json_length;

    if (!parsed)
        return false;
    json = xl_json_write(parsed);
    machine_config_free(parsed);
    json_length = (uint32_t)strlen(json) + 1;
    g_byte_array_append(out, (const guint8 *)magic, sizeof(magic) - 1);
    append_word(out, BYTE_ORDER_WORD);
    append_word(out, FLAGS_KNOWN);
    append_word(out, 0);
    append_word(out, (uint32_t)(sizeof(json_length) + json_length + sizeof(own_magic) - 1 +
                                strlen(config)));
    append_word(out, json_length);
    g_byte_array_append(out, (const guint8 *)json, json_length);
    g_byte_array_append(out, (const guint8 *)own_magic, sizeof(own_magic) - 1);
    g_byte_array_append(out, (const guint8 *)config, (guint)strlen(config));
    return write_all(fd, out->data, out->len, error);
}

static bool damaged(GError **error, const char *why)
{
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_INVALID_ARGUMENT,
                "the saved state is damaged: %s", why);
    return false;
}

/* Up to what xl's head announces; *length of it follow. */
static bool read_head(int fd, uint32_t *length, GError **error)
{
    struct head head;

    if (!read_all(fd, head.magic, sizeof(head.magic), error))
        return false;
    if (memcmp(head.magic, magic, sizeof(head.magic))) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_INVALID_ARGUMENT,
                    "this is not the saved state of a machine");
        return false;
    }
    if (!read_all(fd, &head.byte_order, sizeof(head) - sizeof(head.magic), error))
        return false;
    if (GUINT32_FROM_LE(head.byte_order) != BYTE_ORDER_WORD ||
        GUINT32_FROM_LE(head.required) != FLAGS_KNOWN)
        return damaged(error, "it is of another version of xl");
    *length = GUINT32_FROM_LE(head.length);
    return (*length >= sizeof(uint32_t) && *length <= MAX_CONFIG) ||
           damaged(error, "its configuration has an unlikely length");
}

/* Our text where it is there, else xl's JSON as our text. `data` ends in a zero byte. */
static char *take_config(const char *data, uint32_t length, GError **error)
{
    const char *json = data + sizeof(uint32_t), *own;
    uint32_t json_length, rest;

    memcpy(&json_length, data, sizeof(json_length));
    json_length = GUINT32_FROM_LE(json_length);
    rest = length - (uint32_t)sizeof(uint32_t);
    if (json_length > rest) {
        damaged(error, "its configuration is longer than its head");
        return NULL;
    }
    own = json + json_length;
    rest -= json_length;
    if (rest < sizeof(own_magic) - 1 || memcmp(own, own_magic, sizeof(own_magic) - 1))
        return xl_json_read(json, json_length, error);
    own += sizeof(own_magic) - 1;
    rest -= (uint32_t)sizeof(own_magic) - 1;
    if (g_utf8_validate(own, rest, NULL))
        return g_strndup(own, rest);
    damaged(error, "its configuration is not text");
    return NULL;
}

char *save_head_read(int fd, GError **error)
{
    g_autofree char *data = NULL;
    uint32_t length;

    if (!read_head(fd, &length, error))
        return NULL;
    data = g_malloc0(length + 1);
    return read_all(fd, data, length, error) ? take_config(data, length, error) : NULL;
}
