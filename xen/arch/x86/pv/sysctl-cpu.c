/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sysctl about processor features, by which the tools find what guests may have: as a set of bits,
 * and as the list of all CPUID leaves. There are three views: the processor's own answers, what we
 * use of it, and what a PV guest sees. There are no HVM guests yet: their views are -EOPNOTSUPP.
 */
#include <hv/alloc.h>
#include <hv/ctl.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/string.h>

#include <asm/cpu.h>
#include <asm/cpuid.h>
#include <asm/msr.h>
#include <asm/pv.h>
#include <asm/xstate.h>

#include "private.h"

#define BASIC_LAST 0xdU
#define EXT_FIRST  0x80000000U
#define EXT_LAST   0x80000021U
#define HV_FIRST   0x40000000U
#define NO_SUBLEAF XEN_CPUID_NO_SUBLEAF
#define LEAVES_MAX 120U /* of a list, whatever the processor */
#define SUBLEAVES  6U

#define MSR_PLATFORM_INFO     0xceU
#define MSR_ARCH_CAPABILITIES 0x10aU

#define L1C_OSXSAVE (1U << 27)

/* The views, as the two operations number them. */
enum view { RAW, HOST, PV, HVM };

typedef void (*cpuid_fn)(uint32_t leaf, uint32_t subleaf, uint32_t out[4]);

static void cpuid_raw(uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
    struct cpuid_leaf l = cpuid(leaf, subleaf);

    memcpy(out, &l, sizeof(l));
}

/* Less what we do not use, or were told not to. */
static void cpuid_host(uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
    cpuid_raw(leaf, subleaf, out);
    if (leaf == 1 && !xstate_mask)
        out[2] &= ~(1U << 26 | L1C_OSXSAVE | 1U << 28);
    if (leaf == 0xd && !xstate_mask)
        memset(out, 0, 16);
    else if (leaf == 0xd && subleaf == 0) {
        out[0] &= (uint32_t)xstate_mask;
        out[1] = 0;
        out[2] = xstate_size;
    }
}

/* What an unprivileged guest that has just begun would see. */
static void cpuid_pv(uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
    static struct domain plain;
    static struct vcpu v = { .domain = &plain };

    pv_cpuid(&v, leaf, subleaf, out);
    if (leaf == 1)
        out[2] &= ~L1C_OSXSAVE; /* CR4 says so, later */
    if (leaf == 0xd && subleaf <= 1)
        out[1] = 0; /* for XCR0 as it is then */
}

static cpuid_fn view_fn(enum view view)
{
    static const cpuid_fn fns[] = { cpuid_raw, cpuid_host, cpuid_pv };

    return fns[view];
}

/* A leaf as seen, all 0 if the processor has none. */
static void get(cpuid_fn fn, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
    uint32_t last = leaf >= EXT_FIRST ? cpu_features.max_ext_leaf : cpu_features.max_leaf;

    memset(out, 0, 16);
    if (leaf <= last)
        fn(leaf, subleaf, out);
}

/* The words of a set in the order of <xen/arch-x86/cpufeatureset.h>; reg: 0 for a, to 3 for d. */
static const struct {
    uint32_t leaf, subleaf;
    uint8_t reg;
} words[] = {
    { 1, 0, 3 },                /* 1d */
    { 1, 0, 2 },                /* 1c */
    { EXT_FIRST + 1, 0, 3 },    /* e1d */
    { EXT_FIRST + 1, 0, 2 },    /* e1c */
    { 0xd, 1, 0 },              /* Da1 */
    { 7, 0, 1 },                /* 7b0 */
    { 7, 0, 2 },                /* 7c0 */
    { EXT_FIRST + 7, 0, 3 },    /* e7d */
    { EXT_FIRST + 8, 0, 1 },    /* e8b */
    { 7, 0, 3 },                /* 7d0 */
    { 7, 1, 0 },                /* 7a1 */
    { EXT_FIRST + 0x21, 0, 0 }, /* e21a */
    { 7, 1, 1 },                /* 7b1 */
    { 7, 2, 3 },                /* 7d2 */
    { 7, 1, 2 },                /* 7c1 */
    { 7, 1, 3 },                /* 7d1 */
};

