/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The start_info page that the control domain's kernel finds in rsi (<xen/xen.h>). */
#include <hv/string.h>

#include <asm/mm.h>

#include "dom0.h"

static void vga_info(struct dom0_vga_console_info *info)
{
    const struct boot_framebuffer *fb = &boot_info.framebuffer;

    if (!fb->base) {
        info->video_type = XEN_VGATYPE_TEXT_MODE_3;
        info->u.text_mode_3.font_height = 16;
        info->u.text_mode_3.columns = 80;
        info->u.text_mode_3.rows = 25;
        return;
    }
    info->video_type = boot_info.efi.present ? XEN_VGATYPE_EFI_LFB : XEN_VGATYPE_VESA_LFB;
    info->u.vesa_lfb.width = (uint16_t)fb->width;
    info->u.vesa_lfb.height = (uint16_t)fb->height;
    info->u.vesa_lfb.bytes_per_line = (uint16_t)fb->pitch;
    info->u.vesa_lfb.bits_per_pixel = fb->bpp;
    info->u.vesa_lfb.lfb_base = (uint32_t)fb->base;
    info->u.vesa_lfb.ext_lfb_base = (uint32_t)(fb->base >> 32);
    info->u.vesa_lfb.lfb_size = (fb->pitch * fb->height + 0xffff) >> 16;
    info->u.vesa_lfb.red_pos = fb->red_pos;
    info->u.vesa_lfb.red_size = fb->red_size;
    info->u.vesa_lfb.green_pos = fb->green_pos;
    info->u.vesa_lfb.green_size = fb->green_size;
    info->u.vesa_lfb.blue_pos = fb->blue_pos;
    info->u.vesa_lfb.blue_size = fb->blue_size;
}

void dom0_start_info(struct dom0_build *b, const char *cmdline)
{
    struct start_info *si = dom0_frame(b, (b->v_start_info - b->v_start) >> PAGE_SHIFT);

    strlcpy(si->magic, "xen-3.0-x86_64", sizeof(si->magic));
    si->nr_pages = b->nr_pages;
    si->shared_info = virt_to_phys(b->d->shared_info);
    si->flags = SIF_PRIVILEGED | SIF_INITDOMAIN;
    si->pt_base = b->v_tables;
    si->nr_pt_frames = b->nr_tables;
    si->mfn_list = b->v_p2m;
    if (b->kernel.has_init_p2m) {
        si->first_p2m_pfn = b->p2m_pfn;
        si->nr_p2m_frames = b->nr_p2m;
    }
    if (b->initrd) {
        si->mod_start = b->kernel.mod_start_pfn ? b->initrd_pfn : b->v_initrd;
        si->mod_len = b->initrd->size;
        if (b->kernel.mod_start_pfn)
            si->flags |= SIF_MOD_START_PFN;
    }
    strlcpy((char *)si->cmd_line, cmdline, sizeof(si->cmd_line));
    si->console.dom0.info_off = sizeof(*si);
    si->console.dom0.info_size = sizeof(struct dom0_vga_console_info);
    vga_info((struct dom0_vga_console_info *)(si + 1));
}
