/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypercalls sched_op and set_timer_op. */
#include "private.h"

#include <hv/errno.h>
#include <hv/guest-access.h>

static const void *guest_ptr(unsigned long arg)
{
    return (const void *)arg;
}

static long op_yield(unsigned long arg __unused)
{
    vcpu_yield();
    return 0;
}

static long op_block(unsigned long arg __unused)
{
    WRITE_ONCE(current->info->evtchn_upcall_mask, 0);
    vcpu_block();
    return 0;
}

static long op_shutdown(unsigned long arg)
{
    struct sched_shutdown op;

    if (guest_copy_from(&op, guest_ptr(arg), sizeof(op)))
        return -EFAULT;
    domain_shutdown(current->domain, (uint8_t)op.reason);
    return 0;
}

static long op_shutdown_code(unsigned long arg)
{
    struct domain *d = current->domain;
    struct sched_shutdown op;

    if (guest_copy_from(&op, guest_ptr(arg), sizeof(op)))
        return -EFAULT;
    spin_lock(&d->shutdown_lock);
    if (!d->is_shut_down) {
        d->shutdown_code = (uint8_t)op.reason;
        d->shutdown_code_latched = true;
    }
    spin_unlock(&d->shutdown_lock);
    return 0;
}

static long op_poll(unsigned long arg)
{
    struct sched_poll op;

    if (guest_copy_from(&op, guest_ptr(arg), sizeof(op)))
        return -EFAULT;
    return sched_poll_ports(current, &op);
}

static long op_remote_shutdown(unsigned long arg)
{
    struct sched_remote_shutdown op;
    struct domain *d;
    long rc = 0;

    if (guest_copy_from(&op, guest_ptr(arg), sizeof(op)))
        return -EFAULT;
    d = domain_get_by_id(op.domain_id);
    if (!d)
        return -ESRCH;
    if (current->domain->is_privileged && d != current->domain)
        domain_shutdown(d, (uint8_t)op.reason);
    else
        rc = -EPERM;
    domain_put(d);
    return rc;
}

static long op_watchdog(unsigned long arg)
{
    struct sched_watchdog op;

    if (guest_copy_from(&op, guest_ptr(arg), sizeof(op)))
        return -EFAULT;
    return domain_watchdog(current->domain, op.id, op.timeout);
}

static long op_pin_override(unsigned long arg)
{
    struct sched_pin_override op;

    if (!current->domain->is_hardware)
        return -EPERM;
    if (guest_copy_from(&op, guest_ptr(arg), sizeof(op)))
        return -EFAULT;
    return vcpu_pin_override(current, op.pcpu);
}

static long (*const sched_ops_table[])(unsigned long arg) = {
    [SCHEDOP_yield] = op_yield,
    [SCHEDOP_block] = op_block,
    [SCHEDOP_shutdown] = op_shutdown,
    [SCHEDOP_poll] = op_poll,
    [SCHEDOP_remote_shutdown] = op_remote_shutdown,
    [SCHEDOP_shutdown_code] = op_shutdown_code,
    [SCHEDOP_watchdog] = op_watchdog,
    [SCHEDOP_pin_override] = op_pin_override,
};

long do_sched_op(unsigned long cmd, unsigned long arg, unsigned long a3 __unused,
                 unsigned long a4 __unused, unsigned long a5 __unused)
{
    if (cmd >= ARRAY_SIZE(sched_ops_table))
        return -ENOSYS;
    return sched_ops_table[cmd](arg);
}

long do_set_timer_op(unsigned long timeout, unsigned long a2 __unused, unsigned long a3 __unused,
                     unsigned long a4 __unused, unsigned long a5 __unused)
{
    vcpu_set_singleshot(current, (nstime_t)timeout);
    return 0;
}
