/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypercalls of a 64-bit PV kernel, through the hypercall page. */
#ifndef GUEST_HYPERCALL_H
#define GUEST_HYPERCALL_H

#include <stddef.h>
#include <stdint.h>

#include <xen/xen.h>

#include <xen/callback.h>
#include <xen/event_channel.h>
#include <xen/memory.h>
#include <xen/physdev.h>
#include <xen/sched.h>
#include <xen/vcpu.h>
#include <xen/version.h>

/* The ABI's error numbers, as XEN_EINVAL and so on. */
#define XEN_ERRNO(name, value) XEN_##name = (value),
enum guest_errno {
#include <xen/errno.h>
};

extern const unsigned char hypercall_page[4096];

static inline unsigned long hypercall_entry(unsigned int nr)
{
    return (unsigned long)hypercall_page + (unsigned long)nr * 32;
}

/* Any hypercall by number; the answer is the register rax. Unused arguments are 0. */
static inline long hypercall(unsigned int nr, unsigned long a1, unsigned long a2, unsigned long a3,
                             unsigned long a4, unsigned long a5)
{
    register unsigned long r10 __asm__("r10") = a4;
    register unsigned long r8 __asm__("r8") = a5;
    long ret;

    __asm__ volatile("call *%[entry]"
                     : "=a"(ret), "+D"(a1), "+S"(a2), "+d"(a3), "+r"(r10), "+r"(r8)
                     : [entry] "0"(hypercall_entry(nr))
                     : "rcx", "r11", "r9", "memory", "cc");
    return ret;
}

static inline long hypercall1(unsigned int nr, unsigned long a1)
{
    return hypercall(nr, a1, 0, 0, 0, 0);
}

static inline long hypercall2(unsigned int nr, unsigned long a1, const volatile void *a2)
{
    return hypercall(nr, a1, (unsigned long)a2, 0, 0, 0);
}

static inline long hypercall3(unsigned int nr, unsigned long a1, unsigned long a2, unsigned long a3)
{
    return hypercall(nr, a1, a2, a3, 0, 0);
}

static inline long console_write(const char *text, size_t length)
{
    return hypercall3(__HYPERVISOR_console_io, CONSOLEIO_write, length, (unsigned long)text);
}

static inline long xen_version(unsigned int op, void *arg)
{
    return hypercall2(__HYPERVISOR_xen_version, op, arg);
}

static inline long memory_op(unsigned int op, void *arg)
{
    return hypercall2(__HYPERVISOR_memory_op, op, arg);
}

static inline long sched_op(unsigned int op, void *arg)
{
    return hypercall2(__HYPERVISOR_sched_op, op, arg);
}

static inline long event_channel_op(unsigned int op, void *arg)
{
    return hypercall2(__HYPERVISOR_event_channel_op, op, arg);
}

static inline long vcpu_op(unsigned int op, unsigned int vcpu, void *arg)
{
    return hypercall3(__HYPERVISOR_vcpu_op, op, vcpu, (unsigned long)arg);
}

static inline long update_va_mapping(const void *address, uint64_t pte, unsigned long flags)
{
    return hypercall3(__HYPERVISOR_update_va_mapping, (unsigned long)address, pte, flags);
}

static inline long mmu_update(struct mmu_update *ops, unsigned int count, unsigned int *done)
{
    return hypercall(__HYPERVISOR_mmu_update, (unsigned long)ops, count, (unsigned long)done,
                     DOMID_SELF, 0);
}

static inline long mmuext_op(struct mmuext_op *ops, unsigned int count, unsigned int *done)
{
    return hypercall(__HYPERVISOR_mmuext_op, (unsigned long)ops, count, (unsigned long)done,
                     DOMID_SELF, 0);
}

#endif
