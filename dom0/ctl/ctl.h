/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control operations that Xen's stable libraries lack: domctl, sysctl and the few memory, event
 * channel and version calls a toolstack makes on behalf of a domain. One function per operation.
 *
 * All return 0 (or what they say) on success, and -1 with errno otherwise. A struct ctl may be used
 * by several threads at once. No function keeps what it is given.
 */
#ifndef DOM0_CTL_CTL_H
#define DOM0_CTL_CTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef __XEN_TOOLS__
#define __XEN_TOOLS__ 1
#endif
#include <xen/xen.h>

#include <xen/domctl.h>
#include <xen/event_channel.h>
#include <xen/memory.h>
#include <xen/sysctl.h>
#include <xencall.h>
#include <xenforeignmemory.h>

struct ctl {
    xencall_handle *call;
    xenforeignmemory_handle *memory; /* for its users; nothing here needs it */
};

#define CTL_PAGE_SIZE  4096UL
#define CTL_PAGE_SHIFT 12

/* Fails with ENOENT or EACCES where this is no control domain. */
int ctl_open(struct ctl *ctl);
void ctl_close(struct ctl *ctl);

/* --- a domain's life (domain.c) --- */

/* *domid 0 lets the hypervisor choose; set on success. */
int ctl_domain_create(struct ctl *ctl, const struct xen_domctl_createdomain *config,
                      uint32_t *domid);
/* Starts the end of a domain and works on it until it is only held by others' references. */
int ctl_domain_destroy(struct ctl *ctl, uint32_t domid);
int ctl_domain_pause(struct ctl *ctl, uint32_t domid);
int ctl_domain_unpause(struct ctl *ctl, uint32_t domid);
/* Lets a suspended domain go on in place: its suspend call returns 1. */
int ctl_domain_resume(struct ctl *ctl, uint32_t domid);
/* Ends all its vcpus with that SHUTDOWN_* code, as if it had asked for it itself. */
int ctl_domain_shutdown(struct ctl *ctl, uint32_t domid, unsigned reason);
/* ESRCH when there is none with that very id. */
int ctl_domain_info(struct ctl *ctl, uint32_t domid, struct xen_domctl_getdomaininfo *info);
/* Those with ids from `first` on, in their order; returns how many were written. */
int ctl_domain_list(struct ctl *ctl, uint32_t first, struct xen_domctl_getdomaininfo *info,
                    unsigned count);
int ctl_domain_set_max_memory(struct ctl *ctl, uint32_t domid, uint64_t kib);
int ctl_domain_set_max_vcpus(struct ctl *ctl, uint32_t domid, unsigned count);
int ctl_domain_set_handle(struct ctl *ctl, uint32_t domid, const uint8_t uuid[16]);
int ctl_domain_set_time_offset(struct ctl *ctl, uint32_t domid, int64_t seconds);
int ctl_domain_set_tsc(struct ctl *ctl, uint32_t domid, const struct xen_domctl_tsc_info *info);
int ctl_domain_get_tsc(struct ctl *ctl, uint32_t domid, struct xen_domctl_tsc_info *info);
/* Bits of the address space of a PV domain: 32 or 64. */
int ctl_domain_set_address_size(struct ctl *ctl, uint32_t domid, unsigned bits);
int ctl_domain_get_address_size(struct ctl *ctl, uint32_t domid, unsigned *bits);
int ctl_domain_send_trigger(struct ctl *ctl, uint32_t domid, unsigned trigger, unsigned vcpu);
/* The scheduler's parameters; op->sched_id and op->cmd say which. */
int ctl_domain_schedule(struct ctl *ctl, uint32_t domid, struct xen_domctl_scheduler_op *op);
int ctl_domain_move_to_pool(struct ctl *ctl, uint32_t domid, uint32_t pool);

/* --- vcpus (vcpu.c) --- */

/* A PV vcpu's registers; `context` has room for sizeof(vcpu_guest_context_t). */
int ctl_vcpu_set_context(struct ctl *ctl, uint32_t domid, unsigned vcpu,
                         const vcpu_guest_context_t *context);
int ctl_vcpu_get_context(struct ctl *ctl, uint32_t domid, unsigned vcpu,
                         vcpu_guest_context_t *context);
int ctl_vcpu_info(struct ctl *ctl, uint32_t domid, unsigned vcpu,
                  struct xen_domctl_getvcpuinfo *info);
/* Bit n of a map is CPU n; `bits` is their length. NULL leaves or skips that affinity. */
int ctl_vcpu_set_affinity(struct ctl *ctl, uint32_t domid, unsigned vcpu, const uint8_t *hard,
                          const uint8_t *soft, unsigned bits);
int ctl_vcpu_get_affinity(struct ctl *ctl, uint32_t domid, unsigned vcpu, uint8_t *hard,
                          uint8_t *soft, unsigned bits);

/* --- saved state (state.c) --- */

