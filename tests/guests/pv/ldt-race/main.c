/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One vcpu returns to segments of its LDT, whose pages the hypervisor has to look up then, while
 * the other makes frames page tables, which flushes the first one's TLB. Neither may wait for ever.
 */
/* smp: 2 */ /* timeout: 60 */
/* options: dom0_max_vcpus=2 */
#include "pages.h"
#include "traps.h"

#define ROUNDS      200U
#define STACK       8192
#define LDT_SS      (1U << 3 | 4 | 3)
#define WRITABLE_SS 0x00cff2000000ffff

extern void return_with_ss(unsigned long selector);

static uint8_t __attribute__((aligned(16))) stack[STACK];
static volatile uint64_t page_aligned ldt[512], table[512], away[512];
static struct vcpu_guest_context context;
static volatile unsigned long returns;

static void returning(void)
{
    traps_init();
    for (;;) {
        mmuext(MMUEXT_SET_LDT, (unsigned long)ldt, 512); /* forgets the pages */
        return_with_ss(LDT_SS);
        returns++;
    }
}

static void start_other(void)
{
    context.flags = VGCF_in_kernel;
    context.user_regs.rip = (unsigned long)returning;
    context.user_regs.rsp = (unsigned long)stack + STACK - 8;
    context.user_regs.rflags = 0x200;
    context.user_regs.cs = FLAT_KERNEL_CS;
    context.user_regs.ss = FLAT_KERNEL_SS;
    context.kernel_ss = FLAT_KERNEL_SS;
    context.kernel_sp = context.user_regs.rsp;
    context.ctrlreg[3] = frame_of((void *)start_info->pt_base) << 12;
    check_equal(vcpu_op(VCPUOP_initialise, 1, &context), 0);
    check_equal(vcpu_op(VCPUOP_up, 1, NULL), 0);
}

void guest_main(void)
{
    unsigned long mfn = frame_of((const void *)(unsigned long)table);
    unsigned int changed = 0;

    ldt[1] = WRITABLE_SS;
    page_read_only(ldt);
    update_va_mapping((void *)(unsigned long)table, 0, UVMF_INVLPG);
    start_other();
    while (!returns)
        sched_op(SCHEDOP_yield, NULL);
    for (unsigned int i = 0; i < ROUNDS; i++) {
        map_page(away, mfn << 12 | PAGE_RW);
        away[0] = 0;
        update_va_mapping((void *)(unsigned long)away, 0, UVMF_NONE);
        if (!mmuext(MMUEXT_PIN_L1_TABLE, mfn, 0) && !mmuext(MMUEXT_UNPIN_TABLE, mfn, 0))
            changed++;
    }
    check_equal(changed, ROUNDS);
    check(returns > 100);
    print("%u changes, %lu returns\n", changed, returns);
}
