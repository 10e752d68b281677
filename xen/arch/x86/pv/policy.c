/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What CPUID and some MSRs say to a domain, as the tools read and set it: a list of leaves. The
 * tools may take features away, and say which leaves there are; they cannot add a feature.
 */
#include "domctl.h"

#include <hv/alloc.h>
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/sched.h>
#include <hv/string.h>

#include <asm/cpuid.h>
#include <asm/pv.h>
#include <asm/xstate.h>

#include "private.h"

#define BASIC_LAST    0xdU
#define EXT_FIRST     0x80000000U
#define EXT_LAST      0x80000021U
#define HV_FIRST      0x40000000U
#define HV_LAST       0x400001ffU
#define LEAVES_MAX    120U /* of a list, whatever the processor */
#define MSRS_MAX      2U
#define NO_SUBLEAF    XEN_CPUID_NO_SUBLEAF
#define CACHE_LEVELS  6U
#define TOPO_LEVELS   2U
#define XSTATE_LEAVES 63U

#define MSR_PLATFORM_INFO     0xceU
#define MSR_ARCH_CAPABILITIES 0x10aU

struct cpu_policy {
    uint32_t count;
    xen_cpuid_leaf_t leaves[LEAVES_MAX];
};

static void append(struct cpu_policy *p, const struct domain *d, uint32_t leaf, uint32_t subleaf)
{
    uint32_t r[4] = { 0 };

    if (p->count == LEAVES_MAX)
        return;
    if (leaf < HV_FIRST || leaf > HV_LAST) /* our own leaves are not for the tools to say */
        pv_cpuid_usual(d, leaf, subleaf == NO_SUBLEAF ? 0 : subleaf, r);
    p->leaves[p->count++] = (xen_cpuid_leaf_t){ leaf, subleaf, r[0], r[1], r[2], r[3] };
}

static void append_caches(struct cpu_policy *p, const struct domain *d)
{
    uint32_t i = 0;

    do
        append(p, d, 4, i);
    while (p->leaves[p->count - 1].a & 0x1f && ++i < CACHE_LEVELS);
}

static void append_topology(struct cpu_policy *p, const struct domain *d)
{
    uint32_t i = 0;

    do
        append(p, d, 0xb, i);
    while (p->leaves[p->count - 1].c & 0xff00 && ++i < TOPO_LEVELS);
}

static void append_xstate(struct cpu_policy *p, const struct domain *d)
{
    append(p, d, 0xd, 0);
    append(p, d, 0xd, 1);
    for (uint32_t i = 2; i < XSTATE_LEAVES; i++)
        if (xstate_mask >> i & 1)
            append(p, d, 0xd, i);
}

/* The usual list: every leaf that there is, in order. */
static void policy_fill(struct cpu_policy *p, const struct domain *d)
{
    p->count = 0;
    for (uint32_t leaf = 0; leaf <= MIN(cpu_features.max_leaf, BASIC_LAST); leaf++)
        switch (leaf) {
        case 4: append_caches(p, d); break;
        case 7: append(p, d, 7, 0); break;
        case 0xb: append_topology(p, d); break;
        case 0xd: append_xstate(p, d); break;
        default: append(p, d, leaf, NO_SUBLEAF); break;
        }
    p->leaves[0].a = MIN(p->leaves[0].a, BASIC_LAST);
    append(p, d, HV_FIRST, NO_SUBLEAF);
    append(p, d, HV_FIRST + 0x100, NO_SUBLEAF);
    for (uint32_t leaf = EXT_FIRST; leaf <= MIN(cpu_features.max_ext_leaf, EXT_LAST); leaf++)
        append(p, d, leaf, NO_SUBLEAF);
}

static xen_cpuid_leaf_t *find(struct cpu_policy *p, uint32_t leaf, uint32_t subleaf)
{
    for (uint32_t i = 0; i < p->count; i++)
        if (p->leaves[i].leaf == leaf &&
            (p->leaves[i].subleaf == NO_SUBLEAF || p->leaves[i].subleaf == subleaf))
            return &p->leaves[i];
    return NULL;
}

