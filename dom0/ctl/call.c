/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypercalls themselves, and the buffers they take their arguments from. */
#include "private.h"

#include <errno.h>
#include <string.h>

int ctl_open(struct ctl *ctl)
{
    *ctl = (struct ctl){ .call = xencall_open(NULL, 0) };
    if (!ctl->call)
        return -1;
    ctl->memory = xenforeignmemory_open(NULL, 0);
    if (!ctl->memory) {
        ctl_close(ctl);
        return -1;
    }
    return 0;
}

void ctl_close(struct ctl *ctl)
{
    int saved = errno;

    if (ctl->memory)
        xenforeignmemory_close(ctl->memory);
    if (ctl->call)
        xencall_close(ctl->call);
    *ctl = (struct ctl){ 0 };
    errno = saved;
}

int bounce_take(struct ctl *ctl, struct bounce *b, const void *caller, size_t size, bool in)
{
    *b = (struct bounce){ .caller = (void *)(uintptr_t)caller, .size = size };
    if (!size)
        return 0;
    b->buffer = xencall_alloc_buffer(ctl->call, size);
    if (!b->buffer)
        return -1;
    if (in)
        memcpy(b->buffer, caller, size);
    else
        memset(b->buffer, 0, size);
    return 0;
}

void bounce_drop(struct ctl *ctl, struct bounce *b, bool out)
{
    int saved = errno;

    if (b->buffer) {
        if (out)
            memcpy(b->caller, b->buffer, b->size);
        xencall_free_buffer(ctl->call, b->buffer);
        b->buffer = NULL;
    }
    errno = saved;
}

static int call_with(struct ctl *ctl, unsigned number, void *op, size_t size)
{
    struct bounce b;
    int ret;

    if (bounce_take(ctl, &b, op, size, true))
        return -1;
    ret = xencall1(ctl->call, number, (uintptr_t)b.buffer);
    /* Some operations report through their argument why they failed. */
    bounce_drop(ctl, &b, true);
    return ret;
}

int domctl(struct ctl *ctl, struct xen_domctl *op)
{
    op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    return call_with(ctl, __HYPERVISOR_domctl, op, sizeof(*op));
}

int sysctl(struct ctl *ctl, struct xen_sysctl *op)
{
    op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    return call_with(ctl, __HYPERVISOR_sysctl, op, sizeof(*op));
}

long memory_op(struct ctl *ctl, unsigned command, void *argument, size_t size)
{
    struct bounce b;
    long ret;

    if (bounce_take(ctl, &b, argument, size, true))
        return -1;
    ret = xencall2L(ctl->call, __HYPERVISOR_memory_op, command, (uintptr_t)b.buffer);
    bounce_drop(ctl, &b, true);
    return ret;
}
