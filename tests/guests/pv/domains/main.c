/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Domains come and go: built from here, run, seen, ended, and nothing is left of them. */
/* timeout: 60 */
/* options: guest_loglvl=all audit */
/* expect: audit: [0-9]+ frames, no errors */
#include "domains.h"

volatile uint8_t page_aligned foreign_page[4096];

void foreign_page_back(void)
{
    map_page(foreign_page, entry_for(foreign_page, PAGE_RW));
}

bool counting;

void check_free(unsigned long free_before)
{
    check(!counting || free_pages_are(free_before));
}

void end_of(const struct child *c, unsigned long free_before)
{
    check(child_destroy(c));
    check_free(free_before);
}

static void nothing(void)
{
}

void guest_main(void)
{
    struct child c;

    child_start(&c, 1, nothing);
    check_equal(child_wait(&c), SHUTDOWN_poweroff);
    check(child_destroy(&c));
    for (counting = false;; counting = true) {
        test_refusals();
        test_between();
        if (counting)
            break;
    }
    test_life();
    test_child();
}
