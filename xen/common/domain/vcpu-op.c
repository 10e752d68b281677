/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypercall vcpu_op: a domain starts, stops and asks about its own vcpus. */
#include <hv/speculation.h>
#include <hv/vcpu-op.h>

#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/hypercall.h>
#include <hv/sched.h>

#define DOWN (1UL << VPF_DOWN)

/* The longest period that cannot overflow system time. */
#define PERIOD_MAX (INT64_MAX / 4)

static bool is_down(const struct vcpu *v)
{
    return READ_ONCE(v->pause_flags) & DOWN;
}

static long op_initialise(struct vcpu *v, unsigned long arg)
{
    int rc;

    /* shared_info has no place for its events: it must have been given one. */
    if (v->id >= XEN_LEGACY_MAX_VCPUS && !v->info_frame)
        return -EINVAL;
    if (v->is_initialised)
        return -EEXIST;
    rc = arch_vcpu_initialise(v, (const void *)arg);
    if (rc == -ERESTART)
        return hypercall_continue(__HYPERVISOR_vcpu_op, VCPUOP_initialise, v->id, arg, 0);
    return rc;
}

static long op_up(struct vcpu *v, unsigned long arg __unused)
{
    if (!v->is_initialised)
        return -EINVAL;
    if (__atomic_fetch_and(&v->pause_flags, ~DOWN, __ATOMIC_SEQ_CST) & DOWN)
        vcpu_wake(v);
    return 0;
}

static long op_down(struct vcpu *v, unsigned long arg __unused)
{
    if (!(__atomic_fetch_or(&v->pause_flags, DOWN, __ATOMIC_SEQ_CST) & DOWN))
        vcpu_sleep(v);
    return 0;
}

static long op_is_up(struct vcpu *v, unsigned long arg __unused)
{
    return !is_down(v);
}

static long op_get_runstate_info(struct vcpu *v, unsigned long arg)
{
    struct vcpu_runstate_info info;

    vcpu_runstate_get(v, &info);
    return guest_copy_to((void *)arg, &info, sizeof(info));
}

static long op_register_runstate_memory_area(struct vcpu *v, unsigned long arg)
{
    struct vcpu_register_runstate_memory_area op;
    struct vcpu_runstate_info info;

    if (guest_copy_from(&op, (const void *)arg, sizeof(op)))
        return -EFAULT;
    vcpu_runstate_get(v, &info);
    if (op.addr.v && guest_copy_to(op.addr.v, &info, sizeof(info)))
        return -EFAULT;
    v->runstate_guest = op.addr.v;
    return 0;
}

static long op_register_vcpu_time_memory_area(struct vcpu *v, unsigned long arg)
{
    struct vcpu_register_time_memory_area op;

    if (guest_copy_from(&op, (const void *)arg, sizeof(op)))
        return -EFAULT;
    /* Version 0 with a zero scale until the first update, which comes at once for ourselves. */
    if (op.addr.v && guest_clear(op.addr.v, sizeof(*op.addr.v)))
        return -EFAULT;
    v->time_guest = op.addr.v;
    if (v == current)
        vcpu_time_update(v);
    return 0;
}

static long op_set_periodic_timer(struct vcpu *v, unsigned long arg)
{
    struct vcpu_set_periodic_timer op;

    if (guest_copy_from(&op, (const void *)arg, sizeof(op)))
        return -EFAULT;
    if (op.period_ns < NS_PER_MS || op.period_ns > PERIOD_MAX)
        return -EINVAL;
    vcpu_set_periodic(v, (nstime_t)op.period_ns);
    return 0;
}

static long op_stop_periodic_timer(struct vcpu *v, unsigned long arg __unused)
{
    vcpu_set_periodic(v, 0);
    return 0;
}

static long op_set_singleshot_timer(struct vcpu *v, unsigned long arg)
{
    struct vcpu_set_singleshot_timer op;
    nstime_t when;

    if (v != current)
        return -EINVAL;
    if (guest_copy_from(&op, (const void *)arg, sizeof(op)))
        return -EFAULT;
    when = (nstime_t)MIN(op.timeout_abs_ns, (uint64_t)TIME_NEVER);
    if ((op.flags & VCPU_SSHOTTMR_future) && when < time_now())
        return -ETIME;
    vcpu_set_singleshot(v, MAX(when, 1)); /* 0 is the past too, but would stop it */
    return 0;
}

static long op_stop_singleshot_timer(struct vcpu *v, unsigned long arg __unused)
{
    if (v != current)
        return -EINVAL;
    vcpu_set_singleshot(v, 0);
    return 0;
}

static long op_register_vcpu_info(struct vcpu *v, unsigned long arg)
{
    struct vcpu_register_vcpu_info op;

    if (guest_copy_from(&op, (const void *)arg, sizeof(op)))
        return -EFAULT;
    if (op.offset > PAGE_SIZE - sizeof(vcpu_info_t) || op.offset % sizeof(xen_ulong_t))
        return -ENXIO;
    if (v != current && (!is_down(v) || READ_ONCE(v->is_running)))
        return -EINVAL;
    return vcpu_info_register(v, gfn(op.mfn), op.offset);
}

static long op_send_nmi(struct vcpu *v, unsigned long arg __unused)
{
    return arch_vcpu_send_nmi(v);
}

static long op_get_physid(struct vcpu *v, unsigned long arg)
{
    struct vcpu_get_physid op;

    if (!v->domain->is_hardware || cpumask_weight(&v->hard_affinity) != 1)
        return -EINVAL;
    op.phys_id = arch_cpu_physid(cpumask_first(&v->hard_affinity));
    return guest_copy_to((void *)arg, &op, sizeof(op));
}

static long (*const vcpu_ops_table[])(struct vcpu *v, unsigned long arg) = {
    [VCPUOP_initialise] = op_initialise,
    [VCPUOP_up] = op_up,
    [VCPUOP_down] = op_down,
    [VCPUOP_is_up] = op_is_up,
    [VCPUOP_get_runstate_info] = op_get_runstate_info,
    [VCPUOP_register_runstate_memory_area] = op_register_runstate_memory_area,
    [VCPUOP_set_periodic_timer] = op_set_periodic_timer,
    [VCPUOP_stop_periodic_timer] = op_stop_periodic_timer,
    [VCPUOP_set_singleshot_timer] = op_set_singleshot_timer,
    [VCPUOP_stop_singleshot_timer] = op_stop_singleshot_timer,
    [VCPUOP_register_vcpu_info] = op_register_vcpu_info,
    [VCPUOP_send_nmi] = op_send_nmi,
    [VCPUOP_get_physid] = op_get_physid,
    [VCPUOP_register_vcpu_time_memory_area] = op_register_vcpu_time_memory_area,
};

long do_vcpu_op(unsigned long cmd, unsigned long vcpuid, unsigned long arg,
                unsigned long a4 __unused, unsigned long a5 __unused)
{
    struct vcpu *v = domain_vcpu(current->domain, (unsigned int)vcpuid);

    if (!v)
        return -ENOENT;
    if (cmd >= ARRAY_SIZE(vcpu_ops_table))
        return -ENOSYS;
    return vcpu_ops_table[index_clamp((uint32_t)cmd, ARRAY_SIZE(vcpu_ops_table))](v, arg);
}
