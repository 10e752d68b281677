/* SPDX-License-Identifier: GPL-2.0-or-later */
/* increase, decrease and populate: what they answer is how many extents are done. */
#include "memory.h"

#define SOMEWHERE 0x100000UL /* in our own numbering */

static uint8_t window[PAGE_SIZE] __attribute__((aligned(4096)));
static unsigned long many[3000];

static void test_bad_calls(void)
{
    unsigned int ops[] = { XENMEM_decrease_reservation, XENMEM_increase_reservation,
                           XENMEM_populate_physmap };
    unsigned long frame = frame_take();
    long before = pages_now();

    for (unsigned int i = 0; i < 3; i++) {
        check_equal(memory_op(ops[i], UNMAPPED), 0);
        check_equal(reserve(ops[i], &frame, 1, 0, 0, NO_DOMAIN), 0);
        check_equal(reserve(ops[i], &frame, 0, 0, 0, DOMID_SELF), 0);
        check_equal(reserve(ops[i], &frame, ~0UL, 0, 0, DOMID_SELF), 0);
        check_equal(reserve(ops[i], &frame, 1, 19, 0, DOMID_SELF), 0);
        check_equal(reserve(ops[i], &frame, 1, 63, 0, DOMID_SELF), 0);
        check_equal(reserve(ops[i], &frame, 1, ~0U, 0, DOMID_SELF), 0);
        check_equal(reserve(ops[i], HYPERVISOR, 1, 0, 0, DOMID_SELF), 0);
        check_equal(pages_now(), before);
    }
    check_equal(decrease(UNMAPPED, 1, 0), 0);
    check_equal(populate(UNMAPPED, 1, 0, 0), 0);
    check_equal(populate(NULL, 1, 0, 0), 0);
    check_equal(pages_now(), before);
    check_equal(decrease(&frame, 1, 0), 1);
}

static void test_give_back(void)
{
    unsigned long list[3] = { frame_take(), 0, frame_take() }, beyond;
    long before = pages_now();

    check_equal(decrease(list, 3, 0), 1); /* frame 0 is not ours */
    check_equal(pages_now(), before - 1);
    check_equal(m2p(list[0]), NO_PFN);
    check(m2p(list[2]) != NO_PFN);
    check_equal(decrease(list, 1, 0), 0); /* not twice */
    check_equal(reserve(XENMEM_decrease_reservation, &list[2], 1, 0, 0, 0), 1);
    check_equal(pages_now(), before - 2);
    beyond = (unsigned long)memory_op(XENMEM_maximum_ram_page, NULL) + 1000;
    check_equal(decrease(&beyond, 1, 0), 0);
    beyond = NO_PFN;
    check_equal(decrease(&beyond, 1, 0), 0);
    check_equal(decrease(&beyond, 1, 4), 0);
    check_equal(pages_now(), before - 2);
}

/* A frame that we map stays until the mapping goes. */
static void test_mapped(void)
{
    unsigned long frame = frame_of(window);
    long before = pages_now();

    window[5] = 1;
    check_equal(decrease(&frame, 1, 0), 1);
    check_equal(pages_now(), before);
    window[5] = 2;
    check_equal(decrease(&frame, 1, 0), 1);
    check_equal(update_va_mapping(window, 0, UVMF_INVLPG), 0);
    check_equal(pages_now(), before - 1);
    check_equal(m2p(frame), NO_PFN);
    check_equal(decrease(&frame, 1, 0), 0);
}

