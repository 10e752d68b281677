/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cpu_init(): the state in which every CPU runs the hypervisor; and the options for it. */
#include <hv/init.h>
#include <hv/printk.h>
#include <hv/string.h>

#include <asm/cpu.h>
#include <asm/cpuid.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include <asm/xstate.h>

#include "private.h"

uint64_t hv_cr4;

static bool opt_smep = true, opt_smap = true;

static int smep_parse(const char *value)
{
    int v = param_bool(value);

    opt_smep = v != 0;
    return v < 0 ? v : 0;
}
DEFINE_PARAM("smep", smep_parse);

static int smap_parse(const char *value)
{
    int v = param_bool(value);

    opt_smap = v != 0;
    return v < 0 ? v : 0;
}
DEFINE_PARAM("smap", smap_parse);

struct smap_site {
    int32_t offset;  /* of the three bytes, from this field */
    uint32_t opcode; /* stac or clac */
};
extern const struct smap_site smap_sites_start[], smap_sites_end[];

void smap_patch(void)
{
    if (!(hv_cr4 & CR4_SMAP))
        return;
    for (const struct smap_site *s = smap_sites_start; s < smap_sites_end; s++)
        memcpy((char *)(uintptr_t)&s->offset + s->offset, &s->opcode, 3);
}

/* CR4 as the hypervisor runs; on the boot CPU, once. */
static uint64_t choose_cr4(void)
{
    const struct cpu_features *f = &cpu_features;
    uint64_t cr4 = CR4_PAE | CR4_MCE | CR4_OSFXSR | CR4_OSXMMEXCPT | CR4_DE;

    if (f->pge)
        cr4 |= CR4_PGE;
    if (f->xsave)
        cr4 |= CR4_OSXSAVE;
    if (f->fsgsbase)
        cr4 |= CR4_FSGSBASE;
    if (f->smep && opt_smep)
        cr4 |= CR4_SMEP;
    if (f->smap && opt_smap)
        cr4 |= CR4_SMAP;
    if (f->umip)
        cr4 |= CR4_UMIP;
    return cr4;
}

void cpu_init(void)
{
    desc_load();
    if (!hv_cr4)
        hv_cr4 = choose_cr4();
    write_cr0(CR0_PG | CR0_AM | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE);
    write_cr4(hv_cr4);
    wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SCE | EFER_NX);
    /* WB WT UC- UC WC WP UC UC: the layout that PV guests are promised. */
    wrmsr(MSR_PAT, 0x0000050100070406ULL);
    syscall_msrs_load();
    xstate_cpu_init();
}
