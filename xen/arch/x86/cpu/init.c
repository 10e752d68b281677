/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cpu_init(): the state in which every CPU runs the hypervisor; and the options for it. */
#include <hv/init.h>
#include <hv/printk.h>
#include <hv/string.h>

#include <asm/cpu.h>
#include <asm/cpuid.h>
#include <asm/machine-check.h>
#include <asm/mm.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include <asm/spec-ctrl.h>
#include <asm/xstate.h>

#include "private.h"

uint64_t hv_cr4;

static bool opt_smep = true;
static enum { SMAP_OFF, SMAP_WHERE_SOUND, SMAP_FORCED } opt_smap = SMAP_WHERE_SOUND;

static int smep_parse(const char *value)
{
    int v = param_bool(value);

    opt_smep = v != 0;
    return v < 0 ? v : 0;
}
DEFINE_PARAM("smep", smep_parse);

static int smap_parse(const char *value)
{
    int v;

    if (!strcmp(value, "force")) {
        opt_smap = SMAP_FORCED;
        return 0;
    }
    v = param_bool(value);
    if (v >= 0)
        opt_smap = v ? SMAP_WHERE_SOUND : SMAP_OFF;
    return v < 0 ? v : 0;
}
DEFINE_PARAM("smap", smap_parse);

struct smap_site {
    int32_t offset;  /* of the three bytes, from this field */
    uint32_t opcode; /* stac or clac */
};
extern const struct smap_site smap_sites_start[], smap_sites_end[];

/* The code itself is read-only by now: it is written where the direct map shows it. */
void smap_patch(void)
{
    if (!(hv_cr4 & CR4_SMAP))
        return;
    for (const struct smap_site *s = smap_sites_start; s < smap_sites_end; s++) {
        const char *code = (const char *)&s->offset + s->offset;

        memcpy(phys_to_virt(virt_to_phys(code)), &s->opcode, 3);
    }
    cpuid(0,
          0); /* code written at another address is fetched anew after a serializing instruction */
}

/*
 * QEMU's emulation before 9.1 checks the stack of an IRET at CPL 3 as if the supervisor read it:
 * with SMAP on, Linux's sync_core() faults for ever. There only smap=force switches it on.
 */
static bool smap_is_sound(void)
{
    struct cpuid_leaf l;

    if (!cpu_features.hypervisor)
        return true;
    l = cpuid(0x40000000, 0);
    return memcmp(&l.b, "TCGT", 4) || memcmp(&l.c, "CGTC", 4) || memcmp(&l.d, "GTCG", 4);
}

static bool smap_chosen(void)
{
    if (!cpu_features.smap || opt_smap == SMAP_OFF)
        return false;
    if (opt_smap == SMAP_FORCED || smap_is_sound())
        return true;
    printk(LOG_INFO
           "SMAP stays off: this emulation faults at the guest's IRET (smap=force overrides)\n");
    return false;
}

/* CR4 as the hypervisor runs; on the boot CPU, once. */
static uint64_t choose_cr4(void)
{
    const struct cpu_features *f = &cpu_features;
    uint64_t cr4 = CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT | CR4_DE;

    if (cpuid(1, 0).d & 1U << 7) /* its handler's gate and stack are loaded by now */
        cr4 |= CR4_MCE;
    if (f->pge)
        cr4 |= CR4_PGE;
    if (f->xsave)
        cr4 |= CR4_OSXSAVE;
    if (f->fsgsbase)
        cr4 |= CR4_FSGSBASE;
    if (f->smep && opt_smep)
        cr4 |= CR4_SMEP;
    if (smap_chosen())
        cr4 |= CR4_SMAP;
    if (f->umip)
        cr4 |= CR4_UMIP;
    return cr4;
}

static void features_say(void)
{
    printk(LOG_INFO "CPU: %s, in use:%s%s%s%s%s%s%s%s\n", cpu_features.vendor,
           cpu_features.nx ? " NX" : "", hv_cr4 & CR4_SMEP ? " SMEP" : "",
           hv_cr4 & CR4_SMAP ? " SMAP" : "", hv_cr4 & CR4_UMIP ? " UMIP" : "",
           hv_cr4 & CR4_FSGSBASE ? " FSGSBASE" : "", hv_cr4 & CR4_OSXSAVE ? " XSAVE" : "",
           cpu_features.avx ? " AVX" : "", cpu_features.avx512 ? " AVX-512" : "");
}

void cpu_init(void)
{
    desc_load();
    if (!hv_cr4) {
        hv_cr4 = choose_cr4();
        features_say();
    }
    write_cr0(CR0_PG | CR0_AM | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE);
    write_cr4(hv_cr4);
    wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SCE | EFER_NX);
    /* WB WT UC- UC WC WP UC UC: the layout that PV guests are promised. */
    wrmsr(MSR_PAT, 0x0000050100070406ULL);
    syscall_msrs_load();
    xstate_cpu_init();
    machine_check_cpu_init();
    spec_ctrl_cpu_init(); /* the boot CPU's choice is yet to come */
}