static void test_populate(void)
{
    unsigned long list[3] = { SOMEWHERE, SOMEWHERE + 1, SOMEWHERE + 7 }, room;
    long before;

    /* We may have no more than we began with. */
    for (unsigned int i = 0; i < 8; i++) {
        room = frame_take();
        check_equal(decrease(&room, 1, 0), 1);
    }
    before = pages_now();
    check_equal(populate(list, 3, 0, 0), 3);
    check_equal(pages_now(), before + 3);
    check_equal(m2p(list[0]), SOMEWHERE);
    check_equal(m2p(list[1]), SOMEWHERE + 1);
    check_equal(m2p(list[2]), SOMEWHERE + 7);
    check_equal(decrease(list, 3, 0), 3);
    check_equal(m2p(list[2]), NO_PFN);
    list[0] = SOMEWHERE;
    check_equal(populate(list, 1, 3, 0), 1);
    check_equal(list[0] % 8, 0);
    check_equal(pages_now(), before + 8);
    for (unsigned long i = 0; i < 8; i++)
        check_equal(m2p(list[0] + i), SOMEWHERE + i);
    /* With a hole in it, what lies before the hole goes, and it does not count. */
    list[1] = list[0] + 2;
    check_equal(decrease(&list[1], 1, 0), 1);
    check_equal(decrease(list, 1, 3), 0);
    check_equal(pages_now(), before + 5);
    list[1] = list[0] + 3;
    check_equal(decrease(&list[1], 1, 0), 1);
    list[1] = list[0] + 4;
    check_equal(decrease(&list[1], 1, 2), 1);
    check_equal(pages_now(), before);
}

static void one_with(unsigned int flags, long want)
{
    unsigned long frame = SOMEWHERE;

    check_equal(populate(&frame, 1, 0, flags), want);
    if (want)
        check_equal(decrease(&frame, 1, 0), 1);
}

static void test_flags(void)
{
    unsigned long frame = SOMEWHERE;
    long before = pages_now();

    one_with(XENMEMF_address_bits(5), 0);
    one_with(XENMEMF_address_bits(12), 0);
    one_with(XENMEMF_address_bits(13), 0);
    one_with(XENMEMF_address_bits(32), 1);
    one_with(XENMEMF_address_bits(200), 1);
    one_with(XENMEMF_node(0), 1);
    one_with(XENMEMF_node(5), 1);
    one_with(XENMEMF_exact_node(0), 1);
    one_with(XENMEMF_exact_node(5), 0);
    one_with(XENMEMF_vnode | XENMEMF_node(0), 1);
    one_with(XENMEMF_populate_on_demand, 0);
    check_equal(populate(&frame, 1, 0, XENMEMF_address_bits(24)), 1);
    check(frame < 1UL << 12);
    check_equal(decrease(&frame, 1, 0), 1);
    check_equal(pages_now(), before);
}

static void test_increase(void)
{
    unsigned long frame = 0;
    long before = pages_now();

    check_equal(increase(&frame, 1, 0, 0), 1);
    check(frame != 0);
    check_equal(m2p(frame), NO_PFN);
    check_equal(decrease(&frame, 1, 0), 1);
    check_equal(increase(&frame, 1, 2, 0), 1);
    check_equal(pages_now(), before + 4);
    check_equal(decrease(&frame, 1, 2), 1);
    check_equal(increase(UNMAPPED, 1, 0, 0), 0);
    check_equal(increase(NULL, 1, 0, 0), 1);
}

/* Long enough to be preempted and continued; and what comes back has been cleared. */
static void test_many(void)
{
    const unsigned int count = sizeof(many) / sizeof(many[0]);
    long before = pages_now();
    bool clear = true;

    for (unsigned int i = 0; i < count; i++)
        many[i] = frame_take();
    check_equal(decrease(many, count, 0), count);
    check_equal(pages_now(), before - count);
    for (unsigned int i = 0; i < count; i++)
        many[i] = SOMEWHERE + i;
    check_equal(populate(many, count, 0, 0), count);
    check_equal(pages_now(), before);
    for (unsigned int i = 0; i < count; i++)
        clear = clear && m2p(many[i]) == SOMEWHERE + i;
    check(clear);
    check_equal(decrease(many, count, 0), count);
}

void test_reservations(void)
{
    test_bad_calls();
    test_give_back();
    test_mapped();
    test_populate();
    test_flags();
    test_increase();
    test_many();
}
