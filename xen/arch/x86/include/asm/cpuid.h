/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPUID, and the features that the hypervisor itself uses. */
#ifndef ASM_CPUID_H
#define ASM_CPUID_H

#include <stdbool.h>
#include <stdint.h>

struct cpuid_leaf {
    uint32_t a, b, c, d;
};

static inline struct cpuid_leaf cpuid(uint32_t leaf, uint32_t subleaf)
{
    struct cpuid_leaf r;

    asm volatile("cpuid" : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d) : "a"(leaf), "c"(subleaf));
    return r;
}

/* What this machine can do; read once on the boot CPU. (c) */
struct cpu_features {
    char vendor[13];
    bool is_amd, is_intel;
    uint32_t max_leaf, max_ext_leaf;
    uint8_t phys_bits, virt_bits;
    bool x2apic, tsc_deadline, invariant_tsc, arat;
    bool xsave, avx, avx512, fsgsbase, smep, smap, umip, pcid, invpcid, nx, page1gb, pge;
    bool rdtscp, mwait, cpuid_fault, hypervisor;
    bool ibrs, ibpb, stibp, ssbd, l1d_flush, rdcl_no, md_clear;
};

extern struct cpu_features cpu_features;

void cpu_features_detect(void);

#endif
