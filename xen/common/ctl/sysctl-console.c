/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysctl about the console: its ring, and its keys. */
#include "sysctl.h"

#include <hv/console.h>
#include <hv/debug.h>
#include <hv/errno.h>
#include <hv/guest-access.h>

#define DEBUG_KEYS_MAX 64U /* more than there are keys */

/* Gives out what the ring holds from a position on; the caller comes back with the new one. */
SYSCTL_HANDLER(readconsole)
{
    struct xen_sysctl_readconsole *rc = &op->u.readconsole;
    uint64_t pos = rc->incremental ? console_ring_position(rc->index) : console_ring_start();
    uint32_t done = 0;
    char chunk[256];

    while (done < rc->count) {
        size_t n = console_ring_read(chunk, MIN(rc->count - done, sizeof(chunk)), &pos);

        if (!n)
            break;
        if (guest_copy_to(rc->buffer.p + done, chunk, n))
            return -EFAULT;
        done += (uint32_t)n;
    }
    if (rc->clear)
        console_ring_clear(pos);
    rc->index = (uint32_t)pos;
    rc->count = done;
    return 0;
}

SYSCTL_HANDLER(debug_keys)
{
    const struct xen_sysctl_debug_keys *dk = &op->u.debug_keys;
    char keys[DEBUG_KEYS_MAX];

    if (dk->nr_keys > sizeof(keys))
        return -E2BIG;
    if (guest_copy_from(keys, dk->keys.p, dk->nr_keys))
        return -EFAULT;
    for (uint32_t i = 0; i < dk->nr_keys; i++)
        console_key_run(keys[i]);
    return 0;
}
