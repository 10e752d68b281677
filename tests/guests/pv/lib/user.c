/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A user mode for a tiny PV kernel: address space, entry, and the trap that ends the visit. */
#include "user.h"

volatile uint8_t page_aligned user_code[4096], user_data[4096], user_stack[4096];
volatile page_table page_aligned user_l4, user_l1;
static volatile page_table page_aligned l2, l3;
uint8_t __attribute__((aligned(16))) user_kernel_stack[8192];

static struct trap_frame left;

extern uint64_t user_rdi;
extern const char user_leave[];
void user_enter_raw(const struct iret_context *context);

/* A trap of the user's: keep its frame, and go on in the kernel behind user_run(). */
static bool leave(struct trap_frame *frame)
{
    if ((frame->cs & 3) != 3)
        return false;
    left = *frame;
    frame->rip = (unsigned long)user_leave;
    frame->cs = KERNEL_CS;
    frame->ss = USER_SS;
    frame->rsp = (unsigned long)user_kernel_stack;
    frame->rflags = frame->rflags & 0x200 ? 0x202 : 2;
    return true;
}

static void link(volatile uint64_t *entry, const volatile void *table)
{
    check_equal(update_one(machine_address(entry), entry_for(table, PAGE_TABLE)), 0);
}

void user_init(void)
{
    volatile uint64_t *kernel_slot = table_entry((void *)USER_CODE, 4);

    user_l1[0] = entry_for(user_code, PAGE_RO);
    user_l1[1] = entry_for(user_data, PAGE_RW);
    user_l1[2] = entry_for(user_stack, PAGE_RW);
    page_read_only(user_l1);
    page_read_only(l2);
    page_read_only(l3);
    page_read_only(user_l4);
    check_equal(mmuext(MMUEXT_PIN_L4_TABLE, frame_of(user_l4), 0), 0);
    link(&user_l4[0], l3);
    link(&l3[1], l2);
    link(&l2[0], user_l1);
    link(kernel_slot, l3);
    check_equal(mmuext(MMUEXT_NEW_USER_BASEPTR, frame_of(user_l4), 0), 0);
    check_equal(hypercall2(__HYPERVISOR_stack_switch, USER_SS,
                           user_kernel_stack + sizeof(user_kernel_stack)),
                0);
    check_equal(hypercall3(__HYPERVISOR_set_callbacks, (unsigned long)event_entry,
                           (unsigned long)failsafe_entry, (unsigned long)syscall_entry),
                0);
    trap_hook = leave;
}

void user_load(const void *start, const void *end)
{
    memset((void *)(unsigned long)user_code, 0xcc, sizeof(user_code));
    memcpy((void *)(unsigned long)user_code, start,
           (size_t)((const char *)end - (const char *)start));
}

struct iret_context user_context(void)
{
    return (struct iret_context){
        .rip = USER_CODE, .cs = USER_CS64, .rflags = 0x202, .rsp = USER_STACK, .ss = USER_SS
    };
}

const struct trap_frame *user_run(const struct iret_context *context, uint64_t rdi)
{
    struct iret_context copy = *context;

    user_rdi = rdi;
    user_enter_raw(&copy);
    return &left;
}
