/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The run state in guest memory, where the guest registered it (register_runstate_memory_area). */
#include "private.h"

#include <hv/guest-access.h>

/* With the update flag, a reader on another CPU can tell that it read across our write. */
static int publish_flagged(void *guest, struct vcpu_runstate_info *r)
{
    uint64_t *entry = (uint64_t *)((char *)guest +
                                   offsetof(struct vcpu_runstate_info, state_entry_time));
    int rc;

    r->state_entry_time |= XEN_RUNSTATE_UPDATE;
    rc = guest_copy_to(entry, &r->state_entry_time, sizeof(r->state_entry_time));
    __atomic_thread_fence(__ATOMIC_RELEASE);
    if (!rc)
        rc = guest_copy_to(guest, r, sizeof(*r));
    __atomic_thread_fence(__ATOMIC_RELEASE);
    r->state_entry_time &= ~XEN_RUNSTATE_UPDATE;
    if (!rc)
        rc = guest_copy_to(entry, &r->state_entry_time, sizeof(r->state_entry_time));
    return rc;
}

void vcpu_runstate_publish(struct vcpu *v)
{
    struct vcpu_runstate_info r;

    if (likely(!v->runstate_guest))
        return;
    r = v->runstate;
    /* A guest that unmapped the area loses the update and nothing else. */
    if (v->domain->arch.vm_assist & (1UL << VMASST_TYPE_runstate_update_flag))
        (void)!publish_flagged(v->runstate_guest, &r);
    else
        (void)!guest_copy_to(v->runstate_guest, &r, sizeof(r));
}
