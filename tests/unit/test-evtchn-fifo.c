/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FIFO delivery against a guest that consumes as the ABI says: none lost, priorities respected. */
/* sources: xen/common/event/bind.c xen/common/event/channel.c xen/common/event/close.c
   xen/common/event/fifo.c xen/common/event/fifo-setup.c xen/common/event/hypercall.c
   xen/common/event/pirq.c xen/common/event/send.c xen/common/event/status.c
   xen/common/event/two-level.c xen/common/event/virq.c xen/lib/bitmap.c
   tests/unit/lib/event-world.c */
/* libs: -lpthread */
#include "../../xen/common/event/fifo.h"
#include "lib/event-world.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

#define PENDING (1U << EVTCHN_FIFO_PENDING)
#define MASKED  (1U << EVTCHN_FIFO_MASKED)
#define LINKED  (1U << EVTCHN_FIFO_LINKED)
#define BUSY    (1U << EVTCHN_FIFO_BUSY)
#define QUEUES  EVTCHN_FIFO_MAX_QUEUES

#define CONTROL_FRAME 8U  /* one per vcpu from here */
#define ARRAY_FRAME   16U /* the array's pages from here */
#define PORTS         48U /* what the random tests use: 1 to 48 */

/* The guest's side, private to it. */
static struct {
    uint32_t head[WORLD_VCPUS][QUEUES];
    uint32_t ready[WORLD_VCPUS];
    uint32_t sent[PORTS + 1], handled[PORTS + 1];
    uint32_t order[4096]; /* ports as they were handled */
    unsigned int handled_count;
} guest;

static event_word_t *word(uint32_t port)
{
    return (event_word_t *)world.frames[ARRAY_FRAME + port / 1024].page + port % 1024;
}

static struct evtchn_fifo_control_block *control(unsigned int vcpu)
{
    return (struct evtchn_fifo_control_block *)(world.frames[CONTROL_FRAME + vcpu].page + 64);
}

static bool take_upcall(unsigned int vcpu)
{
    return __atomic_exchange_n(&world.vcpus[1][vcpu].info->evtchn_upcall_pending, 0,
                               __ATOMIC_SEQ_CST);
}

static long init_control(unsigned int vcpu, uint64_t frame, uint32_t offset)
{
    struct evtchn_init_control op = { .control_gfn = frame, .offset = offset, .vcpu = vcpu };
    long rc = world_op(EVTCHNOP_init_control, &op);

    assert_true(rc || op.link_bits == EVTCHN_FIFO_LINK_BITS);
    return rc;
}

static long expand_array(uint64_t frame)
{
    struct evtchn_expand_array op = { .array_gfn = frame };

    return world_op(EVTCHNOP_expand_array, &op);
}

static long set_priority(uint32_t port, uint32_t priority)
{
    struct evtchn_set_priority op = { .port = port, .priority = priority };

    return world_op(EVTCHNOP_set_priority, &op);
}

static long bind_vcpu(uint32_t port, uint32_t vcpu)
{
    struct evtchn_bind_vcpu op = { .port = port, .vcpu = vcpu };

    return world_op(EVTCHNOP_bind_vcpu, &op);
}

static void start_fifo(void)
{
    memset(&guest, 0, sizeof(guest));
    for (unsigned int i = 0; i < WORLD_VCPUS; i++)
        assert_int_equal(init_control(i, CONTROL_FRAME + i, 64), 0);
    assert_int_equal(expand_array(ARRAY_FRAME), 0);
}

/* A port whose events come back to this domain and whose vcpu can change. */
static uint32_t movable_port(void)
{
    uint32_t port = world_alloc_unbound(DOMID_SELF, 0);

    world_enter(0, 0);
    assert_int_equal(world_bind_interdomain(1, port), port); /* the same number over there */
    world_enter(1, 0);
    return port;
}

static void raise_port(uint32_t port)
{
    struct evtchn_send op = { .port = port };

    __atomic_fetch_add(&guest.sent[port], 1, __ATOMIC_SEQ_CST);
    world_enter(0, 0);
    assert_int_equal(world_op(EVTCHNOP_send, &op), 0);
    world_enter(1, 0);
}

