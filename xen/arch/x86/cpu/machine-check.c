/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The banks of a CPU in which the hardware notes its errors. */
#include <asm/machine-check.h>

#include <hv/printk.h>
#include <hv/string.h>

#include <asm/cpuid.h>
#include <asm/msr.h>
#include <asm/processor.h>

#define MSR_MCG_CAP      0x179
#define MSR_MCG_STATUS   0x17a
#define MSR_BANK(n, reg) (0x400 + 4 * (n) + (reg))
#define BANK_CTL         0
#define BANK_STATUS      1
#define BANK_ADDR        2

#define MCG_STATUS_RIPV (1ULL << 0) /* what was interrupted can go on */

#define STATUS_VALID        (1ULL << 63)
#define STATUS_UNCORRECTED  (1ULL << 61)
#define STATUS_ADDR_VALID   (1ULL << 58)
#define STATUS_CONTEXT_LOST (1ULL << 57)

static unsigned int nr_banks(void)
{
    uint64_t cap;

    return rdmsr_safe(MSR_MCG_CAP, &cap) ? 0 : (unsigned int)(cap & 0xff);
}

void machine_check_cpu_init(void)
{
    uint64_t status;

    if (!(read_cr4() & CR4_MCE) || !(cpuid(1, 0).d & 1U << 14)) /* MCA */
        return;
    for (unsigned int i = 0; i < nr_banks(); i++) {
        if (!rdmsr_safe(MSR_BANK(i, BANK_STATUS), &status) && (status & STATUS_VALID))
            printk(LOG_WARN "machine check before the start: bank %u, status %#lx\n", i,
                   (unsigned long)status);
        wrmsr_safe(MSR_BANK(i, BANK_CTL), ~0ULL);
        wrmsr_safe(MSR_BANK(i, BANK_STATUS), 0);
    }
}

/* Takes bank @i into the record if it is the first, or worse than what is there. */
static void bank_note(struct machine_check *mc, unsigned int i, uint64_t status)
{
    bool lost = status & STATUS_CONTEXT_LOST;

    if (!mc->status || lost) {
        mc->bank = i;
        mc->status = status;
        mc->address = 0;
        if (status & STATUS_ADDR_VALID)
            rdmsr_safe(MSR_BANK(i, BANK_ADDR), &mc->address);
    }
    /* Uncorrected: whose data is lost cannot be told apart, so nobody may go on with it. */
    if (lost || (status & STATUS_UNCORRECTED))
        mc->fatal = true;
}

void machine_check_read(struct machine_check *mc)
{
    uint64_t status;

    memset(mc, 0, sizeof(*mc));
    rdmsr_safe(MSR_MCG_STATUS, &mc->global);
    mc->fatal = !(mc->global & MCG_STATUS_RIPV);
    for (unsigned int i = 0; i < nr_banks(); i++) {
        if (rdmsr_safe(MSR_BANK(i, BANK_STATUS), &status) || !(status & STATUS_VALID))
            continue;
        bank_note(mc, i, status);
        wrmsr_safe(MSR_BANK(i, BANK_STATUS), 0);
    }
    /* In progress no more; the next one would else shut the CPU down. */
    wrmsr_safe(MSR_MCG_STATUS, 0);
}
