/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end: stop all CPUs, say everything that helps, reboot or stay (noreboot). Nothing here may
 * wait for a lock: its holder may be stopped, or be the one who panics.
 */
#include <hv/console.h>
#include <hv/debug.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/init.h>
#include <hv/printf.h>
#include <hv/printk.h>
#include <hv/smp.h>
#include <hv/string.h>
#include <hv/time.h>
#include <hv/video.h>

#include <asm/current.h>

#define REBOOT_SECONDS 5 /* as the message below says */
#define NO_CPU         UINT32_MAX

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
    nstime_t start;

    printk(LOG_ERR "%s\n", opt_noreboot ? "Staying here (noreboot)." : "Rebooting in 5 seconds.");
    if (opt_noreboot)
        machine_halt();
    start = time_now();
    for (int i = 0; i < REBOOT_SECONDS * 1000; i++)
        delay_us(1000);
    if (time_now() - start < NS_PER_S) /* time does not run yet: nobody would have read it */
        machine_halt();
    machine_restart();
}

/* The panic's own code failed. What was printed must do. */
static void __noreturn panic_again(void)
{
    static bool tried;

    if (!__atomic_exchange_n(&tried, true, __ATOMIC_SEQ_CST)) {
        printk(LOG_ERR "\n*** another one while printing the panic\n");
        machine_reboot_or_stay();
    }
    machine_restart();
}

static void print_current(void)
{
    const struct vcpu *v = current;

    if (!v)
        printk(LOG_ERR "current: no vcpu yet\n");
    else if (v->is_idle)
        printk(LOG_ERR "current: the idle vcpu\n");
    else
        printk(LOG_ERR "current: d%uv%u, its rip %p, rsp %p\n", v->domain->id, v->id,
               (void *)guest_regs()->rip, (void *)guest_regs()->rsp);
}

static void __noreturn __printf(1, 0)
    panic_with(const char *fmt, va_list args, const struct cpu_user_regs *regs)
{
    static uint32_t panicker = NO_CPU;
    static char reason[160];
    uint32_t self = smp_cpu_id(), owner = NO_CPU;

    irq_disable();
    if (!__atomic_compare_exchange_n(&panicker, &owner, self, false, __ATOMIC_SEQ_CST,
                                     __ATOMIC_SEQ_CST)) {
        if (owner == self)
            panic_again();
        smp_stop_others(); /* another CPU is faster: stops here */
    }
    smp_stop_others();
    console_break_locks();
    video_take_back();
    printk(LOG_ERR "\n");
    /* In one piece: a message without a level is a warning, which loglvl= may hide. */
    vsnprintf(reason, sizeof(reason), fmt, args);
    printk(LOG_ERR "*** PANIC on CPU %u: %s\n", self, reason);
    print_current();
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
    panic_with(fmt, args, NULL);
    va_end(args);
}

void panic_regs(const struct cpu_user_regs *regs, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    panic_with(fmt, args, regs);
    va_end(args);
}

#define UNMAPPED (UINT64_MAX - 0xfff) /* an address that nothing of ours lies at */

static char crash_kind[8];

/* "panic", "fault" or "null". */
static int debug_crash_parse(const char *value)
{
    return strlcpy(crash_kind, value, sizeof(crash_kind)) < sizeof(crash_kind) ? 0 : -EINVAL;
}
DEFINE_PARAM("debug_crash", debug_crash_parse);

void debug_crash_run(void)
{
    if (!strcmp(crash_kind, "panic"))
        panic("asked to by debug_crash");
    if (!strcmp(crash_kind, "fault"))
        *(volatile char *)UNMAPPED = 0;
    if (!strcmp(crash_kind, "null"))
        *(volatile char *)strlen("") = 0; /* a null pointer that the compiler cannot tell */
}