static void handle(uint32_t port)
{
    __atomic_fetch_and(word(port), ~PENDING, __ATOMIC_SEQ_CST);
    guest.handled[port] = __atomic_load_n(&guest.sent[port], __ATOMIC_SEQ_CST);
    if (guest.handled_count < ARRAY_SIZE(guest.order))
        guest.order[guest.handled_count++] = port;
}

/* Takes one event off the vcpu's best queue. False if there is none. */
static bool consume_one(unsigned int vcpu)
{
    uint32_t *ready = &guest.ready[vcpu], q, port, old;

    *ready |= __atomic_exchange_n(&control(vcpu)->ready, 0, __ATOMIC_SEQ_CST);
    if (!*ready)
        return false;
    q = (uint32_t)__builtin_ctz(*ready);
    port = guest.head[vcpu][q];
    if (!port)
        port = __atomic_load_n(&control(vcpu)->head[q], __ATOMIC_SEQ_CST);
    old = __atomic_fetch_and(word(port), ~(LINKED | EVTCHN_FIFO_LINK_MASK), __ATOMIC_SEQ_CST);
    assert_true(old & LINKED);
    guest.head[vcpu][q] = old & EVTCHN_FIFO_LINK_MASK;
    if (!guest.head[vcpu][q])
        *ready &= ~(1U << q);
    if ((__atomic_load_n(word(port), __ATOMIC_SEQ_CST) & (PENDING | MASKED)) == PENDING)
        handle(port);
    return true;
}

/* A vcpu runs only if it was told to, or has not finished. */
static void run_guest(void)
{
    for (unsigned int vcpu = 0; vcpu < WORLD_VCPUS; vcpu++)
        if (take_upcall(vcpu) || guest.ready[vcpu])
            while (consume_one(vcpu))
                ;
}

static void guest_unmask(uint32_t port)
{
    event_word_t w = __atomic_load_n(word(port), __ATOMIC_SEQ_CST);

    while ((w & MASKED) && !(w & PENDING)) {
        w &= ~BUSY; /* waits while the hypervisor wants the word for itself */
        if (__atomic_compare_exchange_n(word(port), &w, w & ~MASKED, false, __ATOMIC_SEQ_CST,
                                        __ATOMIC_SEQ_CST))
            return;
    }
    if (w & MASKED)
        assert_int_equal(world_unmask(port), 0);
}

static void test_init_control_checks(void **state)
{
    (void)state;
    assert_int_equal(init_control(WORLD_VCPUS, 8, 0), -ENOENT);
    assert_int_equal(init_control(0, 8, 4096 - 64), -EINVAL);
    assert_int_equal(init_control(0, 8, ~7U), -EINVAL);
    assert_int_equal(init_control(0, 8, 4), -EINVAL);
    assert_int_equal(init_control(0, WORLD_FRAMES, 0), -EINVAL);
    world.frames[9].read_only = true;
    assert_int_equal(init_control(0, 9, 0), -EINVAL);
    world.frames[9].owner = &world.domains[2];
    assert_int_equal(init_control(0, 9, 0), -EINVAL);
    assert_int_equal(expand_array(16), -EOPNOTSUPP);
    assert_int_equal(set_priority(world_bind_ipi(0), 3), -ENOSYS);
    for (int i = 1; i <= 2; i++) {
        world.fail_allocation_in = i;
        assert_int_equal(init_control(0, 8, 0), -ENOMEM);
        assert_int_equal(world.frames[8].refs, 0);
    }
    assert_int_equal(expand_array(16), -EOPNOTSUPP);
    assert_int_equal(init_control(0, 8, 4096 - 72), 0);
    assert_int_equal(init_control(0, 10, 0), -EINVAL); /* it has one */
    assert_int_equal(world.frames[8].refs, 1);
    assert_int_equal(world.frames[10].refs, 0);
}

static void test_expand_array_and_priority_check(void **state)
{
    (void)state;
    start_fifo();
    assert_int_equal(expand_array(WORLD_FRAMES), -EINVAL);
    for (unsigned int i = 1; i < 128; i++)
        assert_int_equal(expand_array(ARRAY_FRAME + i), 0);
    assert_int_equal(expand_array(ARRAY_FRAME + 128), -ENOSPC);
    assert_int_equal(world.frames[ARRAY_FRAME + 128].refs, 0);
    assert_int_equal(set_priority(1, EVTCHN_FIFO_PRIORITY_MIN), 0);
    assert_int_equal(set_priority(1, EVTCHN_FIFO_PRIORITY_MIN + 1), -EINVAL);
    assert_int_equal(set_priority(~0U, 0), -EINVAL);
}

