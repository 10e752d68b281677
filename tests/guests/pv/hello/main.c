/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The smallest PV kernel: it was started, its start_info is sane, and it can speak. */
#include "guest.h"

void guest_main(void)
{
    print("hello: magic %s, %lu pages, flags %x\n", start_info->magic, start_info->nr_pages,
          start_info->flags);
    print("hello: command line \"%s\"\n", (const char *)start_info->cmd_line);
    check_equal(strncmp(start_info->magic, "xen-3.", 6), 0);
    check(start_info->nr_pages >= 1024);
    check(start_info->flags & SIF_PRIVILEGED);
    check(start_info->flags & SIF_INITDOMAIN);
    check(start_info->shared_info && start_info->shared_info % PAGE_SIZE == 0);
    check(start_info->pt_base && start_info->pt_base % PAGE_SIZE == 0);
    check(start_info->nr_pt_frames >= 4);
    /* Memory order of the bootstrap region: image, frame list, start_info, page tables, stack. */
    check(start_info->mfn_list > (unsigned long)guest_main);
    check((unsigned long)start_info >= start_info->mfn_list + start_info->nr_pages * 8);
    check(start_info->pt_base > (unsigned long)start_info);
    check_equal(start_info->mod_len, 0);
    print("hello: start_info at %p, page tables at %p (%lu frames), frame list at %p\n",
          (void *)start_info, (void *)start_info->pt_base, start_info->nr_pt_frames,
          (void *)start_info->mfn_list);
}
