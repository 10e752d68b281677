/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first page a PV kernel reads, and the registers it starts with. */
#include "private.h"

#include <string.h>

#define MAGIC        "xen-3.0-x86_64"
#define RFLAGS_IF    0x200
#define DR6_CLEAR    0xffff0ff0
#define DR7_CLEAR    0x400
#define CR0_OF_GUEST 0x80050033 /* what a 64-bit kernel expects: paging and protection on */

static uint64_t address_of(const struct pv_layout *l, uint64_t pfn)
{
    return l->virt_base + (pfn << PV_PAGE_SHIFT);
}

int pv_start_info(const struct pv_layout *l, const struct pv_channels *channels,
                  const char *cmdline, void *page, const char **why)
{
    start_info_t s = {
        .magic = MAGIC,
        .nr_pages = l->nr_pages,
        .shared_info = channels->shared_info_frame << PV_PAGE_SHIFT,
        .flags = SIF_VIRT_P2M_4TOOLS,
        .store_mfn = channels->store_frame,
        .store_evtchn = channels->store_port,
        .console.domU.mfn = channels->console_frame,
        .console.domU.evtchn = channels->console_port,
        .pt_base = address_of(l, l->tables_pfn),
        .nr_pt_frames = l->n_tables,
        .mfn_list = l->p2m_virt,
        .first_p2m_pfn = l->p2m_pfn,
        .nr_p2m_frames = l->p2m_pages,
    };

    if (strlen(cmdline) >= sizeof(s.cmd_line)) {
        *why = "the kernel's command line is longer than 1023 bytes";
        return -1;
    }
    memcpy(s.cmd_line, cmdline, strlen(cmdline));
    if (l->ramdisk_bytes && l->ramdisk_by_pfn) {
        s.mod_start = l->ramdisk_pfn;
        s.flags |= SIF_MOD_START_PFN;
    } else if (l->ramdisk_bytes) {
        s.mod_start = address_of(l, l->ramdisk_pfn);
    }
    s.mod_len = l->ramdisk_bytes;
    memset(page, 0, PV_PAGE_SIZE);
    memcpy(page, &s, sizeof(s));
    return 0;
}

void pv_vcpu_context(const struct pv_layout *l, uint64_t cr3_frame, vcpu_guest_context_t *context)
{
    *context = (vcpu_guest_context_t){ .flags = VGCF_in_kernel | VGCF_online };
    context->user_regs.rip = l->entry;
    context->user_regs.rsp = address_of(l, l->stack_pfn + 1);
    context->user_regs.rsi = address_of(l, l->start_info_pfn);
    context->user_regs.rflags = RFLAGS_IF;
    context->user_regs.cs = FLAT_KERNEL_CS;
    context->user_regs.ss = FLAT_KERNEL_SS;
    context->user_regs.ds = FLAT_KERNEL_DS;
    context->user_regs.es = FLAT_KERNEL_DS;
    context->kernel_ss = FLAT_KERNEL_SS;
    context->kernel_sp = context->user_regs.rsp;
    context->ctrlreg[0] = CR0_OF_GUEST;
    context->ctrlreg[3] = cr3_frame << PV_PAGE_SHIFT;
    context->debugreg[6] = DR6_CLEAR;
    context->debugreg[7] = DR7_CLEAR;
}