bool pv_policy_find(const struct domain *d, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
    struct cpu_policy *p = d->arch.policy;
    const xen_cpuid_leaf_t *l;

    if (likely(!p))
        return false;
    l = find(p, leaf, subleaf);
    out[0] = l ? l->a : 0;
    out[1] = l ? l->b : 0;
    out[2] = l ? l->c : 0;
    out[3] = l ? l->d : 0;
    return true;
}

void pv_policy_free(struct domain *d)
{
    heap_free(d->arch.policy);
    d->arch.policy = NULL;
}

/* The registers of a leaf that hold features: bit 0 for a, to bit 3 for d. */
static const struct {
    uint32_t leaf, subleaf;
    uint8_t regs;
} features[] = {
    { 1, NO_SUBLEAF, 0xc },
    { 7, 0, 0xe },
    { 7, 1, 0xf },
    { 7, 2, 0xf },
    { 0xd, 0, 0x9 },
    { 0xd, 1, 0x1 },
    { EXT_FIRST + 1, NO_SUBLEAF, 0xc },
    { EXT_FIRST + 7, NO_SUBLEAF, 0x8 },
    { EXT_FIRST + 8, NO_SUBLEAF, 0x2 },
    { EXT_FIRST + 0x21, NO_SUBLEAF, 0x1 },
};

/* Bits of 0x80000001, EDX that AMD's processors repeat from leaf 1, and Intel's do not. */
#define E1D_COMMON 0x0183f3ffU

/* Machine check registers: Xen shows two empty banks; who was told of them is now told of none. */
#define L1D_MCE (1U << 7 | 1U << 14)

/*
 * True if the leaf has no feature that the processor, or our part of it, lacks; *l then has none
 * that is only tolerated.
 */
static bool leaf_ok(const struct domain *d, xen_cpuid_leaf_t *l)
{
    uint32_t *have = &l->a, may[4], tolerated;

    for (unsigned int i = 0; i < ARRAY_SIZE(features); i++) {
        if (features[i].leaf != l->leaf || features[i].subleaf != l->subleaf)
            continue;
        pv_cpuid_usual(d, l->leaf, l->subleaf == NO_SUBLEAF ? 0 : l->subleaf, may);
        for (unsigned int r = 0; r < 4; r++) {
            if (!(features[i].regs >> r & 1))
                continue;
            tolerated = r != 3                     ? 0
                        : l->leaf == 1             ? L1D_MCE
                        : l->leaf == EXT_FIRST + 1 ? E1D_COMMON
                                                   : 0;
            if (have[r] & ~(may[r] | tolerated))
                return false;
            have[r] &= may[r];
        }
    }
    return true;
}

static bool leaf_known(uint32_t leaf)
{
    return leaf <= BASIC_LAST || (leaf >= HV_FIRST && leaf <= HV_LAST) ||
           (leaf >= EXT_FIRST && leaf <= EXT_LAST);
}

/* One leaf of the tools' list into ours. 0, -ERANGE (no such leaf), -EINVAL (not to be had). */
static int merge(struct cpu_policy *p, const struct domain *d, xen_cpuid_leaf_t *l)
{
    xen_cpuid_leaf_t *at;

    if (!leaf_known(l->leaf))
        return -ERANGE;
    if (!leaf_ok(d, l))
        return -EINVAL;
    at = find(p, l->leaf, l->subleaf);
    if (!at && p->count < LEAVES_MAX)
        at = &p->leaves[p->count++];
    if (!at)
        return -ERANGE;
    *at = *l;
    return 0;
}

static int merge_all(struct cpu_policy *p, const struct domain *d, struct xen_domctl_cpu_policy *c)
{
    xen_cpuid_leaf_t l;
    int ret = 0;

    if (c->nr_leaves > LEAVES_MAX || c->nr_msrs > MSRS_MAX)
        return -E2BIG;
    for (uint32_t i = 0; !ret && i < c->nr_leaves; i++) {
        if (guest_read(&l, c->leaves, i))
            return -EFAULT;
        ret = merge(p, d, &l);
        if (ret) {
            c->err_leaf = l.leaf;
            c->err_subleaf = l.subleaf;
        }
    }
    return ret;
}