static void test_reset_gives_the_pages_back(void **state)
{
    struct evtchn_reset op = { .dom = DOMID_SELF };
    uint32_t port;

    (void)state;
    start_fifo();
    raise_port(movable_port());
    assert_int_equal(world_op(EVTCHNOP_reset, &op), 0);
    for (unsigned int i = 0; i < WORLD_FRAMES; i++)
        assert_int_equal(world.frames[i].refs, 0);
    assert_int_equal(expand_array(ARRAY_FRAME), -EOPNOTSUPP);
    port = world_bind_ipi(0);
    assert_int_equal(world_send(port), 0);
    assert_true(world.domains[1].shared_info->evtchn_pending[0] & 1UL << port);
}

static void test_events_from_before_the_switch_arrive(void **state)
{
    uint32_t early = world_bind_ipi(0), late = world_bind_ipi(1);

    (void)state;
    assert_int_equal(world_send(early), 0); /* two-level yet */
    assert_int_equal(init_control(0, CONTROL_FRAME, 64), 0);
    assert_int_equal(world_send(late), 0); /* no array, and no control block on vcpu 1 */
    assert_int_equal(evtchn_port_is_pending(&world.domains[1], early), 1);
    assert_int_equal(evtchn_port_is_pending(&world.domains[1], late), 1);
    assert_int_equal(expand_array(ARRAY_FRAME), 0);
    assert_int_equal(*word(early), PENDING | LINKED);
    assert_int_equal(*word(late), PENDING);
    assert_int_equal(init_control(1, CONTROL_FRAME + 1, 64), 0);
    assert_int_equal(*word(late), PENDING | LINKED);
    assert_int_equal(control(1)->head[EVTCHN_FIFO_PRIORITY_DEFAULT], late);
    assert_true(take_upcall(1));
}

static void test_order_is_priority_then_time(void **state)
{
    uint32_t ports[12];

    (void)state;
    start_fifo();
    for (unsigned int i = 0; i < 12; i++) {
        ports[i] = movable_port();
        assert_int_equal(set_priority(ports[i], (11 - i) / 3), 0);
        raise_port(ports[i]);
    }
    assert_int_equal(world.kicks[1][0], 1);
    run_guest();
    assert_int_equal(guest.handled_count, 12);
    for (unsigned int i = 0; i < 12; i++)
        assert_int_equal(guest.order[i], ports[9 - i / 3 * 3 + i % 3]);
}

static void test_masked_waits_for_unmask(void **state)
{
    uint32_t port;

    (void)state;
    start_fifo();
    port = movable_port();
    *word(port) = MASKED;
    raise_port(port);
    assert_int_equal(*word(port), MASKED | PENDING);
    assert_false(take_upcall(0));
    assert_int_equal(world_unmask(port), 0);
    assert_int_equal(*word(port), LINKED | PENDING);
    run_guest();
    assert_int_equal(guest.handled[port], 1);
    *word(port) = MASKED;
    assert_int_equal(world_unmask(port), 0);
    assert_int_equal(*word(port), 0);
    raise_port(port);
    raise_port(port); /* merged */
    run_guest();
    assert_int_equal(guest.handled_count, 2);
}

static void test_a_port_still_queued_is_not_given_out(void **state)
{
    uint32_t port;

    (void)state;
    start_fifo();
    port = world_bind_ipi(0);
    assert_int_equal(world_send(port), 0);
    assert_int_equal(world_close(port), 0);
    assert_int_equal(*word(port), LINKED);
    assert_int_equal(world_bind_ipi(0), port + 1);
    *word(port) = 0;
    assert_int_equal(world_bind_ipi(0), port);
}

/* A tail that moved to another queue must not draw the next event of the old queue along. */
static void test_a_moved_tail_leaves_its_queue(void **state)
{
    uint32_t a, b;

    (void)state;
    start_fifo();
    a = movable_port();
    b = movable_port();
    raise_port(a);
    assert_true(take_upcall(0));
    while (consume_one(0))
        ;
    assert_int_equal(bind_vcpu(a, 2), 0);
    raise_port(a); /* LINKED again, in vcpu 2's queue */
    raise_port(b); /* vcpu 0's queue is empty */
    assert_int_equal(control(0)->head[EVTCHN_FIFO_PRIORITY_DEFAULT], b);
    assert_int_equal(*word(a) & EVTCHN_FIFO_LINK_MASK, 0);
    assert_true(take_upcall(0));
}

