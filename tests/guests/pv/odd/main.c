/* SPDX-License-Identifier: GPL-2.0-or-later */
/* timeout: 90 */
/*
 * Exceptions in odd places: alignment checks, breakpoints on what the hypervisor reads and writes,
 * debug exceptions delayed into the SYSCALL entry. The hypervisor must go on as if they were not.
 */
#include "guest.h"
#include "traps.h"

#define TRAP_AC  17
#define FLAGS_TF 0x100UL
#define FLAGS_AC 0x40000UL

static volatile unsigned long debugs, breakpoints, alignments;

static bool hook(struct trap_frame *frame)
{
    switch (frame->vector) {
    case TRAP_DB:
        debugs++;
        frame->rflags &= ~FLAGS_TF;
        return true;
    case TRAP_BP: breakpoints++; return true;
    case TRAP_AC:
        alignments++;
        frame->rflags &= ~FLAGS_AC;
        return true;
    default: return false;
    }
}

static void set_dr(unsigned long reg, unsigned long value)
{
    check_equal(hypercall2(__HYPERVISOR_set_debugreg, reg, (const void *)value), 0);
}

/* With AC set: a misaligned access traps here, and none of the hypervisor's own ever does. */
static void alignment(void)
{
    static char bytes[24] __attribute__((aligned(16)));
    char text[] = "xodd: this text is not aligned\n";
    unsigned long flags;

    __asm__ volatile("pushfq; orq %1, (%%rsp); popfq; pushfq; popq %0"
                     : "=r"(flags)
                     : "i"(FLAGS_AC));
    check(flags & FLAGS_AC);
    console_write(text + 1, sizeof(text) - 2);
    hypercall2(__HYPERVISOR_xen_version, XENVER_extraversion, bytes + 1);
    check_equal(alignments, 0);
    __asm__ volatile("movq $1, %0" : "=m"(*(uint64_t *)(bytes + 1)));
    if (!alignments)
        print("odd: this processor is an emulator that checks no alignment\n");
    __asm__ volatile("pushfq; andq %0, (%%rsp); popfq" : : "i"(~FLAGS_AC));
}

/* A data breakpoint on @at: read or write, eight bytes. */
static void watch(volatile void *at)
{
    set_dr(0, (unsigned long)at);
    set_dr(7, 0x000b0403); /* both enables, read or write, eight bytes */
}

static void unwatch(void)
{
    set_dr(7, 0x400);
}

static void watched_buffer(void)
{
    static uint64_t words[64] __attribute__((aligned(64)));
    unsigned long before;
    char *text = (char *)words;

    memcpy(text, "odd: a watched text, longer than a word\n", 40);
    watch(&words[1]);
    before = debugs;
    check_equal(console_write(text, 40), 0);
    check_equal(hypercall2(__HYPERVISOR_xen_version, XENVER_extraversion, (void *)text), 0);
    check_equal(debugs, before); /* the hypervisor's accesses are not the guest's */
    check_equal(text[0], '-');
    *(volatile uint64_t *)&words[1] = 1;
    check_equal(debugs, before + 1);
    unwatch();
}

/* MOV SS from a watched word, then at once into the hypervisor. */
static void delayed(void)
{
    static volatile uint64_t word[2] __attribute__((aligned(64)));
    unsigned long ss, answer = __HYPERVISOR_xen_version, before = debugs;

    __asm__ volatile("mov %%ss, %0" : "=r"(ss));
    word[0] = ss;
    watch(&word[0]);
    __asm__ volatile("mov (%1), %%ss; syscall"
                     : "+a"(answer)
                     : "r"(word), "D"(XENVER_version), "S"(0)
                     : "rcx", "r11", "memory");
    check_equal(answer, 4 << 16 | 17);
    if (debugs != before) {
        print("odd: this processor is an emulator that delays no debug exception\n");
        unwatch();
        return;
    }
    /* The stack pointer is not ours while the call is made: nothing may be pushed there. */
    answer = __HYPERVISOR_xen_version;
    __asm__ volatile("mov %%rsp, %%rbx; mov $0xffff830000100000, %%rsp; mov (%1), %%ss; syscall\n"
                     "mov %%rbx, %%rsp"
                     : "+a"(answer)
                     : "r"(word), "D"(XENVER_version), "S"(0)
                     : "rbx", "rcx", "r11", "memory");
    check_equal(answer, 4 << 16 | 17);
    __asm__ volatile("mov (%0), %%ss; int3" : : "r"(word) : "memory");
    check_equal(breakpoints, 1);
    print("odd: debug exceptions were delayed into the hypervisor\n");
    unwatch();
}

static void stepping(void)
{
    unsigned long before = debugs, breaks = breakpoints;

    __asm__ volatile("pushfq; orq %0, (%%rsp); popfq; nop" : : "i"(FLAGS_TF));
    check_equal(debugs, before + 1);
    /* Stepped into a call of the hypervisor: the step ends behind it. */
    __asm__ volatile("pushfq; orq %0, (%%rsp); popfq; int3" : : "i"(FLAGS_TF));
    check_equal(breakpoints, breaks + 1);
}

void guest_main(void)
{
    trap_hook = hook;
    alignment();
    watched_buffer();
    delayed();
    stepping();
    print("odd: %lu debug exceptions, %lu breakpoints, %lu alignment checks\n", debugs, breakpoints,
          alignments);
}
