/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one loop of the serving process: file descriptors and who is called when they are ready. */
#ifndef PVFB_BACKEND_LOOP_H
#define PVFB_BACKEND_LOOP_H

#define LOOP_FDS 128

typedef void loop_ready(void *context);

/* Calls `ready` each time the descriptor can be read or was hung up. -ENOSPC past LOOP_FDS. */
int loop_add(int fd, loop_ready *ready, void *context);
/* May be called from within `ready`, also for others' descriptors. Unknown ones are let be. */
void loop_remove(int fd);
/* Waits at most so long (milliseconds; -1: for ever) and calls who is ready. */
void loop_run(int timeout);

#endif
