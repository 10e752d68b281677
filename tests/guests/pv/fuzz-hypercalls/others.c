/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls about events, vcpus, callbacks, devices and the platform. */
#include "fuzz.h"

#include <xen/callback.h>
#include <xen/physdev.h>

/* What would end the machine or this kernel, and so is left out:
 *   sched_op: shutdown, remote_shutdown, block, an endless poll, a watchdog that bites
 *   vcpu_op: down (of ourselves), up (of a vcpu that runs anywhere)
 *   platform_op (platform.c): enter_acpi_sleep; iret; callbacks to addresses where no code is
 */

static struct recent channels, pirqs;

static uint32_t pick_pirq(void)
{
    return (uint32_t)bend(percent(80) ? recent_pick(&pirqs) : below(48));
}

static uint32_t pick_port(void)
{
    if (percent(70))
        return recent_pick(&channels);
    /* The first numbers that are not there: channels come by the page. */
    if (percent(4))
        return 128 * (1 + below(12)) + (percent(50) ? below(128) : 0);
    return (uint32_t)bend(below(48));
}

/* The port that a sub-operation answered. */
static void port_done(const struct call *c)
{
    static const uint8_t at[] = { 2, 2, 2, 0, 0, 0, 1, 1 };
    const uint32_t *op = argument_at(c->arg[1], 12);

    if (op)
        recent_note(&channels, op[at[c->sub]]);
}

bool make_events(struct call *c)
{
    uint32_t op[12];

    c->nr = __HYPERVISOR_event_channel_op;
    c->done = NULL;
    c->sub = percent(95) ? below(15) : below(64);
    for (unsigned int i = 0; i < 12; i++)
        op[i] = (uint32_t)one_of(0, 0, 1, below(48), below(8), DOMID_SELF);
    switch (c->sub) {
    case EVTCHNOP_bind_interdomain: op[0] = DOMID_SELF, op[1] = pick_port(); break;
    case EVTCHNOP_bind_virq: op[0] = (uint32_t)bend(below(24)), op[1] = (uint32_t)bend(0); break;
    case EVTCHNOP_bind_pirq: op[0] = pick_pirq(), op[1] = below(2); break;
    case EVTCHNOP_close:
    case EVTCHNOP_send:
    case EVTCHNOP_unmask: op[0] = pick_port(); break;
    case EVTCHNOP_status: op[0] = DOMID_SELF, op[1] = pick_port(); break;
    case EVTCHNOP_alloc_unbound:
        op[0] = DOMID_SELF | (percent(80) ? (uint32_t)DOMID_SELF << 16 : 1U << 16);
        break;
    case EVTCHNOP_bind_ipi: op[0] = (uint32_t)bend(0); break;
    case EVTCHNOP_bind_vcpu: op[0] = pick_port(), op[1] = (uint32_t)bend(0); break;
    case EVTCHNOP_reset:
    case 14: /* reset_cont, which goes on with one */
        if (!percent(2))
            return false;
        op[0] = DOMID_SELF;
        break;
    case EVTCHNOP_init_control:
        ((uint64_t *)op)[0] = percent(80) ? pick_ours() : pick_expendable();
        if (percent(50))
            free_frame(((uint64_t *)op)[0]);
        op[2] = below(512) * 8;
        op[3] = below(2);
        break;
    case EVTCHNOP_expand_array: ((uint64_t *)op)[0] = pick_expendable(); break;
    case EVTCHNOP_set_priority: op[0] = pick_port(), op[1] = (uint32_t)bend(below(16)); break;
    default: break;
    }
    if (c->sub <= EVTCHNOP_bind_pirq || c->sub == EVTCHNOP_alloc_unbound ||
        c->sub == EVTCHNOP_bind_ipi)
        c->done = port_done;
    c->arg[0] = c->sub;
    c->arg[1] = put(op, sizeof(op));
    return true;
}

static unsigned long initial_context(void)
{
    static struct vcpu_guest_context context;

    context.flags = VGCF_in_kernel;
    context.user_regs.rip = bend((unsigned long)make_events);
    context.user_regs.rflags = any64();
    context.user_regs.cs = FLAT_KERNEL_CS;
    context.ctrlreg[3] = bend(percent(60) ? w.tables[0] : pick_frame()) << 12;
    context.ctrlreg[1] = percent(50) ? 0 : pick_frame() << 12;
    context.gdt_ents = bend(percent(50) ? 0 : 512);
    context.gdt_frames[0] = pick_play();
    context.ldt_ents = bend(0);
    context.kernel_sp = bend((unsigned long)w.arena);
    return put(&context, sizeof(context));
}

