/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Domains and their vcpus.
 * Legend: (c) constant after creation  (e) under event_lock  (p) under page_lock  (s) under the
 * scheduler's lock of the vcpu's CPU  (v) only by the vcpu itself, or while it does not run  (a)
 * atomic
 */
#ifndef HV_DOMAIN_H
#define HV_DOMAIN_H

#include <hv/cpumask.h>
#include <hv/list.h>
#include <hv/speculation.h>
#include <hv/spinlock.h>
#include <hv/timer.h>
#include <hv/types.h>

#include <asm/domain.h>

struct cpupool;
struct evtchn;
struct evtchn_fifo_domain;
struct evtchn_fifo_vcpu;
struct evtchn_port_ops;
struct grant_table;
struct guest_line;
struct pirq_eoi_page;

#define NR_GLOBAL_VIRQS     NR_VIRQS
#define NR_DOMAIN_WATCHDOGS 2U

/* Why a vcpu does not run; each is a bit of vcpu->pause_flags (a). */
#define VPF_BLOCKED  0U /* waits for an event */
#define VPF_DOWN     1U /* not brought up */
#define VPF_IN_RESET 2U

struct vcpu {
    struct domain *domain;    /* (c) */
    uint32_t id;              /* (c) */
    uint32_t cpu;             /* (s) the CPU it runs on, or ran on last */
    vcpu_info_t *info;        /* (v) shared with the guest, in our address space */
    struct frame *info_frame; /* (v) the frame behind it once the guest registered one */

    /* scheduling */
    void *sched_data;                            /* (s) the policy's own */
    struct cpupool *cpupool;                     /* (s) whose CPUs it runs on; null: an idle vcpu */
    struct list cpupool_link;                    /* in its list of vcpus, under its lock */
    struct cpumask hard_affinity, soft_affinity; /* (s) */
    unsigned long pause_flags;                   /* (a) VPF_* */
    uint32_t pause_count;                        /* (a) pauses by the hypervisor and tools */
    bool is_running;                             /* (s) on a CPU now */
    bool is_idle;                                /* (c) */
    bool is_initialised;                         /* registers were set (VCPUOP_initialise) */
    bool is_urgent;
    bool affinity_overridden;           /* (s) by SCHEDOP_pin_override; what it was is saved */
    struct cpumask saved_affinity;      /* (s) */
    struct vcpu_runstate_info runstate; /* (s) */
    void *runstate_guest;               /* (v) guest virtual address to copy it to, or null */
    void *time_guest; /* (v) guest virtual address of the secondary time area, or null */

    /* timers of the guest */
    struct timer singleshot, periodic, poll; /* periodic: period below */
    nstime_t period;                         /* (v) 0: off */

    /* events */
    uint32_t virq_port[NR_VIRQS]; /* (e) port bound to the virq, 0: none */
    struct spinlock virq_lock;    /* guards virq_port against closing, for interrupt context */
    struct evtchn_fifo_vcpu *evtchn_fifo; /* (e) */
    int poll_port; /* (a) the one port that SCHEDOP_poll waits for, 0 none, -1 several */

    unsigned long cpu_dirty; /* NR_CPUS, or the CPU that may hold its address space in the TLB */
    struct arch_vcpu arch;
};

enum domain_state { DOMAIN_ALIVE, DOMAIN_DYING, DOMAIN_DEAD };

struct domain {
    domid_t id;                 /* (c) */
    bool is_privileged;         /* (c) the control domain */
    bool is_hardware;           /* (c) owns the devices */
    uint32_t refs;              /* (a) */
    enum domain_state state;    /* under control_lock; see domain_kill() */
    bool is_shut_down;          /* under shutdown_lock */
    uint8_t shutdown_code;      /* SHUTDOWN_*, valid when is_shut_down or latched */
    bool shutdown_code_latched; /* by SCHEDOP_shutdown_code: the later shutdown keeps it */
    struct spinlock shutdown_lock;
    uint32_t suspend_port;        /* port of its own to send on when it suspends; 0: none */
    struct spinlock control_lock; /* one operation of the tools at a time */
    uint32_t control_pauses;      /* of pause_count, those by the tools; under control_lock */
    bool is_debugged, is_xenstore;
    uint32_t pause_count;    /* (a) pauses of the whole domain */
    struct cpupool *cpupool; /* under the pools' lock; null before sched_domain_init() */
    void *sched_data;        /* the policy's own; changes only while no vcpu of it runs */
    uint32_t sched_weight;   /* (a) share of CPU time, sched_adjust(); 0: the default */
    uint32_t sched_cap;      /* (a) per cent of one CPU that it may use at most; 0: no limit */
    struct spinlock watchdog_lock;
    uint32_t watchdogs_in_use; /* under watchdog_lock: a bit per timer */
    struct timer watchdogs[NR_DOMAIN_WATCHDOGS];
    uint32_t max_vcpus;         /* (c) */
    struct vcpu **vcpus;        /* (c) entries may be null until created */
    shared_info_t *shared_info; /* (c) */
    uint8_t handle[16];         /* the tools' UUID */
    struct list link;           /* in the list of all domains, under its lock */

