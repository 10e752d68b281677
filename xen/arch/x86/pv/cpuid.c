/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPUID as a PV guest sees it: the processor's, less what a PV guest cannot use. */
#include <hv/domain.h>
#include <hv/string.h>

#include <asm/cpu.h>
#include <asm/cpuid.h>
#include <asm/processor.h>
#include <asm/pv.h>
#include <asm/spec-ctrl.h>
#include <asm/xstate.h>

#include "mm.h"
#include "private.h"

#define HV_LEAVES 0x40000000 /* <xen/arch-x86/cpuid.h> */

#define BIT(n) (1U << (n))

/* Leaf 1, EDX: no VME, PSE, MTRR, PGE, PSE36, MCE banks stay for the control domain alone. */
#define L1D_HIDDEN \
    (BIT(1) | BIT(3) | BIT(13) | BIT(17) | BIT(21) | BIT(22) | BIT(29) | BIT(31) | BIT(18))
#define L1D_HARDWARE_ONLY (BIT(7) | BIT(12) | BIT(14))
/* Leaf 1, ECX: DTES64, MONITOR, DS-CPL, VMX, SMX, EST, TM2, xTPR, PDCM, PCID, DCA, TSC deadline. */
#define L1C_HIDDEN                                                                                \
    (BIT(2) | BIT(3) | BIT(4) | BIT(5) | BIT(6) | BIT(7) | BIT(8) | BIT(14) | BIT(15) | BIT(17) | \
     BIT(18) | BIT(21) | BIT(24))
/* Leaf 7, EBX: TSC_ADJUST, SGX, SMEP, INVPCID, RTM debug, PQM, MPX, PQE, SMAP, PT. */
#define L7B_HIDDEN                                                                         \
    (BIT(1) | BIT(2) | BIT(6) | BIT(7) | BIT(10) | BIT(12) | BIT(13) | BIT(14) | BIT(15) | \
     BIT(20) | BIT(25))
/* Leaf 7, ECX: UMIP, PKU, OSPKE, WAITPKG, CET, LA57, RDPID stays, and what came later. */
#define L7C_SHOWN \
    (BIT(1) | BIT(6) | BIT(8) | BIT(9) | BIT(10) | BIT(11) | BIT(12) | BIT(14) | BIT(22))
/* Leaf 7, EDX: what programs use. */
#define L7D_SHOWN \
    (BIT(2) | BIT(3) | BIT(4) | BIT(10) | BIT(14) | BIT(26) | BIT(27) | BIT(29) | BIT(31))
#define L7D_SPEC_CTRL (BIT(26) | BIT(27) | BIT(31))
/* 0x80000008, EBX: CLZERO, saved error pointers, IBPB, SSB_NO, BTC_NO, IBPB_RET. */
#define E8B_SHOWN (BIT(0) | BIT(2) | BIT(12) | BIT(26) | BIT(29) | BIT(30))
/* 0x80000021, EAX: LFENCE, VERW_CLEAR, null selectors, SBPB, IBPB_BRTYPE, SRSO_NO and SRSO_US_NO.
 */
#define E21A_SHOWN (BIT(2) | BIT(5) | BIT(6) | BIT(27) | BIT(28) | BIT(29) | BIT(30))
/* 0x80000001, EDX: the common bits follow leaf 1; plus SYSCALL, NX, MMXEXT, FFXSR, RDTSCP, LM,
 * 3DNow. */
#define E1D_SHOWN (BIT(11) | BIT(20) | BIT(22) | BIT(25) | BIT(27) | BIT(29) | BIT(30) | BIT(31))
/* 0x80000001, ECX: SVM, SKINIT, WDT, LWP, NODEID, PERFCTR and topology extensions are not for it.
 */
#define E1C_SHOWN \
    (BIT(0) | BIT(1) | BIT(5) | BIT(6) | BIT(7) | BIT(8) | BIT(11) | BIT(16) | BIT(21) | BIT(26))

uint64_t pv_guest_cr4(const struct vcpu *v __unused)
{
    return read_cr4() & ~(uint64_t)(CR4_PGE | CR4_SMEP | CR4_SMAP | CR4_UMIP | CR4_MCE);
}

bool pv_spec_ctrl_shown(void)
{
    return cpu_features.is_intel && spec_ctrl.has_msr;
}

static void leaf1(const struct domain *d, uint32_t out[4])
{
    out[1] &= 0x00ffffff; /* initial APIC id: a vcpu's */
    out[2] &= ~L1C_HIDDEN;
    out[2] |= BIT(31); /* a hypervisor is here */
    if (!xstate_mask)
        out[2] &= ~(BIT(26) | BIT(28));
    out[2] &= ~BIT(27); /* as CR4 says */
    out[3] &= ~L1D_HIDDEN;
    if (!cpu_features.is_intel) /* SYSENTER of a 64-bit kernel is Intel's */
        out[3] &= ~BIT(11);
    if (!d->is_hardware)
        out[3] &= ~L1D_HARDWARE_ONLY;
    if (cpu_features.is_amd) /* no SYSENTER in long mode */
        out[3] &= ~BIT(11);
    out[3] &= ~BIT(12);
    if (d->is_hardware && (cpuid(1, 0).d & BIT(12)))
        out[3] |= BIT(12);
}

