/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the hypercalls of this folder are made: arguments live in buffers that never fault. */
#ifndef CTL_PRIVATE_H
#define CTL_PRIVATE_H

#include <dom0/ctl/ctl.h>

/* A copy of something of the caller's that the hypervisor can always reach. */
struct bounce {
    void *buffer;
    void *caller;
    size_t size;
};

/* A buffer of that size, with the caller's bytes if `in`. -1 and ENOMEM when there is none. */
int bounce_take(struct ctl *ctl, struct bounce *b, const void *caller, size_t size, bool in);
/* Frees the buffer, after copying it back if `out`. Keeps errno. Without a buffer: nothing. */
void bounce_drop(struct ctl *ctl, struct bounce *b, bool out);

/* Fill in the interface version, call, and copy the result back. */
int domctl(struct ctl *ctl, struct xen_domctl *op);
int sysctl(struct ctl *ctl, struct xen_sysctl *op);
long memory_op(struct ctl *ctl, unsigned command, void *argument, size_t size);

#endif