    /* memory */
    struct spinlock page_lock;
    uint32_t page_list;         /* (p) first frame, FRAME_NONE if empty; else a reference to us */
    uint32_t page_cursor;       /* (p) next frame of a walk by domain_frames_next() */
    uint64_t tot_pages;         /* (p) */
    uint64_t max_pages;         /* (p) */
    uint64_t outstanding_claim; /* frames; under the claims' lock (memory/claim.c) */

    /* events; see <hv/event.h> */
    struct spinlock event_lock;
    struct evtchn **evtchn_buckets;             /* (e) to extend; readers use evtchn_of() */
    uint32_t evtchn_valid;                      /* (e) ports below this exist */
    uint32_t evtchn_max;                        /* (e) highest port allowed + 1; 0 when torn down */
    uint32_t evtchn_free_from;                  /* (e) no port below this is free */
    const struct evtchn_port_ops *evtchn_ops;   /* (e) two-level or FIFO */
    struct evtchn_fifo_domain *evtchn_fifo;     /* (e) */
    unsigned long poll_mask[BITMAP_LONGS(128)]; /* (a) vcpus in SCHEDOP_poll */
    uint32_t nr_pirqs;                          /* (c) */
    struct pirq **pirqs;                        /* (e) by pirq number; see event/pirq.c */
    struct pirq_eoi_page *pirq_eoi_page;        /* (e) the guest's bitmap, or null */

    struct grant_table *grant_table; /* (c) */
    struct guest_line *console_line; /* (a) what it says; null: nothing yet */

    struct list dead_link; /* once there are no references; under destroy.c's lock */
    /* how far domain_kill() has come, under control_lock */
    unsigned int death_step;
    uint32_t death_port;

    int64_t time_offset_s;     /* wall clock minus the host's */
    struct cpumask dirty_cpus; /* (a) CPUs that may hold its address spaces in the TLB */
    struct arch_domain arch;
};

extern struct domain *dom0;
/* Owners that are not guests: device memory, hypervisor memory shown to guests, idle vcpus. */
extern struct domain *dom_io, *dom_xen, *dom_idle;

/* A domain by id, dying or not, with a reference; null if there is none. DOMID_SELF: the caller. */
struct domain *domain_get_by_id(domid_t id) __must_check;
/* The domain with the lowest id from @first on, with a reference; null behind the last. */
struct domain *domain_get_from(domid_t first) __must_check;
/* As above, for an id that the guest gave: DOMID_SELF, or any other if the caller may. */
struct domain *domain_get_target(domid_t id) __must_check;
/* The same, saying why not: -ESRCH, or -EPERM for another's that the caller may not touch. */
int domain_target_get(domid_t id, struct domain **out) __must_check;
/* The last reference frees it, a little later: callable anywhere. */
void domain_put(struct domain *d);
/* A reference for who found it in domains_visit(); false if it is about to go. */
bool domain_try_get(struct domain *d) __must_check;
/* Calls @fn for every domain, under the list's lock. */
void domains_visit(void (*fn)(struct domain *d));
/* The same for console keys: false, and nothing done, if the lock is held. */
bool domains_try_visit(void (*fn)(struct domain *d));

static inline void domain_get(struct domain *d)
{
    __atomic_fetch_add(&d->refs, 1, __ATOMIC_RELAXED);
}