bool make_vcpu(struct call *c)
{
    uint64_t op[8] = { pick_window(), pick_window() };
    uint8_t area[64] = { 0 };
    unsigned int vcpu = percent(80) ? below(2) : (unsigned int)bend(0);

    c->nr = __HYPERVISOR_vcpu_op;
    c->sub = percent(95) ? below(14) : below(64);
    if (c->sub == VCPUOP_up || (c->sub == VCPUOP_down && !vcpu))
        return false;
    c->arg[0] = c->sub;
    c->arg[1] = vcpu;
    if (c->sub == VCPUOP_register_vcpu_info)
        op[0] = pick_play(), op[1] = (uint32_t)bend(below(64) * 64);
    else if (c->sub == VCPUOP_set_periodic_timer)
        op[0] = bend(1000000000);
    else if (c->sub == VCPUOP_set_singleshot_timer)
        op[0] = any64() >> below(40), op[1] = below(2);
    else if (percent(70)) /* the areas that are registered */
        op[0] = put(area, sizeof(area));
    c->arg[2] = c->sub == VCPUOP_initialise ? initial_context() : put(op, sizeof(op));
    return true;
}

bool make_sched(struct call *c)
{
    struct sched_poll poll = { .nr_ports = (unsigned int)bend(below(4)), .timeout = 1 };
    uint32_t ports[128], op[4] = { below(4), 0 };

    c->nr = __HYPERVISOR_sched_op;
    c->sub = (unsigned int)one_of(0, 3, 5, 6, 7, 8 + below(56));
    for (unsigned int i = 0; i < 128; i++)
        ports[i] = pick_port();
    poll.ports.p = (void *)put(ports, sizeof(ports));
    if (c->sub == SCHEDOP_watchdog)
        op[1] = (uint32_t)one_of(0, 100000 + below(100000));
    else if (c->sub == SCHEDOP_pin_override)
        op[0] = (uint32_t)bend(percent(50) ? 0 : ~0U);
    c->arg[0] = c->sub;
    c->arg[1] = c->sub == SCHEDOP_poll ? put_whole(&poll, sizeof(poll)) : put_whole(op, sizeof(op));
    return true;
}

extern const char fuzz_entry[];

static uint64_t pick_callback(void)
{
    return percent(70)
               ? (uint64_t)fuzz_entry
               : one_of(HYPERVISOR_VIRT_START, 0xffff830000000000, 0x800000000000, 1UL << 63);
}

bool make_callbacks(struct call *c)
{
    struct callback_register cb = { .type = (uint16_t)bend(below(8)),
                                    .flags = (uint16_t)below(2),
                                    .address = pick_callback() };
    struct trap_info traps[4] = { 0 };

    c->sub = 0;
    switch (below(4)) {
    case 0:
        c->nr = __HYPERVISOR_set_callbacks;
        c->arg[0] = pick_callback();
        c->arg[1] = pick_callback();
        c->arg[2] = pick_callback();
        return true;
    case 1:
        c->nr = __HYPERVISOR_callback_op;
        c->sub = below(3);
        c->arg[0] = c->sub;
        c->arg[1] = put_whole(&cb, sizeof(cb));
        return true;
    case 2:
        c->nr = __HYPERVISOR_stack_switch;
        c->arg[0] = bend(FLAT_KERNEL_SS);
        c->arg[1] = percent(70) ? (unsigned long)w.arena_end : pick_bad_pointer();
        return true;
    default:
        /* Vectors that do not come by themselves. */
        c->nr = __HYPERVISOR_set_trap_table;
        for (unsigned int i = 0; i < 3; i++)
            traps[i] = (struct trap_info){ (uint8_t)(128 + below(128)), (uint8_t)below(8),
                                           (uint16_t)bend(FLAT_KERNEL_CS), pick_callback() };
        c->arg[0] = put_whole(traps, sizeof(traps));
        return c->arg[0] != 0;
    }
}

bool make_small(struct call *c)
{
    static const uint8_t text[] = "....";

    c->sub = 0;
    c->nr = (unsigned int)one_of(
        __HYPERVISOR_fpu_taskswitch, __HYPERVISOR_set_debugreg, __HYPERVISOR_get_debugreg,
        __HYPERVISOR_set_timer_op, __HYPERVISOR_xen_version, __HYPERVISOR_console_io,
        __HYPERVISOR_vm_assist, __HYPERVISOR_set_segment_base, __HYPERVISOR_nmi_op, 27, 31, 34, 35,
        36, 37, 38, 39, 40, 41, 42, 48, 55);
    c->arg[0] = bend(below(8));
    c->arg[1] = percent(50) ? bend(below(4)) : pick_window();
    switch (c->nr) {
    case __HYPERVISOR_console_io:
        c->sub = (unsigned int)c->arg[0] & 3;
        c->arg[0] = c->sub;
        c->arg[1] = percent(98) ? 0 : 4;
        c->arg[2] = c->arg[1] ? put(text, 4) : pick_bad_pointer();
        break;
    case __HYPERVISOR_xen_version:
    case __HYPERVISOR_nmi_op:
        c->sub = below(16);
        c->arg[0] = c->sub;
        c->arg[1] = (unsigned long)put(w.read_only, 1028);
        if ((c->sub == XENVER_pagesize || c->sub == 10) && percent(80)) /* build_id: its length */
            c->arg[1] = 0;
        break;
    case __HYPERVISOR_vm_assist:
        if (percent(80)) {
            c->arg[0] = percent(90) ? VMASST_CMD_enable : VMASST_CMD_disable;
            c->arg[1] = one_of(VMASST_TYPE_writable_pagetables, VMASST_TYPE_pae_extended_cr3,
                               VMASST_TYPE_architectural_iopl, VMASST_TYPE_runstate_update_flag);
        }
        /* With m2p_strict a user table loses its view of the M2P, also if the kernel uses it. */
        if ((c->arg[1] & 63) == VMASST_TYPE_m2p_strict)
            c->arg[0] = VMASST_CMD_disable;
        break;
    case __HYPERVISOR_set_segment_base:
        c->sub = (unsigned int)c->arg[0] & 3;
        if (c->sub == SEGBASE_GS_USER_SEL)
            c->arg[1] = below(65536);
        break;
    default: break;
    }
    return true;
}

