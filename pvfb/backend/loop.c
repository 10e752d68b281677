/* SPDX-License-Identifier: GPL-2.0-or-later */
/* poll() over a table. */
#include <pvfb/backend/loop.h>

#include <errno.h>
#include <poll.h>
#include <string.h>

static struct pollfd fds[LOOP_FDS];
static struct handler {
    loop_ready *ready;
    void *context;
} handlers[LOOP_FDS];
static unsigned count;

int loop_add(int fd, loop_ready *ready, void *context)
{
    if (count == LOOP_FDS)
        return -ENOSPC;
    fds[count] = (struct pollfd){ .fd = fd, .events = POLLIN };
    handlers[count++] = (struct handler){ ready, context };
    return 0;
}

/* Leaves a hole that loop_run() closes: indices must hold while handlers run. */
void loop_remove(int fd)
{
    for (unsigned i = 0; i < count; i++)
        if (fds[i].fd == fd)
            fds[i] = (struct pollfd){ .fd = -1 };
}

static void close_holes(void)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < count; i++) {
        if (fds[i].fd < 0)
            continue;
        fds[kept] = fds[i];
        handlers[kept++] = handlers[i];
    }
    count = kept;
}

void loop_run(int timeout)
{
    unsigned before;

    close_holes();
    if (poll(fds, count, timeout) <= 0)
        return;
    before = count; /* those added now have no result yet */
    for (unsigned i = 0; i < before; i++)
        if (fds[i].fd >= 0 && fds[i].revents)
            handlers[i].ready(handlers[i].context);
}