static uint64_t msr_usual(uint32_t index)
{
    uint64_t value;

    if (index != MSR_ARCH_CAPABILITIES)
        return 0;
    return pv_arch_capabilities(&value) ? 0 : value;
}

static const uint32_t msrs_listed[MSRS_MAX] = { MSR_PLATFORM_INFO, MSR_ARCH_CAPABILITIES };

/* They are shown as they are: what the tools say must be no more than that. */
static int msrs_check(struct xen_domctl_cpu_policy *c)
{
    xen_msr_entry_t m;

    for (uint32_t i = 0; i < c->nr_msrs; i++) {
        if (guest_read(&m, c->msrs, i))
            return -EFAULT;
        if (m.flags || (m.idx != msrs_listed[0] && m.idx != msrs_listed[1]) ||
            m.val & ~msr_usual(m.idx)) {
            c->err_msr = m.idx;
            return -EINVAL;
        }
    }
    return 0;
}

DOMCTL_HANDLER(set_cpu_policy)
{
    struct xen_domctl_cpu_policy *c = &op->u.cpu_policy;
    struct cpu_policy *p;
    int ret;

    if (d == current->domain)
        return -EINVAL;
    p = heap_new(struct cpu_policy);
    if (!p)
        return -ENOMEM;
    c->err_leaf = c->err_subleaf = c->err_msr = ~0U;
    if (d->arch.policy)
        *p = *d->arch.policy;
    else
        policy_fill(p, d);
    ret = merge_all(p, d, c);
    if (!ret)
        ret = msrs_check(c);
    if (ret) {
        heap_free(p);
        return ret;
    }
    domain_pause(d); /* none of its vcpus reads the old one */
    pv_policy_free(d);
    d->arch.policy = p;
    domain_unpause(d);
    return 0;
}

static int leaves_write(const struct cpu_policy *p, xen_cpuid_leaf_t *guest, uint32_t *nr)
{
    uint32_t room = *nr;

    *nr = guest ? p->count : LEAVES_MAX;
    if (!guest)
        return 0;
    if (room < p->count)
        return -ENOBUFS;
    return guest_copy_to(guest, p->leaves, p->count * sizeof(*guest));
}

static int msrs_write(xen_msr_entry_t *guest, uint32_t *nr)
{
    xen_msr_entry_t list[MSRS_MAX] = { { .idx = 0 } };
    uint32_t room = *nr;

    *nr = MSRS_MAX;
    if (!guest)
        return 0;
    if (room < MSRS_MAX)
        return -ENOBUFS;
    for (unsigned int i = 0; i < MSRS_MAX; i++) {
        list[i].idx = msrs_listed[i];
        list[i].val = msr_usual(msrs_listed[i]);
    }
    return guest_copy_to(guest, list, sizeof(list));
}

int arch_cpu_policy_get(const struct domain *d, struct arch_cpu_policy *out)
{
    static const struct domain plain; /* an unprivileged one */
    struct cpu_policy *p = d ? d->arch.policy : NULL, *made = NULL;
    int ret;

    if (!p) {
        made = p = heap_new(struct cpu_policy);
        if (!p)
            return -ENOMEM;
        policy_fill(p, d ? d : &plain);
    }
    ret = leaves_write(p, out->leaves, &out->nr_leaves);
    if (!ret)
        ret = msrs_write(out->msrs, &out->nr_msrs);
    heap_free(made);
    return ret;
}

DOMCTL_HANDLER(get_cpu_policy)
{
    struct xen_domctl_cpu_policy *c = &op->u.cpu_policy;
    struct arch_cpu_policy out = { c->leaves.p, c->msrs.p, c->nr_leaves, c->nr_msrs };
    int ret = arch_cpu_policy_get(d, &out);

    c->nr_leaves = out.nr_leaves;
    c->nr_msrs = out.nr_msrs;
    return ret;
}
