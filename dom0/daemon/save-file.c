/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The head of a saved machine: a line that says what it is, the length of the configuration, the
 * configuration. Then the migration stream follows. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "private.h"

static const char magic[] = "Domus saved machine 1\n";
#define MAX_CONFIG (1u << 20)

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

bool save_head_write(int fd, const char *config, GError **error)
{
    uint64_t length = GUINT64_TO_LE(strlen(config));

    return write_all(fd, magic, sizeof(magic) - 1, error) &&
           write_all(fd, &length, sizeof(length), error) &&
           write_all(fd, config, strlen(config), error);
}

char *save_head_read(int fd, GError **error)
{
    char head[sizeof(magic) - 1];
    g_autofree char *text = NULL;
    uint64_t length;

    if (!read_all(fd, head, sizeof(head), error))
        return NULL;
    if (memcmp(head, magic, sizeof(head))) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_INVALID_ARGUMENT,
                    "this is not the saved state of a machine");
        return NULL;
    }
    if (!read_all(fd, &length, sizeof(length), error))
        return NULL;
    length = GUINT64_FROM_LE(length);
    if (length > MAX_CONFIG) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_INVALID_ARGUMENT,
                    "the saved state is damaged: a configuration of %" G_GUINT64_FORMAT " bytes",
                    length);
        return NULL;
    }
    text = g_malloc0(length + 1);
    if (!read_all(fd, text, length, error))
        return NULL;
    if (!g_utf8_validate(text, (gssize)length, NULL)) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_INVALID_ARGUMENT,
                    "the saved state is damaged: its configuration is not text");
        return NULL;
    }
    return g_steal_pointer(&text);
}
