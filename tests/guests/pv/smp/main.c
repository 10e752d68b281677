/* SPDX-License-Identifier: GPL-2.0-or-later */
/* More vcpus: their start and stop, events and TLB flushes between them, their own registers. */
/* smp: 2 */
/* options: dom0_max_vcpus=4 */
#include "entries.h"
#include "pages.h"
#include "traps.h"

#define VCPUS 4
#define STACK 8192
#define LIMIT 200000000UL /* turns of a wait that has failed */

static uint8_t __attribute__((aligned(STACK))) stacks[VCPUS][STACK];
static struct vcpu_guest_context context;
static volatile uint8_t page_aligned shared_bytes[4096];
static volatile page_table page_aligned window, a, b, info_page;
static volatile unsigned int command[VCPUS], done[VCPUS], upcalls[VCPUS], bad[VCPUS];
static volatile uint64_t read_value, read_trap;
static volatile struct shared_info *const shared = (void *)(unsigned long)shared_bytes;
static volatile struct vcpu_info *info[VCPUS];
extern const unsigned long trap_entries[TRAP_COUNT];

enum { WAIT, SPIN, STATE, BLOCK, DOWN };

static unsigned int self(void)
{
    return (unsigned int)(((unsigned long)__builtin_frame_address(0) - (unsigned long)stacks) /
                          STACK);
}

static void upcall(struct trap_frame *frame)
{
    unsigned int v = self() < VCPUS ? self() : 0;

    (void)frame;
    info[v]->evtchn_upcall_pending = 0;
    __atomic_exchange_n(&info[v]->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&shared->evtchn_pending[0], 0, __ATOMIC_SEQ_CST);
    upcalls[v]++;
}

/* Extended state of its own must survive while other vcpus use the same CPU. */
static void keep_state(unsigned int v)
{
    uint64_t pattern[4] = { v * 0x1111 + 1, v * 0x2222 + 2, v * 0x3333 + 3, v * 0x4444 + 4 },
             got[4];
    unsigned int turn, cr, i;
    uint64_t cr4;

    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    __asm__ volatile("mov %0, %%cr4" : : "r"(cr4 | 1UL << 18));
    __asm__ volatile("xsetbv" : : "a"(7), "d"(0), "c"(0));
    __asm__ volatile("vmovdqu (%0), %%ymm5; fninit; fildll (%0)" : : "r"(pattern) : "memory");
    for (turn = 0; turn < 200; turn++) {
        sched_op(SCHEDOP_yield, NULL);
        __asm__ volatile("vmovdqu %%ymm5, (%0)" : : "r"(got) : "memory");
        for (i = 0; i < 4; i++)
            bad[v] += got[i] != pattern[i];
        __asm__ volatile("fld %%st(0); fistpll (%0)" : : "r"(got) : "memory");
        bad[v] += got[0] != pattern[0];
        __asm__ volatile("xgetbv" : "=a"(cr) : "c"(0) : "rdx");
        bad[v] += cr != 7;
    }
}

static void work(unsigned int v)
{
    uint64_t value = 0;

    switch (command[v]) {
    case SPIN: /* never into the hypervisor, whose switches would flush as well */
        read_trap = TRAP_NONE;
        while (command[v] == SPIN && read_trap == TRAP_NONE) {
            read_trap = try_read(window, &value) ? TRAP_NONE : trap_caught.vector;
            read_value = value;
        }
        break;
    case STATE: keep_state(v); break;
    case BLOCK: sched_op(SCHEDOP_block, NULL); break;
    case DOWN: vcpu_op(VCPUOP_down, v, NULL); break;
    default: return;
    }
    command[v] = WAIT;
    done[v]++;
}

static void vcpu_main(unsigned int v)
{
    info[v]->evtchn_upcall_mask = 0;
    done[v]++;
    for (;;) {
        work(v);
        sched_op(SCHEDOP_yield, NULL);
    }
}

static bool wait_until(volatile unsigned int *what, unsigned int value, int line)
{
    unsigned long i;

    for (i = 0; *what != value && i < LIMIT / 1000; i++)
        sched_op(SCHEDOP_yield, NULL);
    if (*what != value)
        guest_fail(__FILE__, line, "a vcpu's progress", *what, value);
    return *what == value;
}

