/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A domain with 32 vcpus: all run, each sends an event to the next, and all of it goes again. */
/* smp: 2 */
/* timeout: 60 */
/* options: guest_loglvl=all audit */
/* expect: audit: [0-9]+ frames, no errors */
#include "child.h"
#include "pages.h"

#define VCPUS 32
#define STACK 4096

static volatile unsigned int page_aligned ran[1024]; /* by vcpu; 1: it was told to */
static uint8_t page_aligned stacks[VCPUS][STACK];
static volatile unsigned int ports[VCPUS];

static _Noreturn void down(unsigned int id)
{
    for (;;)
        vcpu_op(VCPUOP_down, id, NULL);
}

/* Waits for its event, passes it on to the next, and goes down. */
static _Noreturn void other(unsigned int id)
{
    struct sched_poll poll = { .nr_ports = 1, .timeout = 0 };
    struct evtchn_send send = { .port = ports[(id + 1) % VCPUS] };
    evtchn_port_t port = ports[id];

    set_xen_guest_handle(poll.ports, &port);
    if (!sched_op(SCHEDOP_poll, &poll))
        ran[id] = 1;
    event_channel_op(EVTCHNOP_send, &send);
    down(id);
}

static void bring_up(unsigned int id)
{
    static struct vcpu_guest_context context;

    memset(&context, 0, sizeof(context));
    context.flags = VGCF_in_kernel;
    context.user_regs.cs = FLAT_KERNEL_CS;
    context.user_regs.ss = FLAT_KERNEL_SS;
    context.user_regs.rip = (unsigned long)other;
    context.user_regs.rsp = (unsigned long)(stacks[id] + STACK - 8);
    context.user_regs.rdi = id;
    context.user_regs.rflags = 0x202;
    context.kernel_ss = FLAT_KERNEL_SS;
    context.kernel_sp = context.user_regs.rsp;
    context.ctrlreg[3] = machine_address((void *)start_info->pt_base);
    check_equal(vcpu_op(VCPUOP_initialise, id, &context), 0);
    check_equal(vcpu_op(VCPUOP_up, id, NULL), 0);
}

static unsigned int port_of(unsigned int id)
{
    struct evtchn_bind_ipi bind = { .vcpu = id };

    check_equal(event_channel_op(EVTCHNOP_bind_ipi, &bind), 0);
    return bind.port;
}

static void child(void)
{
    struct sched_poll poll = { .nr_ports = 1, .timeout = 0 };
    struct evtchn_send send;
    evtchn_port_t port;

    for (unsigned int id = 0; id < VCPUS; id++)
        ports[id] = port_of(id);
    for (unsigned int id = 1; id < VCPUS; id++)
        bring_up(id);
    send.port = ports[1];
    check_equal(event_channel_op(EVTCHNOP_send, &send), 0);
    port = ports[0];
    set_xen_guest_handle(poll.ports, &port);
    check_equal(sched_op(SCHEDOP_poll, &poll), 0);
    for (unsigned int id = 1; id < VCPUS; id++)
        check_equal(ran[id], 1);
    for (unsigned int id = 1; id < VCPUS; id++)
        while (vcpu_op(VCPUOP_is_up, id, NULL))
            sched_op(SCHEDOP_yield, NULL);
    print("child: %u vcpus ran\n", VCPUS);
}

void guest_main(void)
{
    struct xen_domctl_getdomaininfo info;
    unsigned long before = 0;
    struct child c;

    for (unsigned int round = 0; round < 4; round++) {
        if (round > 1) /* before, the hypervisor may grow */
            before = free_pages_settled();
        child_start(&c, VCPUS, child);
        check_equal(child_wait(&c), SHUTDOWN_poweroff);
        check_equal(domain_info(c.id, &info), 0);
        check_equal(info.max_vcpu_id, VCPUS - 1);
        check(child_destroy(&c));
        check(round < 2 || free_pages_are(before));
    }
}
