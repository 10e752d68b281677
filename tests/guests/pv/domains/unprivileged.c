/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a plain domain may not do: to others (-EPERM), to who is not there (-ESRCH), at all. */
#include "domains.h"

static long foreign_update(domid_t dom)
{
    struct mmu_update u = { .ptr = frame_of(foreign_page) << 12 | MMU_MACHPHYS_UPDATE, .val = 1 };

    return hypercall(__HYPERVISOR_mmu_update, (unsigned long)&u, 1, 0, dom, 0);
}

static long foreign_pin(domid_t dom)
{
    struct mmuext_op op = { .cmd = MMUEXT_PIN_L4_TABLE, .arg1.mfn = 5 };

    return hypercall(__HYPERVISOR_mmuext_op, (unsigned long)&op, 1, 0, dom, 0);
}

static long reservation(domid_t dom)
{
    return memory_op(XENMEM_current_reservation, &dom);
}

static void child_tries(void)
{
    struct xen_sysctl sysctl = { .cmd = XEN_SYSCTL_physinfo,
                                 .interface_version = XEN_SYSCTL_INTERFACE_VERSION };
    struct evtchn_alloc_unbound alloc = { .dom = 0, .remote_dom = DOMID_SELF };
    struct xen_domctl op = { .cmd = 0 };

    check_equal(domctl_simple(XEN_DOMCTL_getdomaininfo, 0), -XEN_EPERM);
    check_equal(domctl_simple(XEN_DOMCTL_pausedomain, 0), -XEN_EPERM);
    check_equal(domctl_simple(XEN_DOMCTL_pausedomain, 777), -XEN_ESRCH);
    check_equal(domctl_simple(999, 0), -XEN_EPERM);
    child_config(&op, 1);
    check_equal(domctl(XEN_DOMCTL_createdomain, 0, &op), -XEN_EPERM);
    check_equal(hypercall1(__HYPERVISOR_sysctl, (unsigned long)&sysctl), -XEN_EPERM);
    check_equal(foreign_update(0), -XEN_EPERM);
    check_equal(foreign_update(777), -XEN_ESRCH);
    check_equal(foreign_update(DOMID_IO), -XEN_EINVAL);
    check_equal(foreign_update(DOMID_XEN), -XEN_EPERM);
    check_equal(foreign_update(DOMID_SELF), 0);
    check_equal(foreign_pin(0), -XEN_EPERM);
    check_equal(foreign_pin(777), -XEN_ESRCH);
    check_equal(reservation(0), -XEN_EPERM);
    check_equal(reservation(777), -XEN_ESRCH);
    check(reservation(DOMID_SELF) > 0);
    check_equal(event_channel_op(EVTCHNOP_alloc_unbound, &alloc), -XEN_EPERM);
    alloc.dom = 777;
    check_equal(event_channel_op(EVTCHNOP_alloc_unbound, &alloc), -XEN_ESRCH);
    /* A frame of the machine's, and one of nobody's, are not to be mapped. */
    check(update_va_mapping((const void *)(unsigned long)foreign_page, 0xa0UL << 12 | PAGE_RW,
                            UVMF_INVLPG) < 0);
    check(update_va_mapping((const void *)(unsigned long)foreign_page, 1UL << 12 | PAGE_RW,
                            UVMF_INVLPG) < 0);
    check_equal(hypercall(__HYPERVISOR_update_va_mapping_otherdomain, (unsigned long)foreign_page,
                          0, 0, 0, 0),
                -XEN_EPERM);
}

void test_child(void)
{
    unsigned long before = free_pages_settled();
    struct child c;

    child_start(&c, 1, child_tries);
    check_equal(child_wait(&c), SHUTDOWN_poweroff);
    end_of(&c, before);
}