/* Replaces each frame number by number | XEN_DOMCTL_PFINFO_*; at most 1024 at a time. */
int ctl_frame_types(struct ctl *ctl, uint32_t domid, xen_pfn_t *frames, unsigned count);
/* *size 0 asks for the size only. */
int ctl_vcpu_get_xstate(struct ctl *ctl, uint32_t domid, unsigned vcpu, void *state, uint64_t *size,
                        uint64_t *features);
int ctl_vcpu_set_xstate(struct ctl *ctl, uint32_t domid, unsigned vcpu, const void *state,
                        uint64_t size);
/* *count 0 asks for the most there can be. */
int ctl_vcpu_get_msrs(struct ctl *ctl, uint32_t domid, unsigned vcpu, xen_domctl_vcpu_msr_t *msrs,
                      uint32_t *count);
int ctl_vcpu_set_msrs(struct ctl *ctl, uint32_t domid, unsigned vcpu,
                      const xen_domctl_vcpu_msr_t *msrs, uint32_t count);
int ctl_vcpu_get_extended(struct ctl *ctl, uint32_t domid, unsigned vcpu,
                          struct xen_domctl_ext_vcpucontext *context);
int ctl_vcpu_set_extended(struct ctl *ctl, uint32_t domid,
                          const struct xen_domctl_ext_vcpucontext *context);
/* Both arrays' lengths are in and out. */
int ctl_cpu_policy_get(struct ctl *ctl, uint32_t domid, xen_cpuid_leaf_t *leaves,
                       uint32_t *n_leaves, xen_msr_entry_t *msrs, uint32_t *n_msrs);
int ctl_cpu_policy_set(struct ctl *ctl, uint32_t domid, const xen_cpuid_leaf_t *leaves,
                       uint32_t n_leaves, const xen_msr_entry_t *msrs, uint32_t n_msrs);

/* --- memory (memory.c) --- */

/*
 * Gives the domain `count` extents of 2^order pages at the pseudo-physical frames in `frames`,
 * which are replaced by machine frames. Returns how many were given, fewer when memory runs out.
 */
long ctl_memory_populate(struct ctl *ctl, uint32_t domid, xen_pfn_t *frames, size_t count,
                         unsigned order);
/* Sets aside that many pages for the domain; 0 gives back what is left of it. */
int ctl_memory_claim(struct ctl *ctl, uint32_t domid, uint64_t pages);
/* The number of pages the domain may have at most. */
int64_t ctl_memory_maximum(struct ctl *ctl, uint32_t domid);
/* The e820 map a PV guest is told. */
int ctl_memory_set_map(struct ctl *ctl, uint32_t domid, uint64_t bytes);
/* Makes the frame a hypercall page. */
int ctl_hypercall_page(struct ctl *ctl, uint32_t domid, uint64_t frame);
/* `command` is MMUEXT_PIN_L*_TABLE or MMUEXT_UNPIN_TABLE. */
int ctl_table_pin(struct ctl *ctl, uint32_t domid, unsigned command, const uint64_t *frames,
                  unsigned count);
/* Writes machine-to-physical entries: pfns[i] for frame mfns[i]. */
int ctl_m2p_update(struct ctl *ctl, uint32_t domid, const xen_pfn_t *mfns, const xen_pfn_t *pfns,
                   unsigned count);
/* Where the hypervisor's machine-to-physical table lies, in frames of 2 MiB; returns how many. */
int ctl_m2p_frames(struct ctl *ctl, xen_pfn_t *frames, unsigned max);
/* The highest machine frame in use. */
int64_t ctl_memory_highest(struct ctl *ctl);

/* A port of the domain's that `remote` may bind; the port, or -1. */
int ctl_event_alloc(struct ctl *ctl, uint32_t domid, uint32_t remote);

/* --- the machine (system.c) --- */

int ctl_physinfo(struct ctl *ctl, struct xen_sysctl_physinfo *info);
int ctl_scheduler_id(struct ctl *ctl, uint32_t *id);
/* Copies the log; returns its length, at most size. */
int ctl_console_read(struct ctl *ctl, char *buffer, uint32_t size, bool clear);
int ctl_debug_keys(struct ctl *ctl, const char *keys);
/* Nanoseconds each CPU was idle; returns how many were written. */
int ctl_cpu_idle(struct ctl *ctl, uint64_t *idle_ns, unsigned count);
/* One of xen_version()'s sub-operations; `argument` is what <xen/version.h> says, size bytes. */
int ctl_version(struct ctl *ctl, unsigned command, void *argument, size_t size);
/* The NUMA node of each CPU, XEN_INVALID_NODE_ID where there is none; returns how many. */
int ctl_cpu_nodes(struct ctl *ctl, uint32_t *nodes, unsigned count);
/* A pool's scheduler's parameters; op->cpupool_id, sched_id and cmd say which. */
int ctl_pool_schedule(struct ctl *ctl, struct xen_sysctl_scheduler_op *op);
/* The sub-operations for pools: op->op says which. */
int ctl_pool(struct ctl *ctl, struct xen_sysctl_cpupool_op *op);

#endif
