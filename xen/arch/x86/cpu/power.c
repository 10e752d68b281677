/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's end: power off, reset, halt. */
#include <asm/power.h>

#include <hv/acpi.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/init.h>
#include <hv/printk.h>
#include <hv/smp.h>
#include <hv/string.h>

#include <asm/io.h>
#include <asm/irqflags.h>
#include <asm/mm.h>

#define PM1_SCI_ENABLE  (1U << 0)
#define PM1_SLEEP_SHIFT 10
#define PM1_SLEEP_MASK  (7U << PM1_SLEEP_SHIFT)
#define PM1_SLEEP_START (1U << 13)

#define RESET_CONTROL      0xcf9 /* of Intel's chip sets, and what others copy */
#define RESET_CONTROL_HARD 0x02
#define RESET_CONTROL_GO   0x04
#define RESET_CONTROL_FULL 0x08

#define KBC_STATUS      0x64
#define KBC_COMMAND     0x64
#define KBC_INPUT_FULL  0x02
#define KBC_PULSE_RESET 0xfe

#define RESET_WAIT_US 20000U

static enum { REBOOT_ACPI, REBOOT_KBD, REBOOT_PCI, REBOOT_TRIPLE } first_way;

/* reboot=no is the console's business (noreboot); here: which way is tried first. */
static int reboot_param(const char *value)
{
    if (*value == 'a')
        first_way = REBOOT_ACPI;
    else if (*value == 'k')
        first_way = REBOOT_KBD;
    else if (*value == 'p' || *value == 'P')
        first_way = REBOOT_PCI;
    else if (*value == 't')
        first_way = REBOOT_TRIPLE;
    else
        return -EINVAL;
    return 0;
}
DEFINE_PARAM("reboot", reboot_param);

static void pm1_write(const struct acpi_register *r, uint16_t clear, uint16_t set)
{
    volatile uint16_t *mmio;
    uint16_t value;

    if (!r->address)
        return;
    if (r->space == ACPI_SPACE_IO) {
        value = (uint16_t)(inw((uint16_t)r->address) & ~clear) | set;
        outw((uint16_t)r->address, value);
        return;
    }
    mmio = ioremap(r->address, sizeof(*mmio));
    if (mmio)
        *mmio = (uint16_t)(*mmio & ~clear) | set;
}

/* The sleep type first, then again with the bit that starts it (ACPI 6.4, 16.1.7). */
void acpi_power_off(void)
{
    uint16_t a = (uint16_t)(acpi_info.s5_type_a << PM1_SLEEP_SHIFT);
    uint16_t b = (uint16_t)(acpi_info.s5_type_b << PM1_SLEEP_SHIFT);

    if (!acpi_info.has_s5 || !acpi_info.pm1a_control.address)
        return;
    irq_disable();
    smp_stop_others();
    pm1_write(&acpi_info.pm1a_control, PM1_SLEEP_MASK | PM1_SLEEP_START, a);
    pm1_write(&acpi_info.pm1b_control, PM1_SLEEP_MASK | PM1_SLEEP_START, b);
    pm1_write(&acpi_info.pm1a_control, PM1_SLEEP_MASK, a | PM1_SLEEP_START);
    pm1_write(&acpi_info.pm1b_control, PM1_SLEEP_MASK, b | PM1_SLEEP_START);
    delay_us(RESET_WAIT_US);
}

static void reset_by_acpi(void)
{
    const struct acpi_register *r = &acpi_info.reset;
    volatile uint8_t *mmio;

    if (!r->address)
        return;
    if (r->space == ACPI_SPACE_IO) {
        outb((uint16_t)r->address, acpi_info.reset_value);
    } else if (r->space == ACPI_SPACE_MEMORY) {
        mmio = ioremap(r->address, 1);
        if (mmio)
            *mmio = acpi_info.reset_value;
    }
}

static void reset_by_keyboard(void)
{
    for (unsigned int i = 0; i < 100 && (inb(KBC_STATUS) & KBC_INPUT_FULL); i++)
        delay_us(50);
    outb(KBC_COMMAND, KBC_PULSE_RESET);
}

static void reset_by_chipset(void)
{
    outb(RESET_CONTROL, RESET_CONTROL_HARD);
    delay_us(50);
    outb(RESET_CONTROL, RESET_CONTROL_HARD | RESET_CONTROL_GO | RESET_CONTROL_FULL);
}

static void reset_by_triple_fault(void)
{
    static const struct {
        uint16_t limit;
        uint64_t base;
    } __packed nothing;

    asm volatile("lidt %0; int3" ::"m"(nothing));
}

void machine_restart(void)
{
    static void (*const ways[])(void) = {
        [REBOOT_ACPI] = reset_by_acpi,
        [REBOOT_KBD] = reset_by_keyboard,
        [REBOOT_PCI] = reset_by_chipset,
        [REBOOT_TRIPLE] = reset_by_triple_fault,
    };

    irq_disable();
    smp_stop_others();
    for (unsigned int i = 0;; i++) {
        ways[(first_way + i) % ARRAY_SIZE(ways)]();
        delay_us(RESET_WAIT_US);
    }
}

void machine_halt(void)
{
    irq_disable();
    smp_stop_others();
    printk(LOG_INFO "machine halted\n");
    for (;;)
        asm volatile("cli; hlt" ::: "memory");
}
