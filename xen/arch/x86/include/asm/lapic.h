/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The local APIC of a CPU (SDM vol. 3, chapter 10), in xAPIC or x2APIC mode. */
#ifndef ASM_LAPIC_H
#define ASM_LAPIC_H

#include <hv/types.h>

#include <asm/io.h>
#include <asm/msr.h>

/* registers, by their xAPIC offset */
#define APIC_ID          0x020
#define APIC_VERSION     0x030
#define APIC_TPR         0x080
#define APIC_EOI         0x0b0
#define APIC_LDR         0x0d0
#define APIC_DFR         0x0e0
#define APIC_SPURIOUS    0x0f0
#define APIC_ISR         0x100
#define APIC_IRR         0x200
#define APIC_ERROR       0x280
#define APIC_LVT_CMCI    0x2f0
#define APIC_ICR_LOW     0x300
#define APIC_ICR_HIGH    0x310
#define APIC_LVT_TIMER   0x320
#define APIC_LVT_THERMAL 0x330
#define APIC_LVT_PERF    0x340
#define APIC_LVT_LINT0   0x350
#define APIC_LVT_LINT1   0x360
#define APIC_LVT_ERROR   0x370
#define APIC_TIMER_INIT  0x380
#define APIC_TIMER_NOW   0x390
#define APIC_TIMER_DIV   0x3e0

#define APIC_BASE_X2APIC 0x400ULL
#define APIC_BASE_ENABLE 0x800ULL

#define APIC_SPURIOUS_ENABLE 0x100U

#define APIC_LVT_MASKED       0x10000U
#define APIC_LVT_LEVEL        0x08000U
#define APIC_LVT_ACTIVE_LOW   0x02000U
#define APIC_LVT_NMI          0x00400U
#define APIC_LVT_TSC_DEADLINE 0x40000U

#define APIC_TIMER_DIV_1 0xbU

/* delivery modes and flags of the interrupt command register */
#define APIC_ICR_FIXED   0x00000U
#define APIC_ICR_NMI     0x00400U
#define APIC_ICR_INIT    0x00500U
#define APIC_ICR_STARTUP 0x00600U
#define APIC_ICR_BUSY    0x01000U
#define APIC_ICR_ASSERT  0x04000U
#define APIC_ICR_LEVEL   0x08000U

extern volatile uint8_t *lapic_mmio; /* (c) null in x2APIC mode */

static inline uint32_t lapic_read(unsigned int reg)
{
    if (lapic_mmio)
        return mmio_read32(lapic_mmio + reg);
    return (uint32_t)rdmsr(MSR_X2APIC + (reg >> 4));
}

static inline void lapic_write(unsigned int reg, uint32_t value)
{
    if (lapic_mmio)
        mmio_write32(lapic_mmio + reg, value);
    else
        wrmsr(MSR_X2APIC + (reg >> 4), value);
}

static inline void lapic_eoi(void)
{
    lapic_write(APIC_EOI, 0);
}

/* This CPU's APIC id, as the MADT names it. */
uint32_t lapic_id(void);

/* Sends an interprocessor interrupt; @command: vector, delivery mode, flags. Any context. */
void lapic_send(uint32_t apic_id, uint32_t command);

/* The APIC id of CPU number @cpu, filled in as CPUs are found. */
extern uint32_t cpu_apic_id[];

#endif
