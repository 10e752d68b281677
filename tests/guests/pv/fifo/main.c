/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FIFO event channels: control block, event array, queues by priority; and back by a reset. */
#include "entries.h"
#include "pages.h"
#include "traps.h"

#define PENDING (1U << EVTCHN_FIFO_PENDING)
#define MASKED  (1U << EVTCHN_FIFO_MASKED)
#define LINKED  (1U << EVTCHN_FIFO_LINKED)

static volatile uint8_t page_aligned shared_bytes[4096], control_page[4096];
static volatile uint32_t page_aligned words[1024];
static volatile struct shared_info *const shared = (void *)(unsigned long)shared_bytes;
static volatile struct evtchn_fifo_control_block *const control =
    (void *)(unsigned long)control_page;
static unsigned int order[16], taken;

static long call(unsigned int cmd, void *op)
{
    return event_channel_op(cmd, op);
}

/* Takes everything from one queue, in its order. */
static void drain(unsigned int priority)
{
    uint32_t port = __atomic_exchange_n(&control->head[priority], 0, __ATOMIC_SEQ_CST);

    while (port && taken < 16) {
        uint32_t old = __atomic_fetch_and(&words[port], ~(LINKED | EVTCHN_FIFO_LINK_MASK),
                                          __ATOMIC_SEQ_CST);

        if ((old & (PENDING | MASKED)) == PENDING) {
            __atomic_fetch_and(&words[port], ~PENDING, __ATOMIC_SEQ_CST);
            order[taken++] = port;
        }
        port = old & EVTCHN_FIFO_LINK_MASK;
    }
}

static void upcall(struct trap_frame *frame)
{
    unsigned int priority;

    (void)frame;
    shared->vcpu_info[0].evtchn_upcall_pending = 0;
    uint32_t ready = __atomic_exchange_n(&control->ready, 0, __ATOMIC_SEQ_CST);

    for (priority = 0; priority <= EVTCHN_FIFO_PRIORITY_MIN; priority++)
        if (ready & 1U << priority)
            drain(priority);
}

static unsigned int bind(unsigned int priority)
{
    struct evtchn_bind_ipi ipi = { .vcpu = 0 };
    struct evtchn_set_priority set = { .priority = priority };

    check_equal(call(EVTCHNOP_bind_ipi, &ipi), 0);
    set.port = ipi.port;
    check_equal(call(EVTCHNOP_set_priority, &set), 0);
    return ipi.port;
}

static long send(unsigned int port)
{
    struct evtchn_send op = { .port = port };

    return call(EVTCHNOP_send, &op);
}

static long unmask(unsigned int port)
{
    struct evtchn_unmask op = { .port = port };

    __atomic_fetch_and(&words[port], ~MASKED, __ATOMIC_SEQ_CST);
    return call(EVTCHNOP_unmask, &op);
}

static void test_setup(void)
{
    struct evtchn_expand_array expand = { .array_gfn = frame_of(words) };
    struct evtchn_init_control init = { .control_gfn = frame_of(control_page), .vcpu = 0 };

    check_equal(call(EVTCHNOP_expand_array, &expand), -XEN_EOPNOTSUPP);
    init.offset = 4096 - 8;
    check_equal(call(EVTCHNOP_init_control, &init), -XEN_EINVAL);
    init.offset = 4;
    check_equal(call(EVTCHNOP_init_control, &init), -XEN_EINVAL);
    init.offset = 0, init.vcpu = 99;
    check_equal(call(EVTCHNOP_init_control, &init), -XEN_ENOENT);
    init.vcpu = 0, init.control_gfn = 1UL << 40;
    check_equal(call(EVTCHNOP_init_control, &init), -XEN_EINVAL);
    init.control_gfn = frame_of(control_page);
    check_equal(call(EVTCHNOP_init_control, &init), 0);
    check_equal(init.link_bits, EVTCHN_FIFO_LINK_BITS);
    check_equal(call(EVTCHNOP_init_control, &init), -XEN_EINVAL);
    expand.array_gfn = 1UL << 40;
    check_equal(call(EVTCHNOP_expand_array, &expand), -XEN_EINVAL);
    expand.array_gfn = frame_of(words);
    check_equal(call(EVTCHNOP_expand_array, &expand), 0);
}

static void test_queues(void)
{
    unsigned int low = bind(EVTCHN_FIFO_PRIORITY_MIN), high = bind(EVTCHN_FIFO_PRIORITY_MAX),
                 one = bind(EVTCHN_FIFO_PRIORITY_DEFAULT), two = bind(EVTCHN_FIFO_PRIORITY_DEFAULT);
    struct evtchn_set_priority set = { .port = low, .priority = EVTCHN_FIFO_PRIORITY_MIN + 1 };

    check_equal(call(EVTCHNOP_set_priority, &set), -XEN_EINVAL);
    set.port = 100000, set.priority = 0;
    check_equal(call(EVTCHNOP_set_priority, &set), -XEN_EINVAL);
    unmask(low), unmask(high), unmask(one), unmask(two);
    shared->vcpu_info[0].evtchn_upcall_mask = 1;
    taken = 0;
    check_equal(send(low), 0);
    check_equal(send(two), 0);
    check_equal(send(one), 0);
    check_equal(send(two), 0); /* still pending: once */
    check_equal(send(high), 0);
    check_equal(words[two] & (PENDING | LINKED), PENDING | LINKED);
    check_equal(control->ready, 1U << EVTCHN_FIFO_PRIORITY_MAX |
                                    1U << EVTCHN_FIFO_PRIORITY_DEFAULT |
                                    1U << EVTCHN_FIFO_PRIORITY_MIN);
    shared->vcpu_info[0].evtchn_upcall_mask = 0;
    xen_version(XENVER_version, NULL);
    check_equal(taken, 4);
    check_equal(order[0], high);
    check_equal(order[1], two);
    check_equal(order[2], one);
    check_equal(order[3], low);
    /* Masked: pending but in no queue, until it is unmasked. */
    taken = 0;
    __atomic_fetch_or(&words[one], MASKED, __ATOMIC_SEQ_CST);
    check_equal(send(one), 0);
    check_equal(words[one] & (PENDING | LINKED), PENDING);
    check_equal(taken, 0);
    check_equal(unmask(one), 0);
    xen_version(XENVER_version, NULL);
    check_equal(taken, 1);
    check_equal(order[0], one);
}

static void test_reset(void)
{
    struct evtchn_reset reset = { .dom = DOMID_SELF };
    struct evtchn_bind_ipi ipi = { .vcpu = 0 };
    struct evtchn_send op;

    check_equal(call(EVTCHNOP_reset, &reset), 0);
    check_equal(call(EVTCHNOP_bind_ipi, &ipi), 0);
    shared->vcpu_info[0].evtchn_upcall_mask = 1;
    shared->evtchn_mask[0] = ~0UL;
    shared->evtchn_pending[0] = 0;
    op.port = ipi.port;
    check_equal(call(EVTCHNOP_send, &op), 0);
    check(shared->evtchn_pending[0] >> ipi.port & 1); /* two levels again */
}

void guest_main(void)
{
    map_page(shared_bytes, start_info->shared_info | PAGE_RW);
    check_equal(hypercall3(__HYPERVISOR_set_callbacks, (unsigned long)event_entry,
                           (unsigned long)failsafe_entry, 0),
                0);
    event_hook = upcall;
    test_setup();
    test_queues();
    test_reset();
}
