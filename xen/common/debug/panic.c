/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end: say everything that helps, stop all CPUs, reboot or stay (noreboot). */
#include <hv/console.h>
#include <hv/debug.h>
#include <hv/domain.h>
#include <hv/init.h>
#include <hv/printk.h>
#include <hv/smp.h>
#include <hv/time.h>

#include <asm/current.h>

static bool opt_noreboot;

static int noreboot_parse(const char *value)
{
    int v = param_bool(value);

    opt_noreboot = v > 0;
    return v < 0 ? v : 0;
}
DEFINE_PARAM("noreboot", noreboot_parse);

void machine_reboot_or_stay(void)
{
    printk(LOG_ERR "%s\n", opt_noreboot ? "Staying here (noreboot)." : "Rebooting in 5 seconds.");
    if (opt_noreboot)
        machine_halt();
    for (int i = 0; i < 5000; i++)
        delay_us(1000);
    machine_restart();
}

/* Only the first CPU that panics speaks. */
static void __printf(1, 0) panic_say(const char *fmt, va_list args)
{
    static bool panicking;

    irq_disable();
    if (__atomic_exchange_n(&panicking, true, __ATOMIC_SEQ_CST))
        machine_halt();
    smp_stop_others();
    console_break_locks();
    printk(LOG_ERR "\n");
    printk(LOG_ERR "*** PANIC on CPU %u: ", smp_cpu_id());
    vprintk(fmt, args);
    printk(LOG_ERR "\n");
}

static void __noreturn panic_end(const struct cpu_user_regs *regs)
{
    const struct vcpu *v = current;

    if (v && v->domain)
        printk(LOG_ERR "current: d%uv%u\n", v->domain->id, v->id);
    if (regs) {
        regs_print(regs);
        backtrace_print((const uint64_t *)regs->rbp, regs->rip);
    } else {
        backtrace_print(__builtin_frame_address(0), 0);
    }
    machine_reboot_or_stay();
}

void panic(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    panic_say(fmt, args);
    va_end(args);
    panic_end(NULL);
}

void panic_regs(const struct cpu_user_regs *regs, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    panic_say(fmt, args);
    va_end(args);
    panic_end(regs);
}