#define NR_WORDS 19U /* the last: two of an MSR, and leaf 0x80000021's ECX; empty */

static uint32_t word(enum view view, unsigned int i)
{
    uint32_t r[4];

    if (i >= ARRAY_SIZE(words))
        return 0;
    /* A processor without the sub-leaf answers with that of its last. */
    if (words[i].leaf == 7 && words[i].subleaf) {
        get(cpuid_raw, 7, 0, r);
        if (r[0] < words[i].subleaf)
            return 0;
    }
    get(view_fn(view), words[i].leaf, words[i].subleaf, r);
    /* In leaf 0x80000001, AMD repeats bits of leaf 1; a guest's set has them once. */
    if (i == 2 && view == PV && cpu_features.is_amd)
        r[3] &= ~0x0183f3ffU;
    return r[words[i].reg];
}

static int view_of_set(uint32_t index, enum view *view)
{
    static const enum view views[] = {
        [XEN_SYSCTL_cpu_featureset_raw] = RAW,   [XEN_SYSCTL_cpu_featureset_host] = HOST,
        [XEN_SYSCTL_cpu_featureset_pv] = PV,     [XEN_SYSCTL_cpu_featureset_hvm] = HVM,
        [XEN_SYSCTL_cpu_featureset_pv_max] = PV, [XEN_SYSCTL_cpu_featureset_hvm_max] = HVM,
    };

    if (index >= ARRAY_SIZE(views))
        return -EINVAL;
    *view = views[index];
    return *view == HVM ? -EOPNOTSUPP : 0;
}

long arch_sysctl_get_cpu_featureset(struct xen_sysctl *op)
{
    struct xen_sysctl_cpu_featureset *set = &op->u.cpu_featureset;
    uint32_t room = set->nr_features;
    enum view view;
    int rc = view_of_set(set->index, &view);

    if (!set->features.p) {
        set->nr_features = NR_WORDS;
        return 0;
    }
    if (rc)
        return rc;
    set->nr_features = MIN(room, NR_WORDS);
    for (unsigned int i = 0; i < set->nr_features; i++) {
        uint32_t value = word(view, i);

        if (guest_write(set->features, i, &value))
            return -EFAULT;
    }
    return room < NR_WORDS ? -ENOBUFS : 0;
}

/* What the processor can be told to hide from CPUID. */
long arch_sysctl_get_cpu_levelling_caps(struct xen_sysctl *op)
{
    op->u.cpu_levelling_caps.caps = cpu_features.cpuid_fault ? XEN_SYSCTL_CPU_LEVELCAP_faulting : 0;
    return 0;
}

struct leaf_list {
    cpuid_fn fn;
    uint32_t count;
    xen_cpuid_leaf_t leaves[LEAVES_MAX];
};

static const xen_cpuid_leaf_t *append(struct leaf_list *l, uint32_t leaf, uint32_t subleaf)
{
    uint32_t r[4] = { 0 };

    if (l->count == LEAVES_MAX)
        return &l->leaves[LEAVES_MAX - 1];
    if (leaf < HV_FIRST || leaf >= EXT_FIRST) /* ours are not for the tools to say */
        l->fn(leaf, subleaf == NO_SUBLEAF ? 0 : subleaf, r);
    l->leaves[l->count] = (xen_cpuid_leaf_t){ leaf, subleaf, r[0], r[1], r[2], r[3] };
    return &l->leaves[l->count++];
}

static void append_xstate(struct leaf_list *l)
{
    append(l, 0xd, 0);
    append(l, 0xd, 1);
    for (uint32_t i = 2; i < 63; i++)
        if (xstate_mask >> i & 1)
            append(l, 0xd, i);
}

