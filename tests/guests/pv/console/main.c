/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The console's hypercalls: console_io, and sysctl's readconsole with its neighbours. */
/* What the tools see. */
#define __XEN_TOOLS__ 1

#include "guest.h"

#include <xen/sysctl.h>

#define UNMAPPED ((void *)0x10000)

static char text[32768];

static long console_io(unsigned int cmd, unsigned long count, void *buffer)
{
    return hypercall3(__HYPERVISOR_console_io, cmd, count, (unsigned long)buffer);
}

static long sysctl(struct xen_sysctl *op, uint32_t cmd)
{
    op->cmd = cmd;
    op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    return hypercall1(__HYPERVISOR_sysctl, (unsigned long)op);
}

static void test_console_io(void)
{
    check_equal(console_io(CONSOLEIO_write, 0, UNMAPPED), 0);
    check_equal(console_io(CONSOLEIO_write, 4, UNMAPPED), -XEN_EFAULT);
    check_equal(console_io(CONSOLEIO_read, 0, UNMAPPED), 0);
    check_equal(console_io(CONSOLEIO_read, sizeof(text), text), 0); /* nobody types */
    check_equal(console_io(CONSOLEIO_read, 0x80000000UL, text), -XEN_E2BIG);
    check_equal(console_io(CONSOLEIO_write, 0x80000000UL, UNMAPPED), -XEN_EFAULT);
    check_equal(console_io(2, 0, text), -XEN_ENOSYS);
}

static void test_sysctl_entry(void)
{
    struct xen_sysctl op = { .cmd = XEN_SYSCTL_sched_id };

    check_equal(hypercall1(__HYPERVISOR_sysctl, (unsigned long)UNMAPPED), -XEN_EFAULT);
    op.interface_version = XEN_SYSCTL_INTERFACE_VERSION - 1;
    check_equal(hypercall1(__HYPERVISOR_sysctl, (unsigned long)&op), -XEN_EACCES);
    check_equal(sysctl(&op, 1000), -XEN_ENOSYS);
    check_equal(sysctl(&op, XEN_SYSCTL_sched_id), 0);
    check(op.u.sched_id.sched_id == XEN_SCHEDULER_CREDIT2);
}

static long read_ring(struct xen_sysctl *op, void *buffer, uint32_t count, bool incremental)
{
    op->u.readconsole.clear = 0;
    op->u.readconsole.incremental = incremental;
    op->u.readconsole.pad0 = op->u.readconsole.pad1 = 0;
    op->u.readconsole.buffer.p = buffer;
    op->u.readconsole.count = count;
    return sysctl(op, XEN_SYSCTL_readconsole);
}

static void test_readconsole(void)
{
    struct xen_sysctl op = { 0 };
    uint32_t all, end;
    char c = 0;

    check_equal(read_ring(&op, UNMAPPED, 10, false), -XEN_EFAULT);
    check_equal(read_ring(&op, text, sizeof(text), false), 0);
    all = op.u.readconsole.count;
    end = op.u.readconsole.index;
    print("the ring holds %u characters, ends at %u\n", all, end);
    check(all > 500 && end >= all);
    check_equal(text[all - 1], '\n');
    check_equal(strncmp(text, "(XEN) ", 6) && strncmp(text, " ", 1), 0);
    /* On from there: nothing. From one before: that one. */
    check_equal(read_ring(&op, text, sizeof(text), true), 0);
    check_equal(op.u.readconsole.count, 0);
    op.u.readconsole.index = end - 1;
    check_equal(read_ring(&op, &c, 1, true), 0);
    check_equal(op.u.readconsole.count, 1);
    check_equal(op.u.readconsole.index, end);
    check_equal(c, '\n');
}

static void test_physinfo(void)
{
    struct xen_sysctl op = { 0 };
    const struct xen_sysctl_physinfo *p = &op.u.physinfo;

    check_equal(sysctl(&op, XEN_SYSCTL_physinfo), 0);
    print("%u threads, %u cores, %u nodes, %u kHz, capabilities %x, %lu of %lu pages, mfn %lx\n",
          p->threads_per_core, p->cores_per_socket, p->nr_nodes, p->cpu_khz, p->capabilities,
          p->free_pages, p->total_pages, p->max_mfn);
    for (int i = 0; i < 8; i++)
        print("hw_cap[%d] %x\n", i, p->hw_cap[i]);
    check_equal(p->nr_cpus, 1);
    check(p->max_cpu_id < 4096 && p->nr_nodes == 1 && p->cpu_khz > 1000);
    check(p->free_pages < p->total_pages && p->total_pages > 100000);
    check(p->capabilities & XEN_SYSCTL_PHYSCAP_pv);
}

static void test_debug_keys(void)
{
    static const char keys[] = { 'h', 'q' };
    struct xen_sysctl op = { 0 };

    op.u.debug_keys.keys.p = UNMAPPED;
    op.u.debug_keys.nr_keys = 1;
    check_equal(sysctl(&op, XEN_SYSCTL_debug_keys), -XEN_EFAULT);
    op.u.debug_keys.keys.p = keys;
    op.u.debug_keys.nr_keys = sizeof(keys);
    check_equal(sysctl(&op, XEN_SYSCTL_debug_keys), 0);
}

void guest_main(void)
{
    test_console_io();
    test_sysctl_entry();
    test_readconsole();
    test_physinfo();
    test_debug_keys();
}
