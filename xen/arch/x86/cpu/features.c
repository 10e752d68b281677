/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the processor can do (SDM vol. 2, CPUID; APM vol. 3, appendix E). */
#include <hv/string.h>

#include <asm/cpuid.h>
#include <asm/msr.h>

struct cpu_features cpu_features;

static bool bit(uint32_t reg, unsigned int n)
{
    return reg >> n & 1;
}

static void detect_vendor(struct cpu_features *f)
{
    struct cpuid_leaf l = cpuid(0, 0);

    f->max_leaf = l.a;
    memcpy(f->vendor, &l.b, 4);
    memcpy(f->vendor + 4, &l.d, 4);
    memcpy(f->vendor + 8, &l.c, 4);
    f->is_amd = !strcmp(f->vendor, "AuthenticAMD") || !strcmp(f->vendor, "HygonGenuine");
    f->is_intel = !strcmp(f->vendor, "GenuineIntel");
}

static void detect_leaf7(struct cpu_features *f)
{
    struct cpuid_leaf l = cpuid(7, 0);
    uint64_t arch_caps = 0;

    f->fsgsbase = bit(l.b, 0);
    f->smep = bit(l.b, 7);
    f->invpcid = bit(l.b, 10);
    f->avx512 = bit(l.b, 16);
    f->smap = bit(l.b, 20);
    f->umip = bit(l.c, 2);
    f->md_clear = bit(l.d, 10);
    f->ibrs = f->ibpb = bit(l.d, 26);
    f->stibp = bit(l.d, 27);
    f->l1d_flush = bit(l.d, 28);
    f->ssbd = bit(l.d, 31);
    if (bit(l.d, 29) && !rdmsr_safe(0x10a, &arch_caps)) /* IA32_ARCH_CAPABILITIES */
        f->rdcl_no = bit((uint32_t)arch_caps, 0);
}

static void detect_extended(struct cpu_features *f)
{
    struct cpuid_leaf l = cpuid(0x80000001, 0);

    f->nx = bit(l.d, 20);
    f->page1gb = bit(l.d, 26);
    f->rdtscp = bit(l.d, 27);
    if (f->max_ext_leaf >= 0x80000007)
        f->invariant_tsc = bit(cpuid(0x80000007, 0).d, 8);
    f->phys_bits = 36;
    f->virt_bits = 48;
    if (f->max_ext_leaf >= 0x80000008) {
        l = cpuid(0x80000008, 0);
        f->phys_bits = (uint8_t)l.a;
        f->virt_bits = (uint8_t)(l.a >> 8);
        f->ibpb |= f->is_amd && bit(l.b, 12);
        f->ibrs |= f->is_amd && bit(l.b, 14);
        f->stibp |= f->is_amd && bit(l.b, 15);
        f->ssbd |= f->is_amd && bit(l.b, 24);
    }
}

void cpu_features_detect(void)
{
    struct cpu_features *f = &cpu_features;
    struct cpuid_leaf l;
    uint64_t v;

    detect_vendor(f);
    f->max_ext_leaf = cpuid(0x80000000, 0).a;
    l = cpuid(1, 0);
    f->mwait = bit(l.c, 3);
    f->pcid = bit(l.c, 17);
    f->x2apic = bit(l.c, 21);
    f->tsc_deadline = bit(l.c, 24);
    f->xsave = bit(l.c, 26);
    f->avx = bit(l.c, 28);
    f->hypervisor = bit(l.c, 31);
    f->pge = bit(l.d, 13);
    if (f->max_leaf >= 6)
        f->arat = bit(cpuid(6, 0).a, 2);
    if (f->max_leaf >= 7)
        detect_leaf7(f);
    if (f->max_ext_leaf >= 0x80000001)
        detect_extended(f);
    if (f->is_amd)
        f->rdcl_no = true;
    if (f->is_intel && !rdmsr_safe(0xce, &v)) /* MSR_PLATFORM_INFO */
        f->cpuid_fault = bit((uint32_t)v, 31);
}
