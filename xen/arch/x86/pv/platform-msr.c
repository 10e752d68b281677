/* SPDX-License-Identifier: GPL-2.0-or-later */
/* platform_op about memory types (MTRRs) and single model-specific registers. */
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/smp.h>
#include <hv/string.h>
#include <hv/time.h>

#include <asm/cpuid.h>
#include <asm/msr.h>

#include "platform.h"

#define CPUID_1_EDX_MTRR 0x1000U

#define MSR_TSC          0x10U
#define MSR_MTRR_CAP     0xfeU
#define MSR_MTRR_BASE(n) (0x200U + 2 * (n))
#define MSR_MTRR_MASK(n) (0x201U + 2 * (n))
#define MTRR_COUNT(cap)  ((cap)&0xffU)
#define MTRR_TYPE(base)  ((base)&0xffU)
#define MTRR_TYPES       0x73U /* a bit for each that there is: 0, 1, 4, 5, 6 */
#define MTRR_VALID       0x800ULL

#define RESOURCES_MAX 3U

static unsigned int mtrr_count(void)
{
    return cpuid(1, 0).d & CPUID_1_EDX_MTRR ? MTRR_COUNT(rdmsr(MSR_MTRR_CAP)) : 0;
}

/*
 * Memory types come from page tables; the firmware's MTRRs stay as they are, so that all CPUs
 * agree. Guests since Linux 4.3 ask for no others.
 */
long platform_add_memtype(struct xen_platform_op *op)
{
    const struct xenpf_add_memtype *add = &op->u.add_memtype;

    if (!(MTRR_TYPES >> (add->type & 31) & 1) || add->type > 6 || !add->nr_mfns ||
        (add->nr_mfns & (add->nr_mfns - 1)) || (add->mfn & (add->nr_mfns - 1)))
        return -EINVAL;
    return -EOPNOTSUPP;
}

long platform_del_memtype(struct xen_platform_op *op)
{
    return op->u.del_memtype.reg >= mtrr_count() ? -EINVAL : -EOPNOTSUPP;
}

long platform_read_memtype(struct xen_platform_op *op)
{
    struct xenpf_read_memtype *m = &op->u.read_memtype;
    uint64_t base, mask;

    if (m->reg >= mtrr_count())
        return -EINVAL;
    base = rdmsr(MSR_MTRR_BASE(m->reg));
    mask = rdmsr(MSR_MTRR_MASK(m->reg));
    m->mfn = m->nr_mfns = 0;
    m->type = 0;
    if (!(mask & MTRR_VALID))
        return 0;
    mask |= ~0ULL << cpu_features.phys_bits; /* bits that are not there count as set */
    m->mfn = base >> PAGE_SHIFT;
    m->nr_mfns = (~(mask & PAGE_MASK) + 1) >> PAGE_SHIFT;
    m->type = MTRR_TYPE(base);
    return 0;
}

struct resources {
    struct xenpf_resource_entry entries[RESOURCES_MAX];
    uint32_t count, done;
};

/* The time stamp counter is told as system time, so that CPUs can be compared. */
static int resource_access(struct xenpf_resource_entry *e)
{
    if (e->rsvd)
        return -EINVAL;
    if (e->u.cmd != XEN_RESOURCE_OP_MSR_READ && e->u.cmd != XEN_RESOURCE_OP_MSR_WRITE)
        return -EOPNOTSUPP;
    if (e->idx != MSR_TSC || e->u.cmd == XEN_RESOURCE_OP_MSR_WRITE)
        return -EPERM;
    e->val = (uint64_t)time_now();
    return 0;
}

static void resources_access(void *arg)
{
    struct resources *r = arg;

    for (r->done = 0; r->done < r->count; r->done++) {
        int rc = resource_access(&r->entries[r->done]);

        if (rc) {
            r->entries[r->done].u.ret = rc;
            return;
        }
    }
}

long platform_resource_op(struct xen_platform_op *op)
{
    const struct xenpf_resource_op *request = &op->u.resource_op;
    struct resources r = { .count = request->nr_entries };
    struct cpumask mask = { { 0 } };

    if (r.count > RESOURCES_MAX)
        return -EINVAL;
    if (!r.count)
        return 0;
    if (request->cpu >= nr_cpu_ids || !cpumask_has(&cpu_online_map, request->cpu))
        return -ENODEV;
    if (guest_copy_from(r.entries, request->entries.p, r.count * sizeof(r.entries[0])))
        return -EFAULT;
    cpumask_add(&mask, request->cpu);
    smp_call(&mask, resources_access, &r);
    /* The failed entry is told, too. */
    if (guest_copy_to(request->entries.p, r.entries,
                      MIN(r.done + 1, r.count) * sizeof(r.entries[0])))
        return -EFAULT;
    return r.done;
}