/* The vcpu with this id, or null; the id may come from a guest (bounds-checked). */
static inline struct vcpu *domain_vcpu(const struct domain *d, unsigned int id)
{
    return id < d->max_vcpus ? d->vcpus[index_clamp(id, d->max_vcpus)] : NULL;
}

static inline bool domain_is_dying(const struct domain *d)
{
    return READ_ONCE(d->state) != DOMAIN_ALIVE;
}

/* Nothing keeps it from running. It may change at once unless the scheduling lock is held. */
static inline bool vcpu_is_runnable(const struct vcpu *v)
{
    return !(READ_ONCE(v->pause_flags) | READ_ONCE(v->pause_count) |
             READ_ONCE(v->domain->pause_count));
}

#define for_each_vcpu(d, v)                                             \
    for (unsigned int vcpu_i_ = 0; vcpu_i_ < (d)->max_vcpus; vcpu_i_++) \
        if (((v) = (d)->vcpus[vcpu_i_]) != NULL)

struct domain_config {
    uint32_t max_vcpus;
    uint32_t nr_pirqs;
    uint64_t max_pages;
    uint32_t max_evtchn_port;
    uint32_t max_grant_frames, max_maptrack_frames;
    uint32_t max_grant_version; /* 1 or 2 */
    uint32_t cpupool;           /* the id of the pool of CPUs that it runs on */
    bool is_privileged;
};

/*
 * A new domain without memory or vcpus; *out holds its first reference, which domain_kill() gives
 * up. With DOMID_INVALID a free id is chosen. 0, -EINVAL, -EEXIST, -ENOENT (no such pool), -ENOSPC
 * (no id), -ENOMEM.
 */
int domain_create(domid_t id, const struct domain_config *config, struct domain **out);
int vcpu_create(struct domain *d, unsigned int id, struct vcpu **out);

/*
 * Ends a domain: stops it, takes everything from it and gives its memory back, step by step: 0 once
 * nothing is left to do, or -ERESTART to be called again. Who still maps its frames keeps them, and
 * so the domain as one that is dying. Under control_lock; not the caller's domain.
 */
int domain_kill(struct domain *d) __must_check;
/* Runs again after it had shut down to be suspended. Under control_lock. */
void domain_resume(struct domain *d);
/* What the tools are told about it. */
void domain_get_info(const struct domain *d, struct xen_domctl_getdomaininfo *info);

/* Makes the owners that are not guests; once, before the scheduler starts. */
void domain_system_init(void);
/* The arch part of a new vcpu. 0 or -ENOMEM. And its end, when nothing can find it any more. */
int arch_vcpu_init(struct vcpu *v);
void arch_vcpu_destroy(struct vcpu *v);
/* Fills in what the machine's side knows: size of addresses, emulated devices. */
void arch_domain_get_info(const struct domain *d, struct xen_domctl_getdomaininfo *info);
/*
 * Of a dying domain, none of whose vcpus runs, in this order: CPUs forget what they have loaded of
 * it (and none is still on its way out of one of its vcpus); its devices and settings go; its vcpus
 * let go of its memory; its page tables are let go of, by calls in a walk of the domain's frames
 * (domain_frames_begin()) until it answers 0 instead of -ERESTART.
 */
void arch_domain_unload(struct domain *d);
void arch_domain_destroy(struct domain *d);
void arch_vcpu_release(struct vcpu *v);
int arch_domain_release_tables(struct domain *d) __must_check;
/* Prints the registers of the current vcpu. */
void arch_vcpu_print(const struct vcpu *v);

/* The guest is beyond help: stop it, say why, tell the control domain. */
void domain_crash(struct domain *d, const char *fmt, ...) __printf(2, 3);
/* SCHEDOP_shutdown; for the hardware domain: the machine. */
void domain_shutdown(struct domain *d, uint8_t code);

/* The hardware domain stopped: so does the machine. */
void hardware_domain_shutdown(uint8_t code) __noreturn;

/* @fn runs before that, without locks, in the context of the domain's call. One at most. */
void hardware_domain_on_shutdown(void (*fn)(void));

/* The machine's end (arch): never return. */
void machine_restart(void) __noreturn;
void machine_halt(void) __noreturn;
/* After a failure: says which (noreboot), and does it. */
void machine_reboot_or_stay(void) __noreturn;

#endif
