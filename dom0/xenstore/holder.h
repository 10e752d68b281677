/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The holder: a process that does nothing but keep the descriptors and the memory alive, and make a
 * new serving process when one ends. Both share one table of descriptors, so what one opens the
 * other has; the memory is a shared mapping. When the holder is killed, the serving process takes
 * its place.
 */
#ifndef XENSTORE_HOLDER_H
#define XENSTORE_HOLDER_H

#include "store.h"

/* Becomes true when the serving process shall leave its loop. */
extern volatile int holder_stop;

/*
 * Runs serve(end, argument) in a process of its own, again whenever it dies, until this one is told
 * to end by SIGTERM or SIGINT. Returns the exit status.
 */
int holder_run(void (*serve)(enum store_end end, void *argument), void *argument);

#endif