static void leaf7(uint32_t subleaf, uint32_t out[4])
{
    if (subleaf) {
        memset(out, 0, 16);
        return;
    }
    out[0] = 0;
    out[1] &= ~L7B_HIDDEN;
    out[2] &= L7C_SHOWN;
    out[3] &= L7D_SHOWN;
    if (!pv_spec_ctrl_shown())
        out[3] &= ~L7D_SPEC_CTRL;
}

/* What XSAVEC writes for these components (SDM vol. 1, 13.4.3); Bochs says the other format's size.
 */
static uint32_t compacted_size(uint64_t components)
{
    uint32_t size = 512 + 64;

    for (unsigned int i = 2; i < 63; i++) {
        struct cpuid_leaf l;

        if (!(components >> i & 1))
            continue;
        l = cpuid(0xd, i);
        if (l.c & BIT(1))
            size = ROUND_UP(size, 64U);
        size += l.a;
    }
    return size;
}

static void leaf_xstate(uint32_t subleaf, uint32_t out[4])
{
    if (!xstate_mask || (subleaf > 1 && !(xstate_mask >> subleaf & 1))) {
        memset(out, 0, 16);
        return;
    }
    if (subleaf == 0) {
        out[0] &= (uint32_t)xstate_mask;
        out[3] &= (uint32_t)(xstate_mask >> 32);
        out[1] = 0; /* for XCR0 as it is */
        out[2] = xstate_size;
    } else if (subleaf == 1) {
        out[0] &= BIT(0) | BIT(1) | BIT(2); /* XSAVEOPT, XSAVEC, XGETBV with ECX 1; no XSAVES */
        out[1] = out[2] = out[3] = 0;
    }
}

static void hv_leaves(uint32_t leaf, uint32_t out[4])
{
    memset(out, 0, 16);
    switch (leaf - HV_LEAVES) {
    case 0:
        out[0] = HV_LEAVES + XEN_CPUID_MAX_NUM_LEAVES;
        memcpy(&out[1], "XenVMMXenVMM", 12);
        break;
    case 1: out[0] = 4 << 16 | 17; break;
    case 2:
        out[0] = 1;          /* hypercall pages */
        out[1] = 0x40000000; /* base of the MSRs for them */
        out[2] = BIT(0);     /* MMU_PT_UPDATE_PRESERVE_AD */
        break;
    case 3: /* sub-leaf 0: the TSC is the machine's */
        out[0] = 0;
        out[1] = 2; /* TSC mode: never emulated */
        out[2] = 0;
        break;
    case 5: /* the width of the machine's addresses, as far as it has memory */
        out[1] = (uint32_t)(64 - __builtin_clzl((frame_limit << PAGE_SHIFT) - 1));
        break;
    default: break;
    }
}

void pv_cpuid_usual(const struct domain *d, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
    struct cpuid_leaf l = cpuid(leaf, subleaf);

    out[0] = l.a;
    out[1] = l.b;
    out[2] = l.c;
    out[3] = l.d;
    switch (leaf) {
    case 1: leaf1(d, out); break;
    case 5: /* MONITOR */
    case 0xa: /* performance counters */ memset(out, 0, 16); break;
    case 6: out[0] = out[1] = out[2] = out[3] = 0; break;
    case 7: leaf7(subleaf, out); break;
    case 0xb: out[3] = 0; break; /* a vcpu's x2APIC id */
    case 0xd: leaf_xstate(subleaf, out); break;
    case 0x80000001:
        out[2] &= E1C_SHOWN;
        out[3] &= E1D_SHOWN | 0x0183f3ff;
        out[3] &= ~(BIT(1) | BIT(3) | BIT(7) | BIT(12) | BIT(13) | BIT(14) | BIT(17) | BIT(26)) |
                  (d->is_hardware ? BIT(7) | BIT(12) | BIT(14) : 0);
        break;
    case 0x80000007: out[3] &= BIT(8) | BIT(10); break;
    case 0x80000008: out[1] &= E8B_SHOWN; break;
    case 0x80000021:
        out[0] &= E21A_SHOWN;
        out[1] = out[2] = out[3] = 0;
        break;
    case 0x8000000a: memset(out, 0, 16); break; /* SVM */
    default: break;
    }
}

void pv_cpuid(const struct vcpu *v, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
    if (leaf >= HV_LEAVES && leaf < HV_LEAVES + 0x100) {
        hv_leaves(leaf, out);
        return;
    }
    if (!pv_policy_find(v->domain, leaf, subleaf, out))
        pv_cpuid_usual(v->domain, leaf, subleaf, out);
    switch (leaf) {
    case 1:
        out[1] = (out[1] & 0x00ffffff) | v->id * 2 << 24;
        if (hv_cr4 & CR4_OSXSAVE && out[2] & BIT(26))
            out[2] |= BIT(27);
        break;
    case 0xb:
        if (out[1])
            out[3] = v->id * 2;
        break;
    case 0xd:
        if (subleaf == 0 && xstate_mask)
            out[1] = cpuid(0xd, 0).b; /* XCR0 is the vcpu's own now */
        else if (subleaf == 1 && xstate_mask)
            out[1] = compacted_size(v->arch.xcr0);
        break;
    default: break;
    }
}
