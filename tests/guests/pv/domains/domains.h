/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of this test, each in its own file. */
#ifndef DOMAINS_H
#define DOMAINS_H

#include "child.h"
#include "pages.h"

/* A page for foreign mappings; it maps its own frame in between. */
extern volatile uint8_t foreign_page[4096];
/* Puts its own frame back. */
void foreign_page_back(void);
/* Whether lost frames are looked for; before, the hypervisor may grow to what the tests need. */
extern bool counting;
/* As free_pages_are(), while it counts. */
void check_free(unsigned long free_before);
/* Destroys it and checks that it is gone and every frame is back. */
void end_of(const struct child *c, unsigned long free_before);

void test_refusals(void); /* refusals.c */
void test_life(void);     /* life.c */
void test_between(void);  /* between.c */
void test_child(void);    /* unprivileged.c */

#endif
