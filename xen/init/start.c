/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Start-up: the ordered table of steps from a filled boot_info to a running control domain. */
#include <hv/acpi.h>
#include <hv/boot-info.h>
#include <hv/console.h>
#include <hv/debug.h>
#include <hv/efi.h>
#include <hv/init.h>
#include <hv/irq.h>
#include <hv/printk.h>
#include <hv/sched.h>
#include <hv/smp.h>
#include <hv/timer.h>
#include <hv/uart.h>
#include <hv/version.h>
#include <hv/video.h>

#include <asm/apic.h>
#include <asm/boot.h>
#include <asm/cpu.h>
#include <asm/cpuid.h>
#include <asm/dom0.h>
#include <asm/early.h>
#include <asm/entry.h>
#include <asm/pv.h>
#include <asm/spec-ctrl.h>
#include <asm/time.h>

static void say_hello(void)
{
    printk(LOG_INFO "Domus, a hypervisor for the Xen %u.%u ABI (%s, %s)\n", ABI_VERSION_MAJOR,
           ABI_VERSION_MINOR, version_commit, version_compiler);
    printk(LOG_INFO "started by %s, command line: %s\n",
           boot_info.loader[0] ? boot_info.loader : "an unnamed loader", boot_info.cmdline);
    printk(LOG_INFO "compiled in: %s\n", version_hardening);
}

static void console_start(void)
{
    params_parse(boot_info.cmdline);
    uart_init();
}

static void acpi_start(void)
{
    acpi_init(boot_info.rsdp);
}

static void scheduler_start(void)
{
    sched_init();
    current = idle_vcpu[0];
}

static void interrupts_init(void)
{
    pic_init();
    lapic_init_bsp();
    ioapic_init();
}

/* In this order; each step may use what the steps above it set up. */
static const struct {
    const char *name;
    void (*run)(void);
} steps[] = {
    { "console", console_start },
    { "greeting", say_hello },
    { "features", cpu_features_detect },
    { "early memory", early_memory_init },
    { "page tables", mm_init },
    { "frame allocator", early_memory_finish },
    { "console ring", console_ring_grow },
    { "boot CPU's descriptors", cpu_setup_boot },
    { "boot CPU", cpu_init },
    { "screen", video_init }, /* write-combining is there from "boot CPU" on */
    { "SMAP", smap_patch },
    { "speculation", spec_ctrl_init },
    { "NMI", nmi_init },
    { "EFI", efi_init },
    { "ACPI", acpi_start },
    { "interrupt controllers", interrupts_init },
    { "time", time_init },
    { "timers", timer_subsystem_init },
    { "domains", domain_system_init },
    { "page types", pv_mm_init },
    { "audit", pv_audit_init },
    { "scheduler", scheduler_start },
    { "other CPUs", smp_boot_all },
    { "serial interrupts", uart_start_interrupts },
    { "control domain", dom0_start },
    { "console for the control domain", console_hand_over },
    { "debug_crash=", debug_crash_run },
};

void start_hypervisor(int boot_error)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(steps); i++) {
        steps[i].run();
        if (i == 1 && boot_error)
            panic("the boot loader left no usable information");
    }
    idle_loop();
}