static void context_fill(unsigned int v)
{
    unsigned int i;

    memset(&context, 0, sizeof(context));
    context.flags = VGCF_in_kernel;
    context.user_regs.rip = (unsigned long)vcpu_main;
    context.user_regs.rdi = v;
    context.user_regs.rsp = (unsigned long)stacks[v] + STACK - 8;
    context.user_regs.rflags = 0x200;
    context.user_regs.cs = FLAT_KERNEL_CS;
    context.user_regs.ss = FLAT_KERNEL_SS;
    context.kernel_ss = FLAT_KERNEL_SS;
    context.kernel_sp = (unsigned long)stacks[v] + STACK;
    context.ctrlreg[3] = frame_of((void *)start_info->pt_base) << 12;
    context.event_callback_eip = (unsigned long)event_entry;
    context.failsafe_callback_eip = (unsigned long)failsafe_entry;
    for (i = 0; i < TRAP_COUNT; i++) {
        context.trap_ctxt[i].vector = (uint8_t)i;
        context.trap_ctxt[i].cs = FLAT_KERNEL_CS;
        context.trap_ctxt[i].address = trap_entries[i];
    }
}

static void start(unsigned int first, unsigned int last)
{
    for (unsigned int v = first; v <= last; v++) {
        context_fill(v);
        check_equal(vcpu_op(VCPUOP_initialise, v, &context), 0);
        check_equal(vcpu_op(VCPUOP_initialise, v, &context), -XEN_EEXIST);
        check_equal(vcpu_op(VCPUOP_is_up, v, NULL), 0);
        check_equal(vcpu_op(VCPUOP_up, v, NULL), 0);
        check_equal(vcpu_op(VCPUOP_up, v, NULL), 0);
        check_equal(vcpu_op(VCPUOP_is_up, v, NULL), 1);
        if (!wait_until(&done[v], 1, __LINE__))
            guest_end();
    }
}

static void test_start(void)
{
    context_fill(1);
    check_equal(vcpu_op(VCPUOP_is_up, 0, NULL), 1);
    check_equal(vcpu_op(VCPUOP_is_up, 1, NULL), 0);
    check_equal(vcpu_op(VCPUOP_is_up, 99, NULL), -XEN_ENOENT);
    check_equal(vcpu_op(VCPUOP_up, 1, NULL), -XEN_EINVAL);
    check_equal(vcpu_op(VCPUOP_initialise, 99, &context), -XEN_ENOENT);
    check_equal(vcpu_op(VCPUOP_initialise, 1, (void *)0x10000), -XEN_EFAULT);
    context.ctrlreg[3] = frame_of(&context) << 12;
    check_equal(vcpu_op(VCPUOP_initialise, 1, &context), -XEN_EINVAL);
    context_fill(1);
    context.gdt_ents = 512;
    context.gdt_frames[0] = frame_of(&context);
    check_equal(vcpu_op(VCPUOP_initialise, 1, &context), -XEN_EINVAL);
    start(1, 1);
}

static void test_events(void)
{
    struct evtchn_bind_ipi bind = { .vcpu = 1 };
    struct evtchn_unmask unmask;
    struct evtchn_send send;
    struct vcpu_runstate_info runstate = { 0 };
    unsigned int before = upcalls[1];

    check_equal(event_channel_op(EVTCHNOP_bind_ipi, &bind), 0);
    unmask.port = send.port = bind.port;
    check_equal(event_channel_op(EVTCHNOP_unmask, &unmask), 0);
    check_equal(event_channel_op(EVTCHNOP_send, &send), 0);
    wait_until(&upcalls[1], before + 1, __LINE__);
    /* It wakes one that has blocked. */
    before = done[1];
    command[1] = BLOCK;
    /* An event that came before it blocked would not end the block. */
    for (unsigned long i = 0; runstate.state != RUNSTATE_blocked && i < LIMIT / 1000; i++) {
        sched_op(SCHEDOP_yield, NULL);
        check_equal(vcpu_op(VCPUOP_get_runstate_info, 1, &runstate), 0);
    }
    check_equal(runstate.state, RUNSTATE_blocked);
    check_equal(done[1], before);
    check_equal(event_channel_op(EVTCHNOP_send, &send), 0);
    wait_until(&done[1], before + 1, __LINE__);
}

static void check_read(uint64_t want, int line)
{
    unsigned long i;

    for (i = 0; read_value != want && i < LIMIT / 1000; i++)
        sched_op(SCHEDOP_yield, NULL);
    if (read_value != want)
        guest_fail(__FILE__, line, "what the other vcpu reads", (long)read_value, (long)want);
}

static void map_window(volatile page_table page, unsigned long flags)
{
    check_equal(update_va_mapping((void *)(unsigned long)window, entry_for(page, PAGE_RW), flags),
                0);
}

