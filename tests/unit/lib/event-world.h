/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A small world for the event channel tests: three domains, guest frames, irqs, all fakes. */
#ifndef TESTS_EVENT_WORLD_H
#define TESTS_EVENT_WORLD_H

#include "unit.h"

#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/event.h>
#include <hv/irq.h>

#include <asm/current.h>

#define WORLD_DOMAINS 3U /* ids 0 to 2; 0 is the control domain */
#define WORLD_VCPUS   4U
#define WORLD_PORTS   1000U /* highest port */
#define WORLD_PIRQS   64U
#define WORLD_FRAMES  256U /* owned by the domain that the test says */

struct world_irq {
    void (*handler)(unsigned int irq, void *arg);
    void *arg;
    bool masked, level;
    unsigned int ends, cpu;
    int request_error;
};

struct world_frame {
    char *page;
    unsigned int refs;
    bool read_only; /* cannot be had as a writable frame */
    struct domain *owner;
};

struct world {
    struct domain domains[WORLD_DOMAINS];
    struct vcpu vcpus[WORLD_DOMAINS][WORLD_VCPUS];
    unsigned int kicks[WORLD_DOMAINS][WORLD_VCPUS];
    unsigned int unblocks[WORLD_DOMAINS][WORLD_VCPUS];
    struct world_frame frames[WORLD_FRAMES];
    struct world_irq irqs[NR_IRQS];
    int allocations;            /* that have not been given back */
    int fail_allocation_in;     /* the n-th from now fails; 0: none */
    bool preempt;               /* hypercall_preempt_check() */
    unsigned long continued[5]; /* arguments of the last hypercall_continue() */
    unsigned int continuations;
    bool threads;               /* locks may have to wait */
    void (*on_lock_wait)(void); /* what another CPU does meanwhile; it ends the wait */
};

extern struct world world;

/* cmocka's setup and teardown; the teardown fails if something was not given back. */
int world_setup(void **state);
int world_teardown(void **state);

/* Who makes hypercalls now. */
void world_enter(unsigned int domain, unsigned int vcpu);
/* event_channel_op as the current vcpu. */
long world_op(unsigned int cmd, void *arg);

/* Shorthands for the commonest; they assert success and return the port. */
uint32_t world_alloc_unbound(domid_t dom, domid_t remote);
uint32_t world_bind_interdomain(domid_t remote, uint32_t port);
uint32_t world_bind_ipi(uint32_t vcpu);
uint32_t world_bind_virq(uint32_t virq, uint32_t vcpu);
long world_send(uint32_t port);
long world_close(uint32_t port);
long world_unmask(uint32_t port);
struct evtchn_status world_status(domid_t dom, uint32_t port);
/* The hardware's side of an interrupt. */
void world_irq_fire(unsigned int irq);

#endif
