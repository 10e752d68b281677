/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters of known rate: HPET, ACPI PM timer, and the PIT, which every machine has. */
#include <hv/acpi.h>

#include <asm/io.h>
#include <asm/mm.h>

#include "private.h"

/* HPET registers (IA-PC HPET specification 1.0a, 2.3) */
#define HPET_CAPABILITIES 0x000
#define HPET_PERIOD       0x004 /* in femtoseconds */
#define HPET_CONFIG       0x010
#define HPET_COUNTER      0x0f0
#define HPET_TIMER(n)     (0x100U + 0x20U * (n))
#define HPET_ENABLE       1U
#define HPET_LEGACY       2U
#define HPET_TIMER_ENABLE 4U
#define HPET_MAX_PERIOD   100000000U /* by the specification */
#define FS_PER_S          1000000000000000ULL

#define PM_TIMER_HZ 3579545U

#define PIT_HZ         1193182U
#define PIT_COUNTER2   0x42
#define PIT_CONTROL    0x43
#define PIT_C2_RATE    0xb4 /* counter 2, low then high byte, mode 2 */
#define PIT_C2_LATCH   0x80
#define PORT_B         0x61
#define PORT_B_GATE2   0x01
#define PORT_B_SPEAKER 0x02

static volatile uint8_t *hpet;

static uint32_t hpet_read(void)
{
    return mmio_read32(hpet + HPET_COUNTER);
}

static bool hpet_probe(struct refclock *r)
{
    uint32_t period, caps, config;

    if (!acpi_info.hpet)
        return false;
    hpet = ioremap(acpi_info.hpet, PAGE_SIZE);
    if (!hpet)
        return false;
    caps = mmio_read32(hpet + HPET_CAPABILITIES);
    period = mmio_read32(hpet + HPET_PERIOD);
    if (caps == 0xffffffff || !period || period > HPET_MAX_PERIOD)
        return false;
    /* Only the counter is used: its timers are silenced, the PIT keeps its interrupt line. */
    for (unsigned int i = 0; i <= ((caps >> 8) & 31); i++) {
        uint32_t timer = mmio_read32(hpet + HPET_TIMER(i));

        mmio_write32(hpet + HPET_TIMER(i), timer & ~HPET_TIMER_ENABLE);
    }
    config = mmio_read32(hpet + HPET_CONFIG);
    mmio_write32(hpet + HPET_CONFIG, (config & ~HPET_LEGACY) | HPET_ENABLE);
    *r = (struct refclock){ "HPET", FS_PER_S / period, 0xffffffff, hpet_read };
    return true;
}

static uint32_t pm_timer_read(void)
{
    return inl((uint16_t)acpi_info.pm_timer.address);
}

/* Whether the counter counts at all; a microsecond is several ticks of each. */
static bool counts(const struct refclock *r)
{
    uint32_t start = r->read() & r->mask;

    for (unsigned int i = 0; i < 10000; i++)
        if ((r->read() & r->mask) != start)
            return true;
    return false;
}

static bool pm_timer_probe(struct refclock *r)
{
    if (!acpi_info.pm_timer.address || acpi_info.pm_timer.space != ACPI_SPACE_IO)
        return false;
    *r = (struct refclock){ "ACPI PM timer", PM_TIMER_HZ, 0xffffff, pm_timer_read };
    return true;
}

static uint32_t pit_read(void)
{
    uint32_t count;

    outb(PIT_CONTROL, PIT_C2_LATCH);
    count = inb(PIT_COUNTER2);
    count |= (uint32_t)inb(PIT_COUNTER2) << 8;
    return 0U - count; /* it counts down */
}

static struct refclock pit_start(void)
{
    outb(PORT_B, (uint8_t)((inb(PORT_B) & ~PORT_B_SPEAKER) | PORT_B_GATE2));
    outb(PIT_CONTROL, PIT_C2_RATE);
    outb(PIT_COUNTER2, 0);
    outb(PIT_COUNTER2, 0);
    return (struct refclock){ "PIT", PIT_HZ, 0xffff, pit_read };
}

struct refclock refclock_find(void)
{
    struct refclock r;

    if (hpet_probe(&r) && counts(&r))
        return r;
    if (pm_timer_probe(&r) && counts(&r))
        return r;
    return pit_start();
}
