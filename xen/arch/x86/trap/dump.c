/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Printing registers and backtraces. */
#include <hv/debug.h>
#include <hv/printk.h>

#include <asm/boot.h>
#include <asm/current.h>
#include <asm/processor.h>

static void print_address(vaddr_t ip)
{
    uint64_t offset = 0;
    const char *name = symbol_lookup(ip, &offset);

    printk(LOG_ERR "  [<%p>] %s+%#lx\n", (void *)ip, name ? name : "?", (unsigned long)offset);
}

void regs_print_general(const struct cpu_user_regs *r)
{
    printk(LOG_ERR "rip %p cs %04x rflags %08lx rsp %p ss %04x\n", (void *)r->rip, r->cs,
           (unsigned long)r->rflags, (void *)r->rsp, r->ss);
    printk(LOG_ERR "rax %p rbx %p rcx %p rdx %p\n", (void *)r->rax, (void *)r->rbx, (void *)r->rcx,
           (void *)r->rdx);
    printk(LOG_ERR "rsi %p rdi %p rbp %p r8  %p\n", (void *)r->rsi, (void *)r->rdi, (void *)r->rbp,
           (void *)r->r8);
    printk(LOG_ERR "r9  %p r10 %p r11 %p r12 %p\n", (void *)r->r9, (void *)r->r10, (void *)r->r11,
           (void *)r->r12);
    printk(LOG_ERR "r13 %p r14 %p r15 %p\n", (void *)r->r13, (void *)r->r14, (void *)r->r15);
}

void regs_print(const struct cpu_user_regs *r)
{
    regs_print_general(r);
    printk(LOG_ERR "cr0 %08lx cr2 %p cr3 %08lx cr4 %08lx\n", (unsigned long)read_cr0(),
           (void *)read_cr2(), (unsigned long)read_cr3(), (unsigned long)read_cr4());
}

/* A frame pointer that can be followed: aligned, and on this CPU's stacks. */
static bool frame_is_ours(const uint64_t *frame)
{
    vaddr_t top = (vaddr_t)(cpu_info() + 1), f = (vaddr_t)frame;

    return f < top - sizeof(*frame) && f >= top - STACK_SIZE && !(f & 7);
}

unsigned int backtrace_collect(const uint64_t *frame, vaddr_t *calls, unsigned int max)
{
    unsigned int n = 0;

    while (n < max && frame_is_ours(frame)) {
        const uint64_t *next = (const uint64_t *)frame[0];

        calls[n++] = frame[1];
        if (next <= frame)
            break;
        frame = next;
    }
    return n;
}

void backtrace_print_calls(vaddr_t ip, const vaddr_t *calls, unsigned int n)
{
    printk(LOG_ERR "backtrace:\n");
    if (ip)
        print_address(ip);
    for (unsigned int i = 0; i < n; i++)
        print_address(calls[i]);
}

void backtrace_print(const uint64_t *frame, vaddr_t ip)
{
    vaddr_t calls[BACKTRACE_MAX];

    backtrace_print_calls(ip, calls, backtrace_collect(frame, calls, BACKTRACE_MAX));
}
