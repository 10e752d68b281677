/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Claims, and frames of other domains' tables; as far as one domain alone can ask. */
#include "memory.h"

static long claim(domid_t domid, unsigned long pages)
{
    return reserve(XENMEM_claim_pages, NULL, pages, 0, 0, domid);
}

static void test_claims(void)
{
    unsigned long word = 0;
    domid_t self = DOMID_SELF;
    long pages = pages_now(), limit = memory_op(XENMEM_maximum_reservation, &self);

    check_equal(memory_op(XENMEM_claim_pages, UNMAPPED), -XEN_EFAULT);
    check_equal(claim(DOMID_SELF, 0), -XEN_EINVAL);
    check_equal(claim(DOMID_XEN, 0), -XEN_EINVAL);
    check_equal(claim(NO_DOMAIN, 0), -XEN_EINVAL);
    check_equal(claim(0, 0), 0);
    check_equal(reserve(XENMEM_claim_pages, &word, 0, 0, 0, 0), -XEN_EINVAL);
    check_equal(reserve(XENMEM_claim_pages, NULL, 0, 1, 0, 0), -XEN_EINVAL);
    check_equal(reserve(XENMEM_claim_pages, NULL, 0, 0, 1, 0), -XEN_EINVAL);
    check_equal(claim(0, 10), -XEN_EINVAL); /* has more already */
    check_equal(claim(0, (unsigned long)pages), -XEN_EINVAL);
    check_equal(claim(0, ~0UL), -XEN_EINVAL);
    check_equal(claim(0, 1UL << 40), -XEN_EINVAL);
    if (limit < pages + (1 << 24))
        return;
    check_equal(claim(0, (unsigned long)pages + (1 << 24)), -XEN_ENOMEM);
    check_equal(claim(0, (unsigned long)pages + 10), 0);
    check_equal(claim(0, (unsigned long)pages + 10), -XEN_EINVAL); /* one at a time */
    check_equal(claim(0, 0), 0);
}

static long acquire(domid_t domid, unsigned int type, unsigned int count, unsigned int pad)
{
    unsigned long frames[2];
    struct xen_mem_acquire_resource r = {
        .domid = domid, .type = (uint16_t)type, .nr_frames = count, .pad = pad
    };

    r.frame_list.p = count ? frames : NULL;
    return memory_op(XENMEM_acquire_resource, &r);
}

static void test_acquire(void)
{
    check_equal(memory_op(XENMEM_acquire_resource, UNMAPPED), -XEN_EFAULT);
    for (unsigned int count = 0; count < 2; count++) {
        check_equal(acquire(0, XENMEM_resource_grant_table, count, 0),
                    -XEN_EPERM); /* not our own */
        check_equal(acquire(DOMID_SELF, XENMEM_resource_grant_table, count, 0), -XEN_ESRCH);
        check_equal(acquire(DOMID_XEN, XENMEM_resource_grant_table, count, 0), -XEN_ESRCH);
        check_equal(acquire(NO_DOMAIN, XENMEM_resource_grant_table, count, 0), -XEN_ESRCH);
        check_equal(acquire(NO_DOMAIN, 9, count, 0), -XEN_ESRCH);
        check_equal(acquire(NO_DOMAIN, 9, count, 1), -XEN_EINVAL);
    }
}

void test_resources(void)
{
    test_claims();
    test_acquire();
}
