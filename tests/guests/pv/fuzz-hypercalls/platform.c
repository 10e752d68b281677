/* SPDX-License-Identifier: GPL-2.0-or-later */
/* platform_op. */
#include "fuzz.h"

#include <xen/platform.h>

static void fill_idle_time(struct xenpf_getidletime *i)
{
    uint8_t bitmap[8] = { 3 }, times[64] = { 0 };

    i->cpumap_bitmap.p = (void *)put(bitmap, sizeof(bitmap));
    i->cpumap_nr_cpus = (uint32_t)bend(2);
    i->idletime.p = (void *)put(times, sizeof(times));
}

/* What a sub-operation would be asked by somebody who means it. */
static void fill(struct xen_platform_op *op)
{
    switch (op->cmd) {
    case XENPF_settime64:
        op->u.settime64 = (struct xenpf_settime64){ .secs = 1700000000,
                                                    .nsecs = (uint32_t)bend(below(1000000000)) };
        break;
    case XENPF_add_memtype:
        op->u.add_memtype = (struct xenpf_add_memtype){ .mfn = bend(0xfd000),
                                                        .nr_mfns = bend(0x1000),
                                                        .type = (uint32_t)one_of(0, 1, 4, 5, 6) };
        break;
    case XENPF_platform_quirk: op->u.platform_quirk.quirk_id = (uint32_t)bend(1 + below(3)); break;
    case XENPF_firmware_info:
        op->u.firmware_info.type = (uint32_t)one_of(1, 2, 3, 4, 5, 5, 5);
        op->u.firmware_info.index = below(2);
        break;
    case XENPF_getidletime: fill_idle_time(&op->u.getidletime); break;
    case XENPF_core_parking:
        op->u.core_parking = (struct xenpf_core_parking){ .type = (uint32_t)bend(1 + below(2)),
                                                          .idle_nums = below(2) };
        break;
    default: break;
    }
}

bool make_platform(struct call *c)
{
    struct xen_platform_op op = { .interface_version = XENPF_INTERFACE_VERSION };
    uint32_t *words = (uint32_t *)&op.u;

    c->nr = __HYPERVISOR_platform_op;
    op.cmd = percent(90) ? (uint32_t)one_of(17, 31, 32, 33, 35, 39, 48, 49, 50, 52, 53, 54, 55, 56,
                                            57, 58, 59, 60, 61, 62, 63)
                         : 64 + below(16);
    if (op.cmd == XENPF_enter_acpi_sleep)
        return false;
    for (unsigned int i = 0; i < 16; i++)
        words[i] = (uint32_t)one_of(0, 0, 1, below(8), below(64));
    if (percent(50))
        *(uint64_t *)(words + 2) = put(words, 64);
    if (percent(50))
        *(uint64_t *)(words + 4) = put(words, 64);
    if (percent(80))
        fill(&op);
    if (percent(2))
        op.interface_version = (uint32_t)any64();
    c->sub = op.cmd;
    c->arg[0] = put(&op, sizeof(op));
    return true;
}
