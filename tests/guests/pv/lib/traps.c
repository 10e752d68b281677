/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exceptions in a tiny PV kernel: the table given to the hypervisor, and what is done with one. */
#include "traps.h"

#include "entries.h"
#include "guest.h"

struct extable_entry {
    uint64_t at, resume;
};

extern const struct extable_entry extable_start[], extable_end[];
extern const unsigned long trap_entries[TRAP_COUNT];

volatile struct trap_caught trap_caught;
void (*event_hook)(struct trap_frame *frame);
bool (*trap_hook)(struct trap_frame *frame);

void trap_handle(struct trap_frame *frame);

void traps_init(void)
{
    static struct trap_info table[TRAP_COUNT + 1];
    unsigned int vector;

    for (vector = 0; vector < TRAP_COUNT; vector++) {
        table[vector].vector = (uint8_t)vector;
        /* Everything runs in ring 3; int3 and into may be raised from there. */
        table[vector].flags = vector == TRAP_BP || vector == TRAP_OF ? 3 : 0;
        table[vector].cs = FLAT_KERNEL_CS;
        table[vector].address = trap_entries[vector];
    }
    check_equal(hypercall1(__HYPERVISOR_set_trap_table, (unsigned long)table), 0);
}

static unsigned long fault_address(void)
{
    unsigned long cr2;

    /* Reading CR2 is emulated by the hypervisor, as it is for any PV kernel. */
    __asm__ volatile("mov %%cr2, %0" : "=r"(cr2));
    return cr2;
}

void trap_handle(struct trap_frame *frame)
{
    const struct extable_entry *entry;

    if (frame->vector == ENTRY_EVENT && event_hook) {
        event_hook(frame);
        return;
    }
    if (trap_hook && trap_hook(frame))
        return;
    for (entry = extable_start; entry < extable_end; entry++) {
        if (entry->at != frame->rip)
            continue;
        trap_caught.error = frame->error;
        trap_caught.cr2 = frame->vector == TRAP_PF ? fault_address() : 0;
        trap_caught.vector = frame->vector;
        frame->rip = entry->resume;
        return;
    }
    print("trap %lu, error %lx, rip %lx, rsp %lx, rflags %lx, cs %lx\n", frame->vector,
          frame->error, frame->rip, frame->rsp, frame->rflags, frame->cs);
    if (frame->vector == TRAP_PF)
        print("cr2 %lx\n", fault_address());
    guest_error("unexpected trap");
}

bool try_read(const volatile void *address, uint64_t *value)
{
    trap_caught.vector = TRAP_NONE;
    __asm__ volatile(TRAP_CAUGHT("mov (%1), %0") : "+r"(*value) : "r"(address) : "memory");
    return trap_caught.vector == TRAP_NONE;
}

bool try_write(volatile void *address, uint64_t value)
{
    trap_caught.vector = TRAP_NONE;
    __asm__ volatile(TRAP_CAUGHT("mov %0, (%1)") : : "r"(value), "r"(address) : "memory");
    return trap_caught.vector == TRAP_NONE;
}
