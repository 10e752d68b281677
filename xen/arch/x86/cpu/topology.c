/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which threads share a core and which cores a socket, by the fields of the APIC id (SDM vol. 3,
 * 8.9; APM vol. 3, appendix E). All CPUs have the same fields. */
#include <hv/smp.h>

#include <asm/cpuid.h>
#include <asm/lapic.h>

#define LEAF_TOPOLOGY   0x0000000bU
#define TOPOLOGY_THREAD 1U
#define TOPOLOGY_CORE   2U
#define LEAF_EXT_CORES  0x80000008U
#define LEAF_EXT_APIC   0x8000001eU
#define LEAF_CACHES     0x00000004U
#define EXT_TOPOEXT     (1U << 22) /* 0x80000001, ECX */

static struct {
    bool known;
    uint32_t thread_bits, package_bits; /* of the APIC id, from below */
} fields;

/* Bits that hold @count numbers. */
static uint32_t bits_for(uint32_t count)
{
    return count > 1 ? 32 - (uint32_t)__builtin_clz(count - 1) : 0;
}

static bool by_topology_leaf(void)
{
    bool found = false;

    for (uint32_t sub = 0; cpu_features.max_leaf >= LEAF_TOPOLOGY && sub < 4; sub++) {
        struct cpuid_leaf r = cpuid(LEAF_TOPOLOGY, sub);
        uint32_t kind = r.c >> 8 & 0xff;

        if (kind == TOPOLOGY_THREAD)
            fields.thread_bits = r.a & 0x1f;
        else if (kind == TOPOLOGY_CORE)
            fields.package_bits = r.a & 0x1f;
        else
            break;
        found = true;
    }
    fields.package_bits = MAX(fields.package_bits, fields.thread_bits);
    return found;
}

static void by_amd_leaves(void)
{
    struct cpuid_leaf r = cpuid(LEAF_EXT_CORES, 0);

    fields.package_bits = r.c >> 12 & 0xf;
    if (!fields.package_bits)
        fields.package_bits = bits_for((r.c & 0xff) + 1);
    if (cpu_features.max_ext_leaf >= LEAF_EXT_APIC && (cpuid(0x80000001U, 0).c & EXT_TOPOEXT))
        fields.thread_bits = bits_for((cpuid(LEAF_EXT_APIC, 0).b >> 8 & 0xff) + 1);
}

static void by_intel_leaves(void)
{
    uint32_t threads = cpuid(1, 0).b >> 16 & 0xff, cores = 1;

    if (cpu_features.max_leaf >= LEAF_CACHES)
        cores = (cpuid(LEAF_CACHES, 0).a >> 26) + 1;
    fields.package_bits = bits_for(threads);
    fields.thread_bits = fields.package_bits - MIN(bits_for(cores), fields.package_bits);
}

void smp_cpu_place(unsigned int cpu, struct cpu_place *place)
{
    uint32_t id = cpu_apic_id[cpu];

    if (!fields.known) { /* by the boot CPU, when it is alone */
        if (!by_topology_leaf()) {
            if (cpu_features.is_amd && cpu_features.max_ext_leaf >= LEAF_EXT_CORES)
                by_amd_leaves();
            else if (cpu_features.is_intel)
                by_intel_leaves();
        }
        fields.known = true;
    }
    place->socket = id >> fields.package_bits;
    place->core = (id & ((1U << fields.package_bits) - 1)) >> fields.thread_bits;
    place->node = 0;
}