/* A leaf with its sub-leaves, as many as the processor says there are. */
static void append_leaf(struct leaf_list *l, uint32_t leaf)
{
    uint32_t i = 0, last;

    switch (leaf) {
    case 4: /* caches, up to one of no type */
        while (append(l, leaf, i)->a & 0x1f && ++i < SUBLEAVES)
            continue;
        break;
    case 7:
        last = append(l, leaf, 0)->a;
        while (i < MIN(last, 2U))
            append(l, leaf, ++i);
        break;
    case 0xb: /* levels, up to one of no kind */
        while (append(l, leaf, i)->c & 0xff00 && ++i < 2)
            continue;
        break;
    case 0xd: append_xstate(l); break;
    default: append(l, leaf, NO_SUBLEAF); break;
    }
}

static void list_fill(struct leaf_list *l, enum view view)
{
    l->fn = view_fn(view);
    l->count = 0;
    for (uint32_t leaf = 0; leaf <= MIN(cpu_features.max_leaf, BASIC_LAST); leaf++)
        append_leaf(l, leaf);
    l->leaves[0].a = MIN(l->leaves[0].a, BASIC_LAST);
    append(l, HV_FIRST, NO_SUBLEAF);
    append(l, HV_FIRST + 0x100, NO_SUBLEAF);
    for (uint32_t leaf = EXT_FIRST; leaf <= MIN(cpu_features.max_ext_leaf, EXT_LAST); leaf++)
        append(l, leaf, NO_SUBLEAF);
}

static int leaves_give(struct xen_sysctl_cpu_policy *p, enum view view)
{
    uint32_t room = p->nr_leaves;
    struct leaf_list *l = heap_new(struct leaf_list);
    int rc;

    if (!l)
        return -ENOMEM;
    list_fill(l, view);
    p->nr_leaves = MIN(room, l->count);
    rc = guest_copy_to(p->leaves.p, l->leaves, p->nr_leaves * sizeof(l->leaves[0]));
    if (!rc && room < l->count)
        rc = -ENOBUFS;
    heap_free(l);
    return rc;
}

static int msrs_give(struct xen_sysctl_cpu_policy *p, enum view view)
{
    xen_msr_entry_t list[] = { { .idx = MSR_PLATFORM_INFO }, { .idx = MSR_ARCH_CAPABILITIES } };
    uint32_t room = p->nr_msrs;

    for (unsigned int i = 0; view != PV && i < ARRAY_SIZE(list); i++) {
        uint64_t value;

        if (cpu_features.is_intel && !rdmsr_safe(list[i].idx, &value))
            list[i].val = value;
    }
    p->nr_msrs = MIN(room, ARRAY_SIZE(list));
    if (guest_copy_to(p->msrs.p, list, p->nr_msrs * sizeof(list[0])))
        return -EFAULT;
    return room < ARRAY_SIZE(list) ? -ENOBUFS : 0;
}

static int view_of_policy(uint32_t index, enum view *view)
{
    static const enum view views[] = {
        [XEN_SYSCTL_cpu_policy_raw] = RAW,       [XEN_SYSCTL_cpu_policy_host] = HOST,
        [XEN_SYSCTL_cpu_policy_pv_max] = PV,     [XEN_SYSCTL_cpu_policy_hvm_max] = HVM,
        [XEN_SYSCTL_cpu_policy_pv_default] = PV, [XEN_SYSCTL_cpu_policy_hvm_default] = HVM,
    };

    if (index >= ARRAY_SIZE(views))
        return -EINVAL;
    *view = views[index];
    return *view == HVM ? -EOPNOTSUPP : 0;
}

long arch_sysctl_get_cpu_policy(struct xen_sysctl *op)
{
    struct xen_sysctl_cpu_policy *p = &op->u.cpu_policy;
    enum view view;
    int rc = p->_rsvd ? -EINVAL : view_of_policy(p->index, &view);

    if (rc)
        return rc;
    if (p->leaves.p)
        rc = leaves_give(p, view);
    else
        p->nr_leaves = LEAVES_MAX;
    if (rc)
        return rc;
    if (p->msrs.p)
        return msrs_give(p, view);
    p->nr_msrs = 2;
    return 0;
}
