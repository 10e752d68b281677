/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tools are told about the processors. */
#include <hv/ctl.h>
#include <hv/string.h>

#include <asm/cpuid.h>
#include <asm/pv.h>
#include <asm/time.h>

#define LEAF_TOPOLOGY   0x0000000bU
#define TOPOLOGY_THREAD 1U
#define TOPOLOGY_CORE   2U
#define LEAF_EXT_CORES  0x80000008U

/* Threads of a core, and threads of a package; SDM vol. 2, CPUID leaf 0Bh. */
static bool by_topology_leaf(uint32_t *threads, uint32_t *package)
{
    for (uint32_t sub = 0; cpu_features.max_leaf >= LEAF_TOPOLOGY && sub < 4; sub++) {
        struct cpuid_leaf r = cpuid(LEAF_TOPOLOGY, sub);
        uint32_t kind = r.c >> 8 & 0xff, count = r.b & 0xffff;

        if (kind == TOPOLOGY_THREAD)
            *threads = count;
        else if (kind == TOPOLOGY_CORE)
            *package = count;
        else
            break;
    }
    return *threads && *package;
}

void arch_physinfo(struct xen_sysctl_physinfo *info)
{
    uint32_t threads = 0, package = 0;
    struct cpuid_leaf r;

    if (!by_topology_leaf(&threads, &package)) {
        threads = 1;
        package = cpu_features.max_ext_leaf >= LEAF_EXT_CORES
                      ? (cpuid(LEAF_EXT_CORES, 0).c & 0xff) + 1
                      : 1;
    }
    info->threads_per_core = threads;
    info->cores_per_socket = MAX(package / threads, 1U);
    info->cpu_khz = (uint32_t)(tsc_hz / 1000);
    info->capabilities |= XEN_SYSCTL_PHYSCAP_pv;
    /* In the order of the featureset's words: 1d 1c e1d e1c Da1 7b0 7c0 e7d. */
    r = cpuid(1, 0);
    info->hw_cap[0] = r.d;
    info->hw_cap[1] = r.c;
    r = cpuid(0x80000001U, 0);
    info->hw_cap[2] = r.d;
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
