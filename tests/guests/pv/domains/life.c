/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running, pausing, stopping with each code, going on after a suspend, and dying slowly. */
#include "domains.h"

static volatile unsigned int wanted_code;
static volatile unsigned long page_aligned counter[512];

static void child_stops(void)
{
    struct sched_shutdown shutdown = { .reason = wanted_code };

    sched_op(SCHEDOP_shutdown, &shutdown);
}

static void child_crashes(void)
{
    __asm__ volatile("ud2"); /* with a handler of its own: an error, and so a reboot */
}

static void child_counts(void)
{
    for (;;)
        counter[0]++;
}

static void child_watched(void)
{
    struct sched_watchdog dog = { .id = 0, .timeout = 1 };

    sched_op(SCHEDOP_watchdog, &dog);
    for (;;)
        ;
}

/* A virq's port, masked: it can be polled. */
static unsigned int virq_port(void)
{
    struct evtchn_bind_virq bind = { .virq = VIRQ_DOM_EXC };

    check_equal(event_channel_op(EVTCHNOP_bind_virq, &bind), 0);
    return bind.port;
}

static void close_port(unsigned int port)
{
    struct evtchn_close op = { .port = port };

    check_equal(event_channel_op(EVTCHNOP_close, &op), 0);
}

static volatile uint8_t page_aligned shared_page[4096];

static bool take_pending(unsigned int port)
{
    volatile struct shared_info *shared = (void *)(unsigned long)shared_page;
    unsigned long bit = 1UL << port % 64;

    for (unsigned int i = 0; i < 1000; i++) {
        if (__atomic_fetch_and(&shared->evtchn_pending[port / 64], ~bit, __ATOMIC_SEQ_CST) & bit)
            return true;
        sched_op(SCHEDOP_yield, NULL);
    }
    return false;
}

static void test_codes(void)
{
    static const unsigned int codes[] = { SHUTDOWN_poweroff, SHUTDOWN_reboot, SHUTDOWN_suspend,
                                          SHUTDOWN_crash, SHUTDOWN_watchdog };
    unsigned int port = virq_port();
    unsigned long before;
    struct child c;

    map_page(shared_page, start_info->shared_info | PAGE_RW);
    for (unsigned int i = 0; i < 5; i++) {
        before = free_pages_settled();
        wanted_code = codes[i];
        child_start(&c, 1, child_stops);
        check_equal(child_wait(&c), (long)codes[i]);
        check(take_pending(port));
        end_of(&c, before);
        check(take_pending(port));
    }
    close_port(port);
    page_writable(shared_page);
}

static void test_watchdog(void)
{
    unsigned long before = free_pages_settled();
    struct child c;

    child_start(&c, 1, child_watched);
    check_equal(child_wait(&c), SHUTDOWN_watchdog);
    end_of(&c, before);
    child_start(&c, 1, child_crashes);
    check_equal(child_wait(&c), SHUTDOWN_reboot);
    end_of(&c, before);
}

static unsigned long count_of(const struct child *c)
{
    unsigned long n;

    check_equal(child_map(c, foreign_page, child_frame(c, counter), PAGE_RO), 0);
    n = *(volatile unsigned long *)(unsigned long)foreign_page;
    foreign_page_back();
    return n;
}

static void yields(unsigned int n)
{
    while (n--)
        sched_op(SCHEDOP_yield, NULL);
}

static bool counts(const struct child *c)
{
    unsigned long n = count_of(c);

    for (unsigned int i = 0; i < 2000; i++) {
        yields(10);
        if (count_of(c) != n)
            return true;
    }
    return false;
}

static bool stands_still(const struct child *c)
{
    unsigned long n = count_of(c);

    yields(300);
    return count_of(c) == n;
}

