/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is done against leaks by speculation beyond the thunks that are compiled in. */
#ifndef ASM_SPEC_CTRL_H
#define ASM_SPEC_CTRL_H

#include <hv/types.h>

#include <asm/desc.h>
#include <asm/msr.h>

#define MSR_SPEC_CTRL 0x48
#define MSR_PRED_CMD  0x49

#define SPEC_CTRL_IBRS  (1ULL << 0)
#define SPEC_CTRL_STIBP (1ULL << 1)
#define SPEC_CTRL_SSBD  (1ULL << 2)
#define PRED_CMD_IBPB   (1ULL << 0)

/* Chosen at start-up, the same on every CPU. (c) */
struct spec_ctrl {
    bool has_msr;   /* SPEC_CTRL exists, for guests too */
    bool ibpb;      /* forget branch predictions when another domain comes */
    bool clear;     /* VERW clears the CPU's buffers before a guest runs */
    bool auto_ibrs; /* EFER's bit (AMD) */
    uint64_t host;  /* bits of SPEC_CTRL that are always on */
    uint64_t guest; /* bits that a guest may set */
};
extern struct spec_ctrl spec_ctrl;

/* Chooses, says so, and puts VERW into the ways to a guest; once, code read-only by then or not. */
void spec_ctrl_init(void);
/* On each CPU after the choice. */
void spec_ctrl_cpu_init(void);

static inline void cpu_buffers_clear(void)
{
    static const uint16_t selector = HV_SS;

    if (unlikely(spec_ctrl.clear))
        asm volatile("verw %0" ::"m"(selector) : "cc");
}

/* Another vcpu's turn on this CPU: @guest is its SPEC_CTRL. */
static inline void spec_ctrl_switch(uint64_t guest, bool other_domain)
{
    if (spec_ctrl.ibpb && other_domain)
        wrmsr(MSR_PRED_CMD, PRED_CMD_IBPB);
    if (spec_ctrl.has_msr)
        wrmsr(MSR_SPEC_CTRL, spec_ctrl.host | guest);
}

#endif
