/* SPDX-License-Identifier: GPL-2.0-or-later */
/* platform_op about power: sleeping, and what the control domain read in ACPI about the CPUs. */
#include <hv/acpi.h>
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/printk.h>

#include <asm/power.h>
#include <asm/time.h>

#include "platform.h"

#define ACPI_S3 3U
#define ACPI_S5 5U

#define PM1_SLEEP_TYPE(control) ((uint8_t)((control) >> 10 & 7))

#define STATES_MAX 64U /* more than any CPU has, C- or P-states; the rest is not looked at */

/* _PDC's bits (Intel's processor driver interface) about HLT, SMP C-states, and throttling. */
#define PDC_REVISION 1U
#define PDC_KEPT     (0x0002U | 0x0008U | 0x0010U | 0x0004U | 0x0080U)

/* What the control domain's interpreter found in the DSDT is better than what our scan did. */
static long power_off(const struct xenpf_enter_acpi_sleep *sleep)
{
    acpi_info.s5_type_a = PM1_SLEEP_TYPE(sleep->val_a);
    acpi_info.s5_type_b = PM1_SLEEP_TYPE(sleep->val_b);
    acpi_info.has_s5 = true;
    if (!acpi_info.pm1a_control.address)
        return -EOPNOTSUPP;
    printk(LOG_INFO "domain 0 switches the machine off\n");
    acpi_power_off();
    panic("the machine does not switch off");
}

long platform_enter_acpi_sleep(struct xen_platform_op *op)
{
    const struct xenpf_enter_acpi_sleep *sleep = &op->u.enter_acpi_sleep;

    if (sleep->flags & ~(uint32_t)XENPF_ACPI_SLEEP_EXTENDED)
        return -EINVAL;
    if (sleep->sleep_state == ACPI_S5 && !(sleep->flags & XENPF_ACPI_SLEEP_EXTENDED))
        return power_off(sleep);
    if (sleep->sleep_state != ACPI_S3 && sleep->sleep_state != ACPI_S5)
        return -EINVAL;
    printk(LOG_WARN "domain 0 asked for sleep state S%u: not supported\n", sleep->sleep_state);
    return -EOPNOTSUPP;
}

/* Nothing here depends on the frequency while the TSC does not. */
long platform_change_freq(struct xen_platform_op *op)
{
    const struct xenpf_change_freq *change = &op->u.change_freq;

    if (change->flags || change->cpu >= nr_cpu_ids || !cpumask_has(&cpu_online_map, change->cpu))
        return -EINVAL;
    return tsc_is_stable ? 0 : -EOPNOTSUPP;
}

long platform_core_parking(struct xen_platform_op *op)
{
    struct xenpf_core_parking *parking = &op->u.core_parking;

    switch (parking->type) {
    case XEN_CORE_PARKING_SET: return 0; /* a wish; how many are parked is told by the other */
    case XEN_CORE_PARKING_GET: parking->idle_nums = 0; return 0;
    default: return -EINVAL;
    }
}

static bool acpi_id_is_known(uint32_t acpi_id)
{
    for (unsigned int i = 0; i < acpi_info.nr_cpus; i++)
        if (acpi_info.cpus[i].acpi_id == acpi_id)
            return true;
    return false;
}

/* Idling here takes no data from ACPI: it is HLT. What is told is checked, so that a mistake shows.
 */
static long cx_set(const struct xen_processor_power *power)
{
    for (uint32_t i = 0; i < MIN(power->count, STATES_MAX); i++) {
        struct xen_processor_cx cx;

        if (guest_copy_from(&cx, power->states.p + i, sizeof(cx)))
            return -EFAULT;
    }
    return 0;
}

static long px_set(const struct xen_processor_performance *perf)
{
    if (!(perf->flags & XEN_PX_PSS))
        return 0;
    for (uint32_t i = 0; i < MIN(perf->state_count, STATES_MAX); i++) {
        struct xen_processor_px px;

        if (guest_copy_from(&px, perf->states.p + i, sizeof(px)))
            return -EFAULT;
    }
    return 0;
}

/*
 * What the control domain may tell the firmware that the system can do. C-states by MWAIT, P-states
 * and their coordination would be the hypervisor's to drive, and it does not.
 */
static long pdc_set(uint32_t *pdc)
{
    uint32_t head[3];

    if (guest_copy_from(head, pdc, sizeof(head)))
        return -EFAULT;
    if (head[0] != PDC_REVISION || !head[1])
        return -EINVAL;
    head[2] &= PDC_KEPT;
    return guest_copy_to(pdc + 2, &head[2], sizeof(head[2]));
}

long platform_set_processor_pminfo(struct xen_platform_op *op)
{
    const struct xenpf_set_processor_pminfo *info = &op->u.set_pminfo;

    if (info->type == XEN_PM_PDC)
        return pdc_set(info->u.pdc.p);
    if (!acpi_id_is_known(info->id))
        return -EINVAL;
    switch (info->type) {
    case XEN_PM_CX: return cx_set(&info->u.power);
    case XEN_PM_PX: return px_set(&info->u.perf);
    default: return -ENOSYS;
    }
}