static void test_pollers_are_woken(void **state)
{
    struct domain *d = &world.domains[1];
    uint32_t port;

    (void)state;
    start_fifo();
    port = movable_port();
    *word(port) = MASKED;
    d->vcpus[3]->poll_port = (int)port;
    d->poll_mask[0] = 1UL << 3;
    raise_port(port);
    assert_int_equal(world.unblocks[1][3], 1);
    assert_int_equal(evtchn_port_is_pending(d, port), 1);
}

static void queue_elsewhere_meanwhile(void)
{
    struct evtchn *c = &world.domains[1].evtchn_buckets[0][1];

    c->last_queue = 2 << 4 | EVTCHN_FIFO_PRIORITY_DEFAULT;
    world.vcpus[1][2].evtchn_fifo->tail[EVTCHN_FIFO_PRIORITY_DEFAULT] = c->port;
    world.on_lock_wait = NULL;
    spin_unlock(&world.vcpus[1][1].evtchn_fifo->lock);
}

/* While one CPU waits for the queues, another has queued the port, and the guest taken it off. */
static void test_a_move_seen_late_is_seen(void **state)
{
    (void)state;
    start_fifo();
    assert_int_equal(movable_port(), 1);
    assert_int_equal(bind_vcpu(1, 1), 0);
    spin_lock(&world.vcpus[1][1].evtchn_fifo->lock);
    world.on_lock_wait = queue_elsewhere_meanwhile;
    raise_port(1);
    assert_int_equal(world.vcpus[1][2].evtchn_fifo->tail[EVTCHN_FIFO_PRIORITY_DEFAULT], 0);
    assert_int_equal(control(1)->head[EVTCHN_FIFO_PRIORITY_DEFAULT], 1);
}

static unsigned int rnd(unsigned int below)
{
    static __thread uint64_t seed = 0x9e3779b97f4a7c15;

    seed = seed * 6364136223846793005 + 1442695040888963407;
    return (unsigned int)(seed >> 33) % below;
}

/* Every LINKED port is in exactly one queue, as the guest would walk it. */
static void check_queues(void)
{
    unsigned int seen[PORTS + 1] = { 0 };

    for (unsigned int v = 0; v < WORLD_VCPUS; v++) {
        for (unsigned int q = 0; q < QUEUES; q++) {
            bool ready = (guest.ready[v] | control(v)->ready) & 1U << q;
            uint32_t port = guest.head[v][q] ? guest.head[v][q] : ready ? control(v)->head[q] : 0;

            for (; port; port = *word(port) & EVTCHN_FIFO_LINK_MASK) {
                assert_in_range(port, 1, PORTS);
                assert_true(*word(port) & LINKED);
                assert_int_equal(seen[port]++, 0);
            }
        }
    }
    for (uint32_t port = 1; port <= PORTS; port++)
        assert_int_equal(seen[port], (*word(port) & LINKED) != 0);
}

static void random_step(uint32_t port)
{
    unsigned int vcpu = rnd(WORLD_VCPUS);

    switch (rnd(9)) {
    case 0: assert_int_equal(bind_vcpu(port, vcpu), 0); break;
    case 1: assert_int_equal(set_priority(port, rnd(QUEUES)), 0); break;
    case 2: __atomic_fetch_or(word(port), MASKED, __ATOMIC_SEQ_CST); break;
    case 3: guest_unmask(port); break;
    case 4:
        if (take_upcall(vcpu) || guest.ready[vcpu])
            for (unsigned int n = rnd(6); n && consume_one(vcpu); n--)
                ;
        /* What it leaves is in a guest that has more to do, as if it were interrupted. */
        guest.ready[vcpu] |= __atomic_exchange_n(&control(vcpu)->ready, 0, __ATOMIC_SEQ_CST);
        break;
    default: raise_port(port);
    }
}

static void check_nothing_lost(void)
{
    for (uint32_t port = 1; port <= PORTS; port++)
        guest_unmask(port);
    run_guest();
    for (uint32_t port = 1; port <= PORTS; port++) {
        assert_int_equal(guest.handled[port], guest.sent[port]);
        assert_int_equal(*word(port), 0);
    }
}

