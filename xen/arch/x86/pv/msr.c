/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Model-specific registers as a PV guest sees them. */
#include <hv/errno.h>
#include <hv/printk.h>

#include <asm/cpuid.h>
#include <asm/msr.h>
#include <asm/pv.h>
#include <asm/spec-ctrl.h>

#include "mm.h"
#include "private.h"

#define MSR_ARCH_CAPABILITIES 0x10a
/* The bits of it that say "not needed" and are true for a guest too
 * (<xen/arch-x86/cpufeatureset.h>). */
#define ARCH_CAPS_SHOWN          0x1d12e173
#define MSR_PLATFORM_INFO        0xce
#define MSR_MISC_FEATURES        0x140
#define MSR_MTRR_CAP             0xfe
#define MSR_MTRR_DEF_TYPE        0x2ff
#define MSR_PATCH_LEVEL          0x8b
#define MISC_ENABLE_FAST_STRINGS 1
#define MSR_MCE_BANKS            0x400 /* machine checks: four registers each */
#define MSR_MCE_BANKS_END        0x480
#define MSR_K8_SYSCFG            0xc0010010
#define MSR_K8_HWCR              0xc0010015

/* Bits of EFER that are ours alone: the guest always sees long mode and its own SYSCALL. */
static uint64_t guest_efer(void)
{
    return rdmsr(MSR_EFER) & (EFER_SCE | EFER_LME | EFER_LMA | EFER_NX);
}

/* Registers that the owner of the machine may read as they are. */
static bool hardware_may_read(uint32_t index)
{
    return index == MSR_K8_SYSCFG || index == MSR_K8_HWCR || index == MSR_MISC_ENABLE ||
           (index >= 0x200 && index <= 0x20f) || /* MTRRs */
           index == MSR_MTRR_CAP || index == MSR_MTRR_DEF_TYPE || index == 0x250 ||
           index == 0x258 || index == 0x259 || (index >= 0x268 && index <= 0x26f) ||
           (index >= 0xc0010114 &&
            index <= 0xc0010118) || /* SVM control, as the firmware left it */
           (index >= MSR_MCE_BANKS && index < MSR_MCE_BANKS_END) ||
           index == 0x179 || index == 0x17a || index == 0x17b || index == 0xc001001d ||
           index == 0xc001001a || index == 0xc0011029 || index == 0x1a2 || index == 0x19c ||
           index == 0xc0010055 || (index >= 0xc0010061 && index <= 0xc001006b);
}

int pv_arch_capabilities(uint64_t *value)
{
    if (!(cpuid(7, 0).d & 1U << 29) || rdmsr_safe(MSR_ARCH_CAPABILITIES, value))
        return -EINVAL;
    *value &= ARCH_CAPS_SHOWN;
    return 0;
}

int pv_read_msr(struct vcpu *v, uint32_t index, uint64_t *value)
{
    switch (index) {
    case MSR_FS_BASE: *value = rdmsr(MSR_FS_BASE); return 0;
    case MSR_GS_BASE: *value = rdmsr(MSR_GS_BASE); return 0;
    case MSR_KERNEL_GS_BASE: *value = rdmsr(MSR_KERNEL_GS_BASE); return 0;
    case MSR_EFER: *value = guest_efer(); return 0;
    case MSR_PAT: *value = rdmsr(MSR_PAT); return 0;
    case MSR_APIC_BASE:
        if (!v->domain->is_hardware)
            return -EINVAL;
        *value = rdmsr(MSR_APIC_BASE);
        return 0;
    case 0x10: *value = rdtsc(); return 0;
    case MSR_MISC_ENABLE: /* Linux reads it on any Intel CPU; emulated ones may lack it */
        if (!cpu_features.is_intel)
            break;
        if (rdmsr_safe(index, value))
            *value = MISC_ENABLE_FAST_STRINGS;
        return 0;
    case MSR_PATCH_LEVEL:
        if (!v->domain->is_hardware || rdmsr_safe(index, value))
            *value = 0;
        return 0;
    case MSR_TSC_AUX: *value = 0; return 0;
    case MSR_SPEC_CTRL: *value = v->arch.pv.spec_ctrl; return pv_spec_ctrl_shown() ? 0 : -EINVAL;
    case MSR_ARCH_CAPABILITIES: return pv_arch_capabilities(value);
    case MSR_PLATFORM_INFO:
    case MSR_MISC_FEATURES: return rdmsr_safe(index, value) ? -EINVAL : 0;
    default: break;
    }
    if (v->domain->is_hardware && hardware_may_read(index) && !rdmsr_safe(index, value))
        return 0;
    printk(LOG_DEBUG "d%uv%u: rdmsr %#x refused\n", v->domain->id, v->id, index);
    return -EINVAL;
}

/* The CPU runs with it from now on, and so does the hypervisor: a guest can ask for more only. */
static int spec_ctrl_write(struct vcpu *v, uint64_t value)
{
    if (!pv_spec_ctrl_shown() || (value & ~spec_ctrl.guest))
        return -EINVAL;
    v->arch.pv.spec_ctrl = value;
    wrmsr(MSR_SPEC_CTRL, spec_ctrl.host | value);
    return 0;
}

int pv_restore_msr(struct vcpu *v, uint32_t index, uint64_t value)
{
    if (index != MSR_SPEC_CTRL || !pv_spec_ctrl_shown() || (value & ~spec_ctrl.guest))
        return -EINVAL;
    v->arch.pv.spec_ctrl = value;
    return 0;
}

int pv_write_msr(struct vcpu *v, uint32_t index, uint64_t value)
{
    uint64_t now;

    switch (index) {
    case MSR_FS_BASE:
    case MSR_GS_BASE:
    case MSR_KERNEL_GS_BASE:
        if (!vaddr_is_canonical(value))
            return -EINVAL;
        wrmsr(index, value);
        return 0;
    case MSR_EFER: return value == guest_efer() ? 0 : -EINVAL;
    case MSR_SPEC_CTRL: return spec_ctrl_write(v, value);
    case MSR_PATCH_LEVEL: return value ? -EINVAL : 0; /* Intel's way to ask for the level */
    case MSR_PRED_CMD:
        if (!cpu_features.ibpb || (value & ~PRED_CMD_IBPB))
            return -EINVAL;
        wrmsr(MSR_PRED_CMD, value);
        return 0;
    case MSR_PAT: return value == rdmsr(MSR_PAT) ? 0 : -EINVAL;
    case MSR_TSC_AUX: return 0;
    default: break;
    }
    /* The banks are ours; kernels set them up on every CPU, and need not know. */
    if (v->domain->is_hardware && index >= MSR_MCE_BANKS && index < MSR_MCE_BANKS_END)
        return 0;
    /* What changes nothing harms nothing: kernels write back what they read. */
    if (!pv_read_msr(v, index, &now) && now == value)
        return 0;
    printk(LOG_DEBUG "d%uv%u: wrmsr %#x = %#lx refused\n", v->domain->id, v->id, index,
           (unsigned long)value);
    return -EINVAL;
}
