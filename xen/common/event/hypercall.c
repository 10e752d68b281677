/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypercall event_channel_op: copies the arguments in, calls the operation, copies out. */
#include "private.h"

#include <hv/guest-access.h>
#include <hv/hypercall.h>

#include <asm/current.h>

/* Not in the ABI as guests see it: how a long EVTCHNOP_reset continues, with the next port in a3.
 */
#define OP_RESET_CONT 14

/* Each op_NAME takes the guest's address of a struct evtchn_NAME. */
#define DEFINE_OP(name, call)                                    \
    static long op_##name(unsigned long arg)                     \
    {                                                            \
        struct evtchn_##name op;                                 \
                                                                 \
        if (guest_copy_from(&op, (const void *)arg, sizeof(op))) \
            return -EFAULT;                                      \
        return call;                                             \
    }

/* The same with results. A result that cannot be written leaves the channel bound, as in Xen. */
#define DEFINE_OP_WITH_RESULT(name, call)                                         \
    static long op_##name(unsigned long arg)                                      \
    {                                                                             \
        struct evtchn_##name op;                                                  \
        int rc;                                                                   \
                                                                                  \
        if (guest_copy_from(&op, (const void *)arg, sizeof(op)))                  \
            return -EFAULT;                                                       \
        rc = call;                                                                \
        return !rc && guest_copy_to((void *)arg, &op, sizeof(op)) ? -EFAULT : rc; \
    }

DEFINE_OP_WITH_RESULT(alloc_unbound, evtchn_alloc_unbound(&op))
DEFINE_OP_WITH_RESULT(bind_interdomain, evtchn_bind_interdomain(current->domain, &op))
DEFINE_OP_WITH_RESULT(bind_virq, evtchn_bind_virq(current->domain, &op))
DEFINE_OP_WITH_RESULT(bind_ipi, evtchn_bind_ipi(current->domain, &op))
DEFINE_OP_WITH_RESULT(bind_pirq, evtchn_bind_pirq(current->domain, &op))
DEFINE_OP_WITH_RESULT(status, evtchn_status(&op))
DEFINE_OP_WITH_RESULT(init_control, evtchn_init_control(current->domain, &op))
DEFINE_OP(bind_vcpu, evtchn_bind_vcpu(current->domain, &op))
DEFINE_OP(close, evtchn_close(current->domain, op.port))
DEFINE_OP(send, evtchn_send(current->domain, op.port))
DEFINE_OP(unmask, evtchn_unmask(current->domain, op.port))
DEFINE_OP(expand_array, evtchn_expand_array(current->domain, &op))
DEFINE_OP(set_priority, evtchn_set_priority(current->domain, &op))

static long (*const ops[])(unsigned long arg) = {
    [EVTCHNOP_bind_interdomain] = op_bind_interdomain,
    [EVTCHNOP_bind_virq] = op_bind_virq,
    [EVTCHNOP_bind_pirq] = op_bind_pirq,
    [EVTCHNOP_close] = op_close,
    [EVTCHNOP_send] = op_send,
    [EVTCHNOP_status] = op_status,
    [EVTCHNOP_alloc_unbound] = op_alloc_unbound,
    [EVTCHNOP_bind_ipi] = op_bind_ipi,
    [EVTCHNOP_bind_vcpu] = op_bind_vcpu,
    [EVTCHNOP_unmask] = op_unmask,
    [EVTCHNOP_init_control] = op_init_control,
    [EVTCHNOP_expand_array] = op_expand_array,
    [EVTCHNOP_set_priority] = op_set_priority,
};

static long op_reset(unsigned long arg, uint32_t next)
{
    struct evtchn_reset op;
    struct domain *d;
    bool done;
    int rc;

    if (guest_copy_from(&op, (const void *)arg, sizeof(op)))
        return -EFAULT;
    rc = domain_target_get(op.dom, &d);
    if (rc)
        return rc;
    done = evtchn_reset(d, &next);
    domain_put(d);
    if (!done)
        return hypercall_continue(__HYPERVISOR_event_channel_op, OP_RESET_CONT, arg, next, 0);
    return 0;
}

long do_event_channel_op(unsigned long cmd, unsigned long arg, unsigned long a3,
                         unsigned long a4 __unused, unsigned long a5 __unused)
{
    if (likely(cmd == EVTCHNOP_send)) /* the one that must be quick: no call by table */
        return op_send(arg);
    if (cmd == EVTCHNOP_reset)
        return op_reset(arg, 1);
    if (cmd == OP_RESET_CONT)
        return op_reset(arg, (uint32_t)a3);
    if (cmd >= ARRAY_SIZE(ops))
        return -ENOSYS;
    return ops[index_clamp((uint32_t)cmd, ARRAY_SIZE(ops))](arg);
}

long do_event_channel_op_compat(unsigned long arg, unsigned long a2 __unused,
                                unsigned long a3 __unused, unsigned long a4 __unused,
                                unsigned long a5 __unused)
{
    uint32_t cmd;

    if (guest_copy_from(&cmd, (const void *)arg, sizeof(cmd)))
        return -EFAULT;
    if (cmd > EVTCHNOP_unmask)
        return -ENOSYS;
    return do_event_channel_op(cmd, arg + offsetof(struct evtchn_op, u), 0, 0, 0);
}