static void test_random_operations_lose_nothing(void **state)
{
    (void)state;
    start_fifo();
    for (unsigned int i = 0; i < PORTS; i++)
        movable_port();
    for (unsigned int i = 0; i < 100000; i++) {
        random_step(1 + rnd(PORTS));
        check_queues();
        if (i % 500 == 499)
            check_nothing_lost();
    }
}

/* Whatever the guest writes there, the hypervisor ends each operation and keeps to its memory. */
static void test_hostile_words(void **state)
{
    (void)state;
    start_fifo();
    for (unsigned int i = 0; i < PORTS; i++)
        movable_port();
    for (unsigned int i = 0; i < 100000; i++) {
        uint32_t port = 1 + rnd(PORTS);

        switch (rnd(6)) {
        case 0: *word(rnd(1024)) = rnd(~0U) << rnd(8); break;
        case 1: memset(control(rnd(WORLD_VCPUS)), (int)rnd(256), sizeof(*control(0))); break;
        case 2: assert_int_equal(bind_vcpu(port, rnd(WORLD_VCPUS)), 0); break;
        case 3: assert_int_equal(set_priority(port, rnd(QUEUES)), 0); break;
        case 4: assert_int_equal(world_unmask(port), 0); break;
        default: raise_port(port);
        }
    }
}

#define THREAD_STEPS 150000U
#define THREAD_PORTS 3U /* few, so that they meet */

static unsigned int senders_left;

static void *sender(void *arg)
{
    struct domain *d = &world.domains[1], *peer = &world.domains[0];

    for (uintptr_t i = (uintptr_t)arg; i; i--)
        (void)rnd(2); /* another sequence in each thread */
    for (unsigned int i = 0; i < THREAD_STEPS; i++) {
        uint32_t port = 1 + rnd(THREAD_PORTS);
        struct evtchn *c = &d->evtchn_buckets[0][port];

        if (rnd(3) == 0) {
            unsigned long flags = spin_lock_irqsave(&c->lock);

            c->notify_vcpu = (uint16_t)rnd(WORLD_VCPUS);
            c->priority = (uint8_t)rnd(QUEUES);
            spin_unlock_irqrestore(&c->lock, flags);
        }
        __atomic_fetch_add(&guest.sent[port], 1, __ATOMIC_SEQ_CST);
        /* The channels' other ends have the same numbers. */
        c = &peer->evtchn_buckets[0][port];
        spin_lock(&c->lock);
        d->evtchn_ops->set_pending(c->interdomain.remote, c->interdomain.peer);
        spin_unlock(&c->lock);
    }
    __atomic_fetch_sub(&senders_left, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

/* The real races: senders on other CPUs while the guest takes events off and masks them. */
static void test_concurrent_senders_lose_nothing(void **state)
{
    pthread_t threads[2];

    (void)state;
    start_fifo();
    for (unsigned int i = 0; i < PORTS; i++)
        movable_port();
    world.threads = true;
    senders_left = ARRAY_SIZE(threads);
    for (uintptr_t i = 0; i < ARRAY_SIZE(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, sender, (void *)(i + 1)), 0);
    while (__atomic_load_n(&senders_left, __ATOMIC_SEQ_CST)) {
        uint32_t port = 1 + rnd(THREAD_PORTS);

        __atomic_fetch_or(word(port), MASKED, __ATOMIC_SEQ_CST);
        run_guest();
        guest_unmask(port);
    }
    for (unsigned int i = 0; i < ARRAY_SIZE(threads); i++)
        pthread_join(threads[i], NULL);
    check_nothing_lost();
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_init_control_checks),
        TEST(test_expand_array_and_priority_check),
        TEST(test_reset_gives_the_pages_back),
        TEST(test_events_from_before_the_switch_arrive),
        TEST(test_order_is_priority_then_time),
        TEST(test_masked_waits_for_unmask),
        TEST(test_a_port_still_queued_is_not_given_out),
        TEST(test_a_moved_tail_leaves_its_queue),
        TEST(test_pollers_are_woken),
        TEST(test_a_move_seen_late_is_seen),
        TEST(test_random_operations_lose_nothing),
        TEST(test_hostile_words),
        TEST(test_concurrent_senders_lose_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
