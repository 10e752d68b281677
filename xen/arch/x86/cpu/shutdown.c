/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hardware domain stopped, and so does the machine. */
#include <hv/debug.h>
#include <hv/domain.h>
#include <hv/printk.h>

#include <asm/power.h>

static const char *reason_of(uint8_t code)
{
    static const char *const reasons[] = {
        [SHUTDOWN_poweroff] = "powers off",
        [SHUTDOWN_reboot] = "reboots",
        [SHUTDOWN_suspend] = "suspends, which it cannot",
        [SHUTDOWN_crash] = "crashed",
        [SHUTDOWN_watchdog] = "was stopped by its watchdog",
        [SHUTDOWN_soft_reset] = "asks for a soft reset, which it cannot have",
    };

    return code < ARRAY_SIZE(reasons) ? reasons[code] : "stopped for an unknown reason";
}

static void (*before_shutdown)(void);

void hardware_domain_on_shutdown(void (*fn)(void))
{
    before_shutdown = fn;
}

void hardware_domain_shutdown(uint8_t code)
{
    if (before_shutdown)
        before_shutdown();
    printk(code <= SHUTDOWN_reboot ? LOG_INFO "domain 0 %s\n" : LOG_ERR "domain 0 %s\n",
           reason_of(code));
    switch (code) {
    case SHUTDOWN_poweroff:
        acpi_power_off();
        printk(LOG_ERR "the machine does not switch off; it may be switched off by hand\n");
        machine_halt();
    case SHUTDOWN_reboot: machine_restart();
    default: machine_reboot_or_stay();
    }
}
