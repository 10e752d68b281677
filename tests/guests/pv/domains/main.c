/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Domains come and go: built from here, run, seen, ended, and nothing is left of them. */
/* timeout: 60 */
/* options: guest_loglvl=all */
#include "child.h"
#include "pages.h"

static void say_hello(void)
{
    print("child: hello\n");
}

void guest_main(void)
{
    struct xen_domctl_getdomaininfo info;
    struct child c;
    unsigned long before = 0;

    for (int round = 0; round < 3; round++) {
        if (round)
            before = free_pages_settled();
        child_start(&c, 1, say_hello);
        check_equal(child_wait(&c), SHUTDOWN_poweroff);
        check_equal(domain_info(c.id, &info), 0);
        print("domain %u: flags %x, %lu pages, cpu time %lu\n", c.id, info.flags,
              (unsigned long)info.tot_pages, (unsigned long)info.cpu_time);
        check(child_destroy(&c));
        if (round)
            check(free_pages_are(before));
    }
}
