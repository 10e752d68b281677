/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event channels of one vcpu, timers, polling and blocking, the clocks it is shown. */
#include "entries.h"
#include "pages.h"
#include "traps.h"

static volatile uint8_t page_aligned shared_bytes[4096];
static volatile struct shared_info *const shared = (void *)(unsigned long)shared_bytes;
static volatile unsigned int upcalls;
static volatile unsigned long seen; /* ports below 64 that were pending in an upcall */
static struct vcpu_runstate_info runstate;

#define SELF (&shared->vcpu_info[0])

static void upcall(struct trap_frame *frame)
{
    (void)frame;
    upcalls++;
    SELF->evtchn_upcall_pending = 0;
    __atomic_exchange_n(&SELF->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
    seen |= __atomic_fetch_and(&shared->evtchn_pending[0], shared->evtchn_mask[0],
                               __ATOMIC_SEQ_CST) &
            ~shared->evtchn_mask[0];
}

static void events(bool enabled)
{
    SELF->evtchn_upcall_mask = !enabled;
    __asm__ volatile("" : : : "memory");
    if (enabled && SELF->evtchn_upcall_pending)
        xen_version(XENVER_version, NULL);
}

static void unmask(unsigned int port)
{
    struct evtchn_unmask op = { .port = port };

    check_equal(event_channel_op(EVTCHNOP_unmask, &op), 0);
}

static long send(unsigned int port)
{
    struct evtchn_send op = { .port = port };

    return event_channel_op(EVTCHNOP_send, &op);
}

static long close(unsigned int port)
{
    struct evtchn_close op = { .port = port };

    return event_channel_op(EVTCHNOP_close, &op);
}

static unsigned int bind_ipi(void)
{
    struct evtchn_bind_ipi op = { .vcpu = 0 };

    check_equal(event_channel_op(EVTCHNOP_bind_ipi, &op), 0);
    return op.port;
}

static uint64_t now(void)
{
    volatile struct vcpu_time_info *t = &SELF->time;
    uint32_t version, low, high;
    uint64_t time;

    do {
        version = t->version & ~1U;
        __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
        time = ((uint64_t)high << 32 | low) - t->tsc_timestamp;
        time = t->tsc_shift < 0 ? time >> -t->tsc_shift : time << t->tsc_shift;
        time = (uint64_t)((unsigned __int128)time * t->tsc_to_system_mul >> 32) + t->system_time;
    } while (version != t->version);
    return time;
}

static void test_ipi(void)
{
    unsigned int port = bind_ipi(), before;
    struct evtchn_status status = { .dom = DOMID_SELF, .port = port };
    struct evtchn_bind_ipi bad = { .vcpu = 99 };
    struct evtchn_bind_vcpu to = { .port = port, .vcpu = 0 };

    events(false);
    shared->evtchn_mask[0] = ~0UL;
    check_equal(send(port), 0);
    check(shared->evtchn_pending[0] >> port & 1);
    check_equal(SELF->evtchn_upcall_pending, 0); /* masked */
    unmask(port);
    check_equal(SELF->evtchn_upcall_pending, 1);
    check(SELF->evtchn_pending_sel & 1);
    before = upcalls;
    events(true);
    check_equal(upcalls, before + 1);
    check(seen >> port & 1);
    seen = 0;
    check_equal(send(port), 0);
    check_equal(upcalls, before + 2);
    check_equal(event_channel_op(EVTCHNOP_status, &status), 0);
    check_equal(status.status, EVTCHNSTAT_ipi);
    check_equal(status.vcpu, 0);
    check_equal(event_channel_op(EVTCHNOP_bind_ipi, &bad), -XEN_ENOENT);
    check_equal(event_channel_op(EVTCHNOP_bind_vcpu, &to), -XEN_EINVAL); /* not for an IPI */
    to.vcpu = 99;
    check_equal(event_channel_op(EVTCHNOP_bind_vcpu, &to), -XEN_ENOENT);
    check_equal(close(port), 0);
    check_equal(close(port), -XEN_EINVAL);
    check_equal(send(port), -XEN_EINVAL);
    check_equal(send(0), -XEN_EINVAL);
    check_equal(send(100000), -XEN_EINVAL);
    check_equal(close(100000), -XEN_EINVAL);
    status.port = port;
    check_equal(event_channel_op(EVTCHNOP_status, &status), 0);
    check_equal(status.status, EVTCHNSTAT_closed);
    status.port = 100000;
    check_equal(event_channel_op(EVTCHNOP_status, &status), -XEN_EINVAL);
}

static struct trap_frame upcall_frame;

static void upcall_keep(struct trap_frame *frame)
{
    upcall_frame = *frame;
    upcall(frame);
}

/* An event at the end of a hypercall: no register is lost, and the frame is that of an interrupt.
 */
static void test_upcall_frame(void)
{
    struct evtchn_send op = { .port = bind_ipi() };
    register uint64_t r8 __asm__("r8"), r9 __asm__("r9"), r10 __asm__("r10"), r12 __asm__("r12");
    uint64_t rax = __HYPERVISOR_event_channel_op, rdi = EVTCHNOP_send, rdx = 0x2222, rsp, back, at;

    unmask(op.port);
    events(true);
    event_hook = upcall_keep;
    upcalls = 0;
    r8 = 0x88, r9 = 0x99, r10 = 0x1010, r12 = 0x1212;
    __asm__ volatile("mov %%rsp, %[rsp]\n lea 1f(%%rip), %[at]\n stc\n syscall\n"
                     "1: mov %%rsp, %[back]"
                     : "+a"(rax), "+D"(rdi), "+d"(rdx), "+r"(r8), "+r"(r9), "+r"(r10),
                       "+r"(r12), [rsp] "=&b"(rsp), [at] "=&r"(at), [back] "=&r"(back)
                     : "S"(&op)
                     : "rcx", "r11", "memory");
    event_hook = upcall;
    check_equal(upcalls, 1);
    check_equal(rax, 0);
    check(rdi == EVTCHNOP_send && rdx == 0x2222 && r8 == 0x88 && r9 == 0x99 && r10 == 0x1010 &&
          r12 == 0x1212);
    check_equal(back, rsp);
    check_equal(upcall_frame.rip, at);
    check_equal(upcall_frame.rsp, rsp);
    check_equal(upcall_frame.cs, FLAT_KERNEL_CS & ~3); /* ring 0; above it: events not masked */
    check_equal(upcall_frame.rflags & 0x3201, 0x201);  /* IF, no IOPL, the carry flag */
    check_equal(upcall_frame.rax, 0);
    check_equal(upcall_frame.r10, 0x1010);
    check_equal(SELF->evtchn_upcall_mask, 0);
    check_equal(close(op.port), 0);
}

static void test_interdomain(void)
{
    struct evtchn_alloc_unbound alloc = { .dom = DOMID_SELF, .remote_dom = DOMID_SELF };
    struct evtchn_bind_interdomain bind = { .remote_dom = DOMID_SELF };
    struct evtchn_reset reset = { .dom = DOMID_SELF };
    unsigned int i;

    check_equal(event_channel_op(EVTCHNOP_alloc_unbound, &alloc), 0);
    check_equal(send(alloc.port), 0); /* nobody there: lost */
    bind.remote_port = alloc.port;
    check_equal(event_channel_op(EVTCHNOP_bind_interdomain, &bind), 0);
    unmask(alloc.port);
    unmask(bind.local_port);
    seen = 0;
    check_equal(send(bind.local_port), 0);
    check_equal(seen, 1UL << alloc.port);
    seen = 0;
    check_equal(send(alloc.port), 0);
    check_equal(seen, 1UL << bind.local_port);
    check_equal(event_channel_op(EVTCHNOP_bind_interdomain, &bind), -XEN_EINVAL);
    bind.remote_dom = 0x1234;
    check_equal(event_channel_op(EVTCHNOP_bind_interdomain, &bind), -XEN_ESRCH);
    alloc.dom = 0x1234;
    check_equal(event_channel_op(EVTCHNOP_alloc_unbound, &alloc), -XEN_ESRCH);
    check_equal(close(alloc.port), 0);
    check_equal(send(bind.local_port), 0);
    reset.dom = 0x1234;
    check_equal(event_channel_op(EVTCHNOP_reset, &reset), -XEN_ESRCH);
    reset.dom = DOMID_SELF;
    check_equal(event_channel_op(EVTCHNOP_reset, &reset), 0);
    check_equal(send(bind.local_port), -XEN_EINVAL);
    for (i = 0; i < 3; i++)
        check_equal(bind_ipi(), i + 1);
    check_equal(event_channel_op(EVTCHNOP_reset, &reset), 0);
}

static unsigned int bind_timer(void)
{
    struct evtchn_bind_virq op = { .virq = VIRQ_TIMER, .vcpu = 0 };

    check_equal(event_channel_op(EVTCHNOP_bind_virq, &op), 0);
    check_equal(event_channel_op(EVTCHNOP_bind_virq, &op), -XEN_EEXIST);
    unmask(op.port);
    return op.port;
}

static long poll(unsigned int port, uint64_t timeout)
{
    static evtchn_port_t ports[1];
    struct sched_poll op = { .nr_ports = port ? 1 : 0, .timeout = timeout };

    ports[0] = port;
    set_xen_guest_handle(op.ports, ports);
    return sched_op(SCHEDOP_poll, &op);
}

static void test_virq_errors(void)
{
    struct evtchn_bind_virq op = { .virq = 200, .vcpu = 0 };

    check_equal(event_channel_op(EVTCHNOP_bind_virq, &op), -XEN_EINVAL);
    op.virq = VIRQ_TIMER, op.vcpu = 99;
    check_equal(event_channel_op(EVTCHNOP_bind_virq, &op), -XEN_ENOENT);
    op.virq = VIRQ_CONSOLE, op.vcpu = 1;
    check(event_channel_op(EVTCHNOP_bind_virq, &op) < 0);
}

/* Blocks until something was seen; events are masked but while blocked, so none comes too early. */
static void wait_event(void)
{
    uint64_t limit = now() + 2000000000;

    while (!seen && now() < limit) {
        check_equal(sched_op(SCHEDOP_block, NULL), 0);
        events(false);
    }
}

static void test_timers(void)
{
    struct vcpu_set_singleshot_timer single = { 0 };
    struct vcpu_set_periodic_timer period = { .period_ns = 2000000 };
    unsigned int port = bind_timer(), i;
    uint64_t start;

    events(false);
    check_equal(vcpu_op(VCPUOP_stop_periodic_timer, 0, NULL), 0);
    seen = 0;
    start = now();
    single.timeout_abs_ns = start + 3000000;
    check_equal(vcpu_op(VCPUOP_set_singleshot_timer, 0, &single), 0);
    wait_event();
    check_equal(seen, 1UL << port);
    check(now() >= start + 3000000);
    single.timeout_abs_ns = start; /* long ago: an event at once */
    seen = 0;
    check_equal(vcpu_op(VCPUOP_set_singleshot_timer, 0, &single), 0);
    wait_event();
    check_equal(seen, 1UL << port);
    single.timeout_abs_ns = now() + 1000000000;
    check_equal(vcpu_op(VCPUOP_set_singleshot_timer, 0, &single), 0);
    check_equal(vcpu_op(VCPUOP_stop_singleshot_timer, 0, NULL), 0);
    seen = 0;
    start = now();
    check_equal(hypercall1(__HYPERVISOR_set_timer_op, start + 2000000), 0);
    wait_event();
    check_equal(seen, 1UL << port);
    check(now() >= start + 2000000);
    check_equal(vcpu_op(VCPUOP_set_periodic_timer, 0, &period), 0);
    start = now();
    events(true);
    for (i = 0; i < 3; i++) {
        seen = 0;
        while (!seen && now() < start + 2000000000)
            ; /* a vcpu that blocks may miss its periods */
    }
    events(false);
    check(now() >= start + 4000000);
    check(now() < start + 1000000000);
    check_equal(vcpu_op(VCPUOP_stop_periodic_timer, 0, NULL), 0);
    period.period_ns = 1;
    check_equal(vcpu_op(VCPUOP_set_periodic_timer, 0, &period), -XEN_EINVAL);
    check_equal(vcpu_op(VCPUOP_set_singleshot_timer, 99, &single), -XEN_ENOENT);
    events(false);
}

static void test_poll(void)
{
    unsigned int port = bind_ipi();
    uint64_t start = now();

    shared->evtchn_mask[0] |= 1UL << port;
    check_equal(poll(port, start + 2000000), 0);
    check(now() >= start + 2000000);
    check_equal(send(port), 0);
    start = now();
    check_equal(poll(port, start + 2000000000), 0);
    check(now() < start + 1000000000);
    check_equal(poll(100000, 0), -XEN_EINVAL);
    check_equal(sched_op(SCHEDOP_poll, (void *)0x10000), -XEN_EFAULT);
    check_equal(sched_op(SCHEDOP_yield, NULL), 0);
    shared->evtchn_pending[0] = 0;
    check_equal(close(port), 0);
}

static uint64_t total(const struct vcpu_runstate_info *r)
{
    return r->time[0] + r->time[1] + r->time[2] + r->time[3];
}

static void test_clocks(void)
{
    struct vcpu_register_runstate_memory_area area = { .addr.v = &runstate };
    struct vcpu_runstate_info copy, before;
    uint64_t last = now(), start;
    unsigned int i;

    for (i = 0; i < 10000; i++) {
        uint64_t next = now();

        if (next < last)
            guest_fail(__FILE__, __LINE__, "time", (long)next, (long)last);
        last = next;
    }
    check_equal(shared->wc_version & 1, 0);
    check((shared->wc_sec | (uint64_t)shared->wc_sec_hi << 32) > 1600000000);
    check(shared->wc_nsec < 1000000000);
    check_equal(vcpu_op(VCPUOP_register_runstate_memory_area, 0, &area), 0);
    check_equal(runstate.state, RUNSTATE_running);
    start = now();
    check_equal(vcpu_op(VCPUOP_get_runstate_info, 0, &before), 0);
    poll(0, start + 20000000);
    check_equal(vcpu_op(VCPUOP_get_runstate_info, 0, &copy), 0);
    check_equal(copy.state, RUNSTATE_running);
    check(copy.time[RUNSTATE_blocked] > before.time[RUNSTATE_blocked]);
    check(runstate.time[RUNSTATE_blocked] > before.time[RUNSTATE_blocked]);
    check(total(&copy) - total(&before) >= 10000000);
    check(total(&copy) - total(&before) <= now() - start);
    check_equal(vcpu_op(VCPUOP_get_runstate_info, 99, &copy), -XEN_ENOENT);
}

void guest_main(void)
{
    map_page(shared_bytes, start_info->shared_info | PAGE_RW);
    check_equal(hypercall3(__HYPERVISOR_set_callbacks, (unsigned long)event_entry,
                           (unsigned long)failsafe_entry, 0),
                0);
    event_hook = upcall;
    check_equal(sched_op(SCHEDOP_yield, NULL), 0);
    test_ipi();
    test_upcall_frame();
    test_interdomain();
    test_virq_errors();
    test_timers();
    test_poll();
    test_clocks();
}
