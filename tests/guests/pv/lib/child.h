/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A second domain, built by a tiny kernel in dom0's place: the same image, with the data as they
 * are at that moment, started at another function. In it all of this library works.
 */
#ifndef GUEST_CHILD_H
#define GUEST_CHILD_H

/* The tools' half of the ABI, for this header's users alone. */
#ifndef __XEN_TOOLS__
#define __XEN_TOOLS__ 1
#endif

#include "guest.h"

#include <xen/domctl.h>
#include <xen/sysctl.h>

#define CHILD_FRAMES_MAX 1024

struct child {
    domid_t id;
    unsigned int vcpus;
    unsigned long first, frames; /* numbers of its first frame and behind its last */
    unsigned long l4;            /* machine frame */
    uint64_t shared_info;        /* machine frame */
    unsigned long start_info;    /* address in its address space */
};

/* One domctl for the domain: its answer; what it brings is in *op. */
long domctl(unsigned int cmd, domid_t id, struct xen_domctl *op);
long domctl_simple(unsigned int cmd, domid_t id);
/* getdomaininfo for that very domain: 0, or -XEN_ESRCH. */
long domain_info(domid_t id, struct xen_domctl_getdomaininfo *info);
/* Free frames of the machine. */
unsigned long free_pages(void);

/* The same once it does not change any more. */
unsigned long free_pages_settled(void);
/* Waits until there are so many (what is freed may be cleared first): true in the end. */
bool free_pages_are(unsigned long wanted);

/* What createdomain needs for a plain domain. */
void child_config(struct xen_domctl *op, unsigned int vcpus);
/* The domain, with vcpus and a limit of memory; no memory yet. Ends the test if refused. */
void child_create(struct child *c, unsigned int vcpus);
/* Its memory and first vcpu: @main will run there; returning shuts it down (poweroff or crash). */
void child_build(struct child *c, void (*main)(void));
/* Both, and lets it run. */
void child_start(struct child *c, unsigned int vcpus, void (*main)(void));
/* Waits until it shut down: the code, or -1 after some seconds. */
int child_wait(const struct child *c);
/* Destroys it and waits until it is gone; false if it stays. */
bool child_destroy(const struct child *c);

/* The machine frame behind an address of the child's image. */
unsigned long child_frame(const struct child *c, const volatile void *address);
/* Maps a frame of the child's at @window, an own page; 0 or what the hypervisor says. */
long child_map(const struct child *c, volatile void *window, unsigned long mfn, uint64_t bits);

#endif
