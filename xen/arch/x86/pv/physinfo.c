/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tools are told about the processors. */
#include <hv/ctl.h>
#include <hv/string.h>

#include <asm/cpuid.h>
#include <asm/pv.h>
#include <asm/time.h>

/* Bits that AMD's leaf 0x80000001 repeats from leaf 1. */
#define E1D_COMMON 0x0183f3ffU

void arch_physinfo(struct xen_sysctl_physinfo *info)
{
    struct cpuid_leaf r;

    info->cpu_khz = (uint32_t)(tsc_hz / 1000);
    info->capabilities |= XEN_SYSCTL_PHYSCAP_pv;
    /* In the order of the featureset's words: 1d 1c e1d e1c Da1 7b0 7c0 e7d. */
    r = cpuid(1, 0);
    info->hw_cap[0] = r.d;
    info->hw_cap[1] = r.c;
    r = cpuid(0x80000001U, 0);
    info->hw_cap[2] = cpu_features.is_amd ? r.d & ~E1D_COMMON : r.d;
    info->hw_cap[3] = r.c;
    if (cpu_features.max_leaf >= 0xd)
        info->hw_cap[4] = cpuid(0xd, 1).a;
    if (cpu_features.max_leaf >= 7) {
        r = cpuid(7, 0);
        info->hw_cap[5] = r.b;
        info->hw_cap[6] = r.c;
    }
    if (cpu_features.max_ext_leaf >= 0x80000007U)
        info->hw_cap[7] = cpuid(0x80000007U, 0).d;
}
