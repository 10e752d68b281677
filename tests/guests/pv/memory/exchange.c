/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exchange: single frames for ones that lie together, and back. */
#include "memory.h"

#define PLACE 0x200000UL

static uint8_t window[PAGE_SIZE] __attribute__((aligned(4096)));
static unsigned long old[512], new[512];

struct terms {
    void *in, *out;
    unsigned long in_count, out_count, done;
    unsigned int in_order, out_order, flags;
    domid_t in_domid, out_domid;
};

static long exchange(struct terms *t)
{
    struct xen_memory_exchange x = {
        .in = { .nr_extents = t->in_count, .extent_order = t->in_order, .domid = t->in_domid },
        .out = { .nr_extents = t->out_count,
                 .extent_order = t->out_order,
                 .domid = t->out_domid,
                 .mem_flags = t->flags },
        .nr_exchanged = t->done,
    };
    long ret;

    x.in.extent_start.p = t->in;
    x.out.extent_start.p = t->out;
    ret = memory_op(XENMEM_exchange, &x);
    t->done = x.nr_exchanged;
    return ret;
}

/* Defaults first, then what differs. */
#pragma GCC diagnostic ignored "-Woverride-init"
#define TERMS(...)                                                                          \
    &(struct terms)                                                                         \
    {                                                                                       \
        .in = old, .out = new, .in_domid = DOMID_SELF, .out_domid = DOMID_SELF, __VA_ARGS__ \
    }
#define COUNTS(in, in_log, out, out_log) \
    .in_count = (in), .in_order = (in_log), .out_count = (out), .out_order = (out_log)

static void fill(unsigned int count)
{
    for (unsigned int i = 0; i < count; i++) {
        old[i] = frame_take();
        new[i] = PLACE + i;
    }
}

static void test_together(void)
{
    long before = pages_now();
    struct terms *t = TERMS(COUNTS(16, 0, 2, 3));

    fill(16);
    new[1] = PLACE + 0x800;
    check_equal(exchange(t), 0);
    check_equal(t->done, 16);
    check_equal(new[0] % 8, 0);
    check_equal(new[1] % 8, 0);
    for (unsigned int i = 0; i < 8; i++) {
        check_equal(m2p(new[0] + i), PLACE + i);
        check_equal(m2p(new[1] + i), PLACE + 0x800 + i);
        /* Gone, or come back as part of the second extent. */
        check(m2p(old[i]) == NO_PFN || m2p(old[i]) >> 12 == PLACE >> 12);
    }
    check_equal(pages_now(), before);
    /* And apart again. */
    old[0] = new[0];
    for (unsigned int i = 0; i < 8; i++)
        new[i] = PLACE + i;
    t = TERMS(COUNTS(1, 3, 8, 0));
    check_equal(exchange(t), 0);
    check_equal(t->done, 1);
    check_equal(m2p(new[7]), PLACE + 7);
    check_equal(decrease(new, 8, 0), 8);
    check_equal(pages_now(), before - 8);
}

/* What a Linux driver's buffer wants: 2 MiB below 4 GiB. */
static void test_large(void)
{
    long before = pages_now();
    struct terms *t = TERMS(COUNTS(512, 0, 1, 9), .flags = XENMEMF_address_bits(32));

    fill(512);
    check_equal(exchange(t), 0);
    check_equal(t->done, 512);
    check_equal(new[0] % 512, 0);
    check_equal(m2p(new[0] + 511), PLACE + 511);
    check_equal(pages_now(), before);
}

static void test_wrong_terms(void)
{
    fill(4);
    check_equal(memory_op(XENMEM_exchange, UNMAPPED), -XEN_EFAULT);
    check_equal(exchange(TERMS(COUNTS(4, 0, 2, 2))), -XEN_EINVAL);
    check_equal(exchange(TERMS(COUNTS(4, 0, 4, 0), .done = 5)), -XEN_EINVAL);
    check_equal(exchange(TERMS(COUNTS(4, 0, 4, 0), .done = 4)), 0);
    check_equal(exchange(TERMS(COUNTS(0, 0, 0, 0))), 0);
    check_equal(exchange(TERMS(COUNTS(1, 19, 1, 19))), -XEN_EPERM);
    check_equal(exchange(TERMS(COUNTS(1, 64, 1, 64))), -XEN_EPERM);
    check_equal(exchange(TERMS(COUNTS(~0UL, 0, ~0UL, 0))), -XEN_EFAULT);
    check_equal(exchange(TERMS(COUNTS(1UL << 60, 4, 1UL << 60, 4))), -XEN_EINVAL);
    check_equal(exchange(TERMS(COUNTS(1, 0, 1, 0), .flags = 12)), -XEN_ENOMEM);
    check_equal(exchange(TERMS(COUNTS(1, 0, 1, 0), .flags = 13)), -XEN_ENOMEM);
    check_equal(exchange(TERMS(COUNTS(1, 0, 1, 0), .in = UNMAPPED)), -XEN_EFAULT);
    check_equal(exchange(TERMS(COUNTS(1, 0, 1, 0), .in = HYPERVISOR)), -XEN_EFAULT);
    check_equal(exchange(TERMS(COUNTS(1, 0, 1, 0), .out = HYPERVISOR)), -XEN_EFAULT);
    check_equal(exchange(TERMS(COUNTS(1, 0, 1, 0), .out_domid = 0)), -XEN_EINVAL);
    check_equal(exchange(TERMS(COUNTS(1, 0, 1, 0), .in_domid = NO_DOMAIN, .out_domid = NO_DOMAIN)),
                -XEN_ESRCH);
    check_equal(exchange(TERMS(COUNTS(2, 19, 1, 19), .in_domid = DOMID_IO, .out_domid = DOMID_IO)),
                -XEN_EPERM);
    check_equal(exchange(TERMS(COUNTS(1, 0, 1, 0), .in_domid = 0, .out_domid = 0)), 0);
}

static void test_wrong_frames(void)
{
    long before = pages_now();
    struct terms *t = TERMS(COUNTS(2, 0, 2, 0));

    fill(4);
    old[1] = 0x123456; /* not memory */
    check_equal(exchange(t), -XEN_EINVAL);
    check_equal(t->done, 1);
    check_equal(m2p(new[0]), PLACE);
    check_equal(new[1], PLACE + 1);
    old[1] = old[2]; /* the same twice, in one chunk: all or nothing */
    new[0] = PLACE + 0x10;
    t = TERMS(.in = &old[1], COUNTS(2, 0, 1, 1));
    check_equal(exchange(t), -XEN_EINVAL);
    check_equal(t->done, 0);
    check_equal(new[0], PLACE + 0x10);
    old[0] = frame_of(window); /* in use by a mapping */
    t = TERMS(COUNTS(1, 0, 1, 0));
    check_equal(exchange(t), -XEN_EINVAL);
    check_equal(update_va_mapping(window, 0, UVMF_INVLPG), 0);
    t = TERMS(COUNTS(1, 0, 1, 0));
    check_equal(exchange(t), 0);
    check_equal(t->done, 1);
    check_equal(pages_now(), before);
    check_equal(decrease(&old[2], 1, 0), 1); /* it was put back */
}

void test_exchange(void)
{
    test_together();
    test_large();
    test_wrong_terms();
    test_wrong_frames();
}