static void pirq_done(const struct call *c)
{
    const struct physdev_map_pirq *op = argument_at(c->arg[1], sizeof(*op));

    if (op)
        recent_note(&pirqs, (uint32_t)op->pirq);
}

/* Functions of the emulated machine's first bus. */
static uint32_t pick_device(void)
{
    return (uint32_t)one_of(0x00, 0x08, 0xf8, 0xfa, 0xfb, below(256));
}

/* What a sub-operation would be asked by somebody who means it. */
static void fill_physdev(struct call *c, uint32_t *op)
{
    switch (c->sub) {
    case PHYSDEVOP_set_iobitmap:
        *(uint64_t *)op = percent(50) ? 0 : pick_bad_pointer();
        op[2] = (uint32_t)bend(below(65536));
        break;
    case PHYSDEVOP_pirq_eoi_gmfn_v1:
    case PHYSDEVOP_pirq_eoi_gmfn_v2: *(uint64_t *)op = pick_expendable(); break;
    case PHYSDEVOP_map_pirq:
        op[0] = DOMID_SELF;
        op[1] = below(6);
        op[2] = (uint32_t)one_of(~0U, below(24), bend(0));
        op[3] = (uint32_t)one_of(~0U, below(48), bend(0));
        op[4] = below(2);
        op[5] = below(256);
        op[6] = below(4);
        if (percent(70)) { /* a line of the I/O APIC */
            op[1] = MAP_PIRQ_TYPE_GSI;
            op[2] = (uint32_t)bend(1 + below(23));
            op[3] = percent(50) ? ~0U : op[2];
        }
        c->done = pirq_done;
        break;
    case PHYSDEVOP_unmap_pirq: op[0] = DOMID_SELF, op[1] = pick_pirq(); break;
    case PHYSDEVOP_eoi:
    case PHYSDEVOP_irq_status_query: op[0] = pick_pirq(); break;
    case PHYSDEVOP_apic_read:
    case PHYSDEVOP_apic_write:
        *(uint64_t *)op = percent(90) ? 0xfec00000 : 0xfec00000 ^ 1UL << below(64);
        op[2] = percent(90) ? 16 + below(48) : (uint32_t)bend(0);
        op[3] = 1U << 16 | below(65536); /* the pin stays masked */
        break;
    case PHYSDEVOP_pci_mmcfg_reserved:
        *(uint64_t *)op = bend(0xb0000000);
        op[2] = (uint32_t)bend(255U << 24), op[3] = (uint32_t)bend(0);
        break;
    case PHYSDEVOP_setup_gsi: op[0] = (uint32_t)bend(below(48)); break;
    case PHYSDEVOP_manage_pci_add:
    case PHYSDEVOP_manage_pci_remove:
    case PHYSDEVOP_manage_pci_add_ext:
    case PHYSDEVOP_restore_msi:
        op[0] = (uint32_t)bend(pick_device() << 8), op[1] = op[2] = 0;
        break;
    case PHYSDEVOP_restore_msi_ext:
    case PHYSDEVOP_prepare_msix:
    case PHYSDEVOP_release_msix:
    case PHYSDEVOP_pci_device_add:
    case PHYSDEVOP_pci_device_remove:
        op[0] = (uint32_t)bend(pick_device() << 24), op[1] = op[2] = 0;
        break;
    case PHYSDEVOP_set_iopl: op[0] = (uint32_t)bend(below(4)); break;
    default: break;
    }
}

bool make_physdev(struct call *c)
{
    uint32_t op[16] = { 0 };

    c->nr = __HYPERVISOR_physdev_op;
    c->sub = percent(90) ? 5 + below(27) : below(64);
    for (unsigned int i = 0; i < 16; i++)
        op[i] = (uint32_t)one_of(0, 0, 1, below(32), below(256), DOMID_SELF, any64());
    fill_physdev(c, op);
    c->arg[0] = c->sub;
    c->arg[1] = put(op, sizeof(op));
    return true;
}
