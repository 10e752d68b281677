/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The grant_table_op hypercall: finds the sub-operation, walks its array, continues long ones. */
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/hypercall.h>
#include <hv/speculation.h>

#include "private.h"

/* The sub-operation's number; above it a continuation keeps grant_batch.cursor. */
#define CMD_BITS 12
#define CMD_MASK ((1U << CMD_BITS) - 1)

#define ELEMENT_MAX 32 /* the largest structure that walk() copies in and out */

enum arity {
    ARITY_MANY, /* an array of @count elements */
    ARITY_ONE,  /* exactly one */
    ARITY_ANY,  /* one, whatever @count says */
};

/* Either batch or one is set. */
struct grant_op {
    int (*batch)(struct grant_batch *b);
    int (*one)(void *op);
    uint16_t size;
    uint8_t arity;
};

#define BATCH(fn, type)                     \
    {                                       \
        .batch = (fn), .size = sizeof(type) \
    }
#define ONE(fn, type, count)                                \
    {                                                       \
        .one = (fn), .size = sizeof(type), .arity = (count) \
    }

static const struct grant_op grant_ops[] = {
    [GNTTABOP_map_grant_ref] = BATCH(grant_map_grant_ref, gnttab_map_grant_ref_t),
    [GNTTABOP_unmap_grant_ref] = BATCH(grant_unmap_grant_ref, gnttab_unmap_grant_ref_t),
    [GNTTABOP_setup_table] = ONE(grant_setup_table, gnttab_setup_table_t, ARITY_ONE),
    [GNTTABOP_dump_table] = ONE(grant_dump_table, gnttab_dump_table_t, ARITY_ONE),
    [GNTTABOP_transfer] = ONE(grant_transfer, gnttab_transfer_t, ARITY_MANY),
    [GNTTABOP_copy] = BATCH(grant_copy, gnttab_copy_t),
    [GNTTABOP_query_size] = ONE(grant_query_size, gnttab_query_size_t, ARITY_ONE),
    [GNTTABOP_unmap_and_replace] = BATCH(grant_unmap_and_replace, gnttab_unmap_and_replace_t),
    [GNTTABOP_set_version] = ONE(grant_set_version, gnttab_set_version_t, ARITY_ANY),
    [GNTTABOP_get_status_frames] = ONE(grant_get_status_frames, gnttab_get_status_frames_t,
                                       ARITY_ONE),
    [GNTTABOP_get_version] = ONE(grant_get_version, gnttab_get_version_t, ARITY_ANY),
    [GNTTABOP_swap_grant_ref] = ONE(grant_swap_grant_ref, gnttab_swap_grant_ref_t, ARITY_MANY),
    [GNTTABOP_cache_flush] = BATCH(grant_cache_flush, gnttab_cache_flush_t),
};

_Static_assert(sizeof(gnttab_setup_table_t) <= ELEMENT_MAX, "setup_table fits");
_Static_assert(sizeof(gnttab_get_status_frames_t) <= ELEMENT_MAX, "get_status_frames fits");
_Static_assert(sizeof(gnttab_transfer_t) <= ELEMENT_MAX, "transfer fits");

struct domain *grant_target(domid_t id, int16_t *status)
{
    struct domain *d = domain_get_target(id);

    if (d && d->grant_table)
        return d;
    *status = GNTST_bad_domain;
    if (!d) {
        d = domain_get_by_id(id);
        if (!d)
            return NULL;
        *status = GNTST_permission_denied;
    }
    domain_put(d);
    return NULL;
}

struct domain *grant_peer(domid_t id)
{
    struct domain *d = domain_get_by_id(id);

    if (d && (domain_is_dying(d) || !d->grant_table)) {
        domain_put(d);
        return NULL;
    }
    return d;
}

bool grant_batch_stop(const struct grant_batch *b)
{
    return b->done && hypercall_preempt_check();
}

static int walk(const struct grant_op *op, struct grant_batch *b)
{
    uint64_t element[ELEMENT_MAX / sizeof(uint64_t)];

    for (; b->done < b->count; b->done++) {
        void *guest = (char *)b->arg + (size_t)b->done * op->size;
        int rc;

        if (grant_batch_stop(b))
            return -ERESTART;
        if (guest_copy_from(element, guest, op->size))
            return -EFAULT;
        rc = op->one(element);
        if (guest_copy_to(guest, element, op->size))
            return -EFAULT;
        if (rc)
            return rc;
    }
    return 0;
}

static int run(const struct grant_op *op, struct grant_batch *b)
{
    if (op->batch)
        return op->batch(b);
    if (op->arity == ARITY_ONE && b->count != 1)
        return -EINVAL;
    if (op->arity == ARITY_ANY)
        b->count = 1;
    return walk(op, b);
}

long do_grant_table_op(unsigned long cmd, unsigned long arg, unsigned long count,
                       unsigned long a4 __unused, unsigned long a5 __unused)
{
    struct grant_batch b = { .arg = arg,
                             .count = (uint32_t)count,
                             .cursor = (uint32_t)cmd >> CMD_BITS };
    uint32_t nr = (uint32_t)cmd & CMD_MASK;
    int rc;

    if (nr >= ARRAY_SIZE(grant_ops) || (b.cursor && nr != GNTTABOP_cache_flush))
        return -ENOSYS;
    if (b.count > INT32_MAX)
        return -EINVAL;
    nr = index_clamp(nr, ARRAY_SIZE(grant_ops));
    rc = run(&grant_ops[nr], &b);
    if (rc != -ERESTART)
        return rc;
    return hypercall_continue(__HYPERVISOR_grant_table_op, nr | b.cursor << CMD_BITS,
                              arg + (unsigned long)b.done * grant_ops[nr].size, b.count - b.done,
                              0);
}
