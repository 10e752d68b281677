/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every sub-operation of memory_op, asked well and badly. */
/* options: dom0_mem=256M */
#include "memory.h"

static unsigned long next;

unsigned long frame_take(void)
{
    const unsigned long *list = (const unsigned long *)start_info->mfn_list;

    if (!next)
        next = start_info->nr_pages;
    return list[--next];
}

unsigned long m2p(unsigned long mfn)
{
    uint64_t pfn = NO_PFN;

    try_read((const uint64_t *)MACH2PHYS_VIRT_START + mfn, &pfn);
    return pfn;
}

long pages_now(void)
{
    domid_t self = DOMID_SELF;

    return memory_op(XENMEM_current_reservation, &self);
}

bool frame_is_clear(void *window, unsigned long mfn)
{
    const volatile uint64_t *words = window;
    uint64_t any = 0;

    check_equal(update_va_mapping(window, mfn << 12 | MAPPED, UVMF_INVLPG), 0);
    for (unsigned int i = 0; i < PAGE_SIZE / 8; i++)
        any |= words[i];
    check_equal(update_va_mapping(window, 0, UVMF_INVLPG), 0);
    return !any;
}

long reserve(unsigned int op, void *extents, unsigned long count, unsigned int order,
             unsigned int flags, domid_t domid)
{
    struct xen_memory_reservation r = {
        .nr_extents = count,
        .extent_order = order,
        .mem_flags = flags,
        .domid = domid,
    };

    r.extent_start.p = extents;
    return memory_op(op, &r);
}

static void test_numbers(void)
{
    domid_t self = DOMID_SELF, zero = 0, none = NO_DOMAIN, io = DOMID_IO, xen = DOMID_XEN;
    unsigned int ops[] = { XENMEM_current_reservation, XENMEM_maximum_reservation,
                           XENMEM_maximum_gpfn };

    for (unsigned int i = 0; i < 3; i++) {
        check_equal(memory_op(ops[i], UNMAPPED), -XEN_EFAULT);
        check_equal(memory_op(ops[i], &none), -XEN_ESRCH);
        check_equal(memory_op(ops[i], &io), -XEN_ESRCH);
        check_equal(memory_op(ops[i], &xen), -XEN_ESRCH);
        check_equal(memory_op(ops[i], &zero), memory_op(ops[i], &self));
        check_equal(memory_op(ops[i] | 1 << 6, &self), -XEN_EINVAL);
    }
    check_equal(pages_now(), start_info->nr_pages);
    check(memory_op(XENMEM_maximum_reservation, &self) >= pages_now());
    check(memory_op(XENMEM_maximum_ram_page, NULL) > pages_now());
    check_equal(memory_op(XENMEM_get_sharing_freed_pages, NULL), 0);
    check_equal(memory_op(XENMEM_get_sharing_shared_pages, NULL), 0);
    check_equal(memory_op(8, NULL), -XEN_ENOSYS);
    check_equal(memory_op(29, NULL), -XEN_ENOSYS);
    check_equal(memory_op(63, NULL), -XEN_ENOSYS);
    check_equal(memory_op(29 | 1 << 6, NULL), -XEN_ENOSYS);
}

void guest_main(void)
{
    test_numbers();
    test_reservations();
    test_exchange();
    test_maps();
    test_refused();
    test_resources();
}
