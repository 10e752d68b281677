/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Logs of bounded size. */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Names come from the store, which the control domain's tools write; they must stay in the folder.
 */
static bool name_is_safe(const char *name)
{
    return *name && *name != '.' && !strchr(name, '/');
}

static int open_file(struct log *log, int flags)
{
    struct stat st;

    log->fd = open(log->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
    if (log->fd < 0)
        return -errno;
    log->size = fstat(log->fd, &st) ? 0 : (uint64_t)st.st_size;
    return 0;
}

int log_open(struct log *log, const char *dir, const char *name, uint64_t limit)
{
    int length;

    *log = (struct log){ .fd = -1, .limit = limit };
    if (!name_is_safe(name))
        return -EINVAL;
    length = snprintf(log->path, sizeof(log->path), "%s/%s.log", dir, name);
    if (length < 0 || (size_t)length >= sizeof(log->path))
        return -ENAMETOOLONG;
    return open_file(log, 0);
}

static void rotate(struct log *log)
{
    char old[sizeof(log->path) + 2];

    snprintf(old, sizeof(old), "%s.1", log->path);
    close(log->fd);
    /* When it cannot be renamed it is emptied: the bound comes first. */
    open_file(log, rename(log->path, old) ? O_TRUNC : 0);
}

void log_write(struct log *log, const char *data, size_t length)
{
    ssize_t n;

    if (log->fd >= 0 && log->size && log->size + length > log->limit)
        rotate(log);
    if (log->fd < 0)
        return;
    /* What a full disk does not take is lost; the guest must not wait for it. */
    n = write(log->fd, data, length);
    if (n > 0)
        log->size += (uint64_t)n;
}

void log_close(struct log *log)
{
    if (log->fd >= 0)
        close(log->fd);
    log->fd = -1;
}
