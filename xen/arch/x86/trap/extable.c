/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking up faulting instructions, and the accesses that are allowed to fault. */
#include <hv/errno.h>

#include <asm/extable.h>
#include <asm/msr.h>

struct extable_entry {
    int32_t first, last, fixup; /* each relative to its own field */
};

extern const struct extable_entry extable_start[], extable_end[];

static vaddr_t target(const int32_t *field)
{
    return (vaddr_t)field + (vaddr_t)(int64_t)*field;
}

vaddr_t extable_find(vaddr_t rip)
{
    for (const struct extable_entry *e = extable_start; e < extable_end; e++)
        if (rip >= target(&e->first) && rip <= target(&e->last))
            return target(&e->fixup);
    return 0;
}

int rdmsr_safe(uint32_t msr, uint64_t *v)
{
    uint32_t lo = 0, hi = 0;
    int ret = -EFAULT;

    asm volatile("1: rdmsr\n xor %2, %2\n2:\n" EXTABLE_ENTRY("1b", "2b")
                 : "+a"(lo), "+d"(hi), "+r"(ret)
                 : "c"(msr));
    *v = lo | (uint64_t)hi << 32;
    return ret;
}

int wrmsr_safe(uint32_t msr, uint64_t v)
{
    int ret = -EFAULT;

    asm volatile("1: wrmsr\n xor %0, %0\n2:\n" EXTABLE_ENTRY("1b", "2b")
                 : "+r"(ret)
                 : "c"(msr), "a"((uint32_t)v), "d"((uint32_t)(v >> 32))
                 : "memory");
    return ret;
}