static void test_flushes(void)
{
    struct mmuext_op op = { .arg1.linear_addr = (unsigned long)window };
    static const unsigned int commands[] = { MMUEXT_INVLPG_MULTI, MMUEXT_TLB_FLUSH_MULTI,
                                             MMUEXT_INVLPG_ALL, MMUEXT_TLB_FLUSH_ALL };
    static unsigned long mask = 2;
    unsigned int before = done[1], i;

    a[0] = 0xaaaa, b[0] = 0xbbbb;
    map_window(a, UVMF_INVLPG | UVMF_ALL);
    command[1] = SPIN;
    check_read(0xaaaa, __LINE__);
    map_window(b, UVMF_INVLPG | UVMF_MULTI | (unsigned long)&mask);
    check_read(0xbbbb, __LINE__);
    map_window(a, UVMF_TLB_FLUSH | UVMF_MULTI | (unsigned long)&mask);
    check_read(0xaaaa, __LINE__);
    map_window(b, UVMF_TLB_FLUSH | UVMF_ALL);
    check_read(0xbbbb, __LINE__);
    for (i = 0; i < 4; i++) {
        op.cmd = commands[i];
        if (i < 2)
            set_xen_guest_handle(op.arg2.vcpumask, &mask);
        map_window(i & 1 ? b : a, 0);
        check_equal(mmuext_op(&op, 1, NULL), 0);
        check_read(i & 1 ? 0xbbbb : 0xaaaa, 1000 + (int)i);
    }
    check_equal(update_va_mapping((void *)(unsigned long)window, 0, UVMF_INVLPG | UVMF_ALL), 0);
    wait_until(&done[1], before + 1, __LINE__);
    check_equal(read_trap, TRAP_PF);
    command[1] = WAIT;
    page_writable(window);
}

static void test_state(void)
{
    unsigned int v, before[VCPUS];

    for (v = 1; v < VCPUS; v++) {
        before[v] = done[v];
        command[v] = STATE;
    }
    keep_state(0);
    for (v = 1; v < VCPUS; v++)
        wait_until(&done[v], before[v] + 1, __LINE__);
    for (v = 0; v < VCPUS; v++)
        check_equal(bad[v], 0);
}

static void test_info(void)
{
    struct vcpu_register_vcpu_info reg = { .mfn = frame_of(info_page), .offset = 128 };
    unsigned int before;

    reg.offset = 4096;
    check_equal(vcpu_op(VCPUOP_register_vcpu_info, 2, &reg), -XEN_ENXIO);
    reg.offset = 4092;
    check_equal(vcpu_op(VCPUOP_register_vcpu_info, 2, &reg), -XEN_ENXIO);
    reg.offset = 129;
    check_equal(vcpu_op(VCPUOP_register_vcpu_info, 2, &reg), -XEN_ENXIO);
    reg.offset = 128;
    reg.mfn = 1UL << 40;
    check_equal(vcpu_op(VCPUOP_register_vcpu_info, 2, &reg), -XEN_EINVAL);
    reg.mfn = frame_of(info_page);
    check_equal(vcpu_op(VCPUOP_register_vcpu_info, 99, &reg), -XEN_ENOENT);
    check_equal(vcpu_op(VCPUOP_register_vcpu_info, 2, &reg), -XEN_EINVAL); /* it runs */
    check_equal(vcpu_op(VCPUOP_register_vcpu_info, 0, &reg), 0);
    info[0] = (void *)((unsigned long)info_page + 128);
    check_equal(vcpu_op(VCPUOP_register_vcpu_info, 0, &reg), -XEN_EINVAL);
    before = upcalls[0];
    check_equal(info[0]->evtchn_upcall_pending, 1); /* none is lost on the way */
    info[0]->evtchn_upcall_mask = 0;
    xen_version(XENVER_version, NULL);
    check_equal(upcalls[0], before + 1);
    check(info[0]->time.tsc_to_system_mul);
}

static void test_down(void)
{
    unsigned int before = done[3], i;

    command[3] = DOWN;
    for (i = 0; i < 100000 && vcpu_op(VCPUOP_is_up, 3, NULL); i++)
        sched_op(SCHEDOP_yield, NULL);
    check_equal(vcpu_op(VCPUOP_is_up, 3, NULL), 0);
    check_equal(done[3], before);
    check_equal(vcpu_op(VCPUOP_up, 3, NULL), 0);
    wait_until(&done[3], before + 1, __LINE__);
    check_equal(vcpu_op(VCPUOP_is_up, 3, NULL), 1);
    check_equal(vcpu_op(VCPUOP_down, 99, NULL), -XEN_ENOENT);
}

void guest_main(void)
{
    unsigned int v;

    map_page(shared_bytes, start_info->shared_info | PAGE_RW);
    for (v = 0; v < VCPUS; v++)
        info[v] = &shared->vcpu_info[v];
    check_equal(hypercall3(__HYPERVISOR_set_callbacks, (unsigned long)event_entry,
                           (unsigned long)failsafe_entry, 0),
                0);
    event_hook = upcall;
    test_start();
    test_events();
    test_flushes();
    start(2, VCPUS - 1); /* more than there are processors */
    test_state();
    test_info();
    test_down();
}
