/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The extended processor state of vcpus: x87, SSE, AVX and what XSAVE knows besides. */
#ifndef ASM_XSTATE_H
#define ASM_XSTATE_H

#include <hv/types.h>

struct vcpu;

extern uint64_t xstate_mask; /* (c) XCR0 features that guests may use; 0 without XSAVE */
extern uint32_t xstate_size; /* (c) bytes of an area for all of them */

/* On each CPU; the first one fixes the feature set. */
void xstate_cpu_init(void);
/* The vcpu's area, in its initial state. 0 or -ENOMEM. */
int xstate_vcpu_init(struct vcpu *v);
void xstate_vcpu_destroy(struct vcpu *v);

/* Sets x87 and SSE state as FXSAVE writes it; the vcpu does not run. */
void xstate_set_legacy(struct vcpu *v, const void *image);
/* Sets XCR0 and all state as XSAVE writes it (not compacted). 0 or -EINVAL. */
#define XSTATE_SIZE_MAX 16384U
int xstate_set(struct vcpu *v, uint64_t xcr0, const void *area, size_t size);

/* Registers to memory and back; interrupts off. */
void xstate_save(struct vcpu *v);
void xstate_restore(struct vcpu *v);

/* The guest's XSETBV for XCR0: 0, or -EINVAL for a value that would fault. */
int xstate_set_xcr0(struct vcpu *v, uint64_t xcr0);

#endif