/* Pauses are counted. Registers can be read while it stands, and set again. */
static void test_pause(void)
{
    static struct vcpu_guest_context context;
    struct xen_domctl_getdomaininfo info;
    struct xen_domctl op = { .cmd = 0 };
    unsigned long before = free_pages_settled();
    struct child c;

    child_start(&c, 1, child_counts);
    check(counts(&c));
    check_equal(domctl_simple(XEN_DOMCTL_unpausedomain, c.id), -XEN_EINVAL);
    check_equal(domctl_simple(XEN_DOMCTL_pausedomain, c.id), 0);
    check_equal(domctl_simple(XEN_DOMCTL_pausedomain, c.id), 0);
    check(stands_still(&c));
    check_equal(domain_info(c.id, &info), 0);
    check_equal(info.flags & (XEN_DOMINF_paused | XEN_DOMINF_shutdown), XEN_DOMINF_paused);
    check_equal(info.nr_online_vcpus, 1);
    check(info.cpu_time);
    check_equal(domctl_simple(XEN_DOMCTL_unpausedomain, c.id), 0);
    check(stands_still(&c));
    set_xen_guest_handle(op.u.vcpucontext.ctxt, &context);
    check_equal(domctl(XEN_DOMCTL_getvcpucontext, c.id, &op), 0);
    check_equal(context.ctrlreg[3], c.l4 << 12);
    check(context.user_regs.rip > GUEST_BASE);
    check(context.flags & VGCF_in_kernel);
    check(context.flags & VGCF_online);
    check_equal(context.trap_ctxt[14].vector, 14);
    check(context.trap_ctxt[14].address);
    set_xen_guest_handle(op.u.vcpucontext.ctxt, &context);
    check_equal(domctl(XEN_DOMCTL_setvcpucontext, c.id, &op), 0);
    check_equal(domctl_simple(XEN_DOMCTL_unpausedomain, c.id), 0);
    check(counts(&c));
    end_of(&c, before);
}

static void child_suspends(void)
{
    struct sched_shutdown shutdown = { .reason = SHUTDOWN_suspend };

    sched_op(SCHEDOP_shutdown, &shutdown);
}

/* Suspended, and told to go on: it ends by itself. */
static void test_resume(void)
{
    unsigned long before = free_pages_settled();
    struct child c;

    child_start(&c, 1, child_suspends);
    check_equal(child_wait(&c), SHUTDOWN_suspend);
    check_equal(domctl_simple(XEN_DOMCTL_resumedomain, c.id), 0);
    check_equal(child_wait(&c), SHUTDOWN_poweroff);
    end_of(&c, before);
}

/* Who still maps a frame of a dead domain keeps it, and so the domain as a dying one. */
static void test_zombie(void)
{
    struct xen_domctl_getdomaininfo info;
    unsigned long before = free_pages_settled();
    struct mmuext_op pin = { .cmd = MMUEXT_PIN_L4_TABLE };
    struct child c;

    child_start(&c, 1, child_counts);
    check(counts(&c));
    check_equal(child_map(&c, foreign_page, child_frame(&c, counter), PAGE_RW), 0);
    check_equal(domctl_simple(XEN_DOMCTL_destroydomain, c.id), 0);
    yields(100);
    check_equal(domain_info(c.id, &info), 0);
    check(info.flags & XEN_DOMINF_dying);
    check_equal(info.tot_pages, 1);
    check_equal(domctl_simple(XEN_DOMCTL_destroydomain, c.id), 0);
    pin.arg1.mfn = child_frame(&c, counter);
    check(hypercall(__HYPERVISOR_mmuext_op, (unsigned long)&pin, 1, 0, c.id, 0) < 0);
    foreign_page_back();
    yields(100);
    check_equal(domain_info(c.id, &info), -XEN_ESRCH);
    check_free(before);
}

/* The pages that the hypervisor shares with a domain may be mapped for longer too. */
static void test_shared_info_kept(void)
{
    unsigned long before = free_pages_settled();
    struct child c;

    child_start(&c, 1, child_counts);
    check_equal(child_map(&c, foreign_page, c.shared_info, PAGE_RW), 0);
    check_equal(domctl_simple(XEN_DOMCTL_destroydomain, c.id), 0);
    yields(100);
    foreign_page[4095] = 1; /* nobody else's */
    foreign_page_back();
    yields(100);
    check_free(before);
}

void test_life(void)
{
    test_codes();
    test_watchdog();
    test_pause();
    test_resume();
    test_zombie();
    test_shared_info_kept();
}
