/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The store as the toolstack uses it. */
#include <dom0/toolstack/store.h>

#include <dom0/toolstack/toolstack.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

struct xs_handle *store_open(GError **error)
{
    struct xs_handle *xs = xs_open(0);

    if (!xs)
        g_set_error(error, TOOLSTACK_ERROR, TOOLSTACK_ERROR_FAILED,
                    "the store cannot be reached: %s", g_strerror(errno));
    return xs;
}

void store_close(struct xs_handle *xs)
{
    if (xs)
        xs_close(xs);
}

static bool write_one(struct xs_handle *xs, xs_transaction_t t, const struct store_node *n)
{
    struct xs_permissions perms[2] = { { .id = 0, .perms = XS_PERM_NONE },
                                       { .id = n->domid, .perms = XS_PERM_READ } };
    unsigned count = n->access == STORE_PRIVATE ? 1 : 2;

    if (!xs_write(xs, t, n->path, n->value, strlen(n->value)))
        return false;
    if (n->access == STORE_INHERIT)
        return true;
    if (n->access == STORE_OWNED) {
        perms[0].id = n->domid;
        perms[1].id = 0;
    }
    return xs_set_permissions(xs, t, n->path, perms, count);
}

static bool write_all(struct xs_handle *xs, const GPtrArray *nodes, const char **failed)
{
    xs_transaction_t t = xs_transaction_start(xs);

    *failed = "a transaction";
    if (t == XBT_NULL)
        return false;
    for (unsigned i = 0; i < nodes->len; i++) {
        const struct store_node *n = g_ptr_array_index(nodes, i);

        *failed = n->path;
        if (!write_one(xs, t, n)) {
            int saved = errno;

            xs_transaction_end(xs, t, true);
            errno = saved;
            return false;
        }
    }
    *failed = "a transaction";
    return xs_transaction_end(xs, t, false);
}

bool store_write_nodes(struct xs_handle *xs, const GPtrArray *nodes, GError **error)
{
    const char *failed;

    /* Somebody else changed the same nodes meanwhile: again. */
    while (!write_all(xs, nodes, &failed)) {
        if (errno == EAGAIN)
            continue;
        g_set_error(error, TOOLSTACK_ERROR, TOOLSTACK_ERROR_FAILED, "writing %s to the store: %s",
                    failed, g_strerror(errno));
        return false;
    }
    return true;
}

bool store_write(struct xs_handle *xs, GError **error, const char *value, const char *path, ...)
{
    g_autofree char *full = NULL;
    va_list args;

    va_start(args, path);
    full = g_strdup_vprintf(path, args);
    va_end(args);
    if (xs_write(xs, XBT_NULL, full, value, strlen(value)))
        return true;
    g_set_error(error, TOOLSTACK_ERROR, TOOLSTACK_ERROR_FAILED, "writing %s to the store: %s", full,
                g_strerror(errno));
    return false;
}

static char *read_path(struct xs_handle *xs, const char *path)
{
    unsigned length;
    char *found = xs_read(xs, XBT_NULL, path, &length), *copy;

    copy = found ? g_strdup(found) : NULL;
    free(found);
    return copy;
}

char *store_read(struct xs_handle *xs, const char *path, ...)
{
    g_autofree char *full = NULL;
    va_list args;

    va_start(args, path);
    full = g_strdup_vprintf(path, args);
    va_end(args);
    return read_path(xs, full);
}

int64_t store_read_number(struct xs_handle *xs, const char *path, ...)
{
    g_autofree char *full = NULL, *value = NULL;
    va_list args;
    uint64_t n;

    va_start(args, path);
    full = g_strdup_vprintf(path, args);
    va_end(args);
    value = read_path(xs, full);
    if (!value || !g_ascii_string_to_unsigned(value, 10, 0, INT64_MAX, &n, NULL))
        return -1;
    return n;
}

char **store_list(struct xs_handle *xs, const char *path, ...)
{
    g_autofree char *full = NULL;
    GPtrArray *names = g_ptr_array_new();
    unsigned count = 0;
    char **found;
    va_list args;

    va_start(args, path);
    full = g_strdup_vprintf(path, args);
    va_end(args);
    found = xs_directory(xs, XBT_NULL, full, &count);
    for (unsigned i = 0; found && i < count; i++)
        g_ptr_array_add(names, g_strdup(found[i]));
    free(found);
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}

void store_remove(struct xs_handle *xs, const char *path, ...)
{
    g_autofree char *full = NULL;
    va_list args;

    va_start(args, path);
    full = g_strdup_vprintf(path, args);
    va_end(args);
    xs_rm(xs, XBT_NULL, full);
}

bool store_wait(struct xs_handle *xs, const char *path, unsigned timeout_ms,
                bool (*done)(const char *value, void *opaque), void *opaque)
{
    int64_t end = g_get_monotonic_time() + timeout_ms * 1000LL;
    bool is_done = false;

    if (!xs_watch(xs, path, path))
        return false;
    for (;;) {
        g_autofree char *value = read_path(xs, path);
        struct pollfd fd = { .fd = xs_fileno(xs), .events = POLLIN };
        int64_t left = end - g_get_monotonic_time();
        char **event;

        is_done = done(value, opaque);
        if (is_done || left <= 0 || (poll(&fd, 1, left / 1000 + 1) < 0 && errno != EINTR))
            break;
        while ((event = xs_check_watch(xs)))
            free(event);
    }
    xs_unwatch(xs, path, path);
    return is_done;
}
