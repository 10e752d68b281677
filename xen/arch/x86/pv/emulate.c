/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Privileged instructions of a PV guest kernel: the shared emulator with this guest's operations.
 */
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/sched.h>
#include <hv/string.h>

#include <asm/cpu.h>
#include <asm/guest-words.h>
#include <asm/insn.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include <asm/pv.h>
#include <asm/xstate.h>

#include "mm.h"
#include "private.h"

/* 0f 32 and 0f 30, as a word is read. */
#define INSN_RDMSR_BYTES 0x320f
#define INSN_WRMSR_BYTES 0x300f

static bool in_kernel(void)
{
    return current->arch.mode & PV_MODE_KERNEL;
}

/* The guest's IOPL allows its kernel at 1 and above, its user programs at 3. */
static bool iopl_allows(void)
{
    return current->arch.pv.iopl >= (in_kernel() ? 1U : 3U);
}

static bool bitmap_allows(unsigned int port, unsigned int bytes)
{
    const struct arch_vcpu *a = &current->arch;
    const uint8_t *at = (const uint8_t *)a->pv.io_bitmap + port / 8;
    unsigned int last = (port + bytes - 1) / 8;
    uint8_t bits[2] = { 0xff, 0xff };
    bool failed;

    if (port + bytes > a->pv.io_bitmap_ports)
        return false;
    /* It lies in the guest kernel's memory, which its user's address space need not show. */
    if (!in_kernel())
        write_cr3(a->cr3_kernel);
    failed = guest_copy_from(bits, at, last - port / 8 + 1);
    if (!in_kernel())
        write_cr3(a->cr3_user);
    return !failed && !((bits[0] | bits[1] << 8) >> (port & 7) & ((1U << bytes) - 1));
}

static bool port_allowed(unsigned int port, unsigned int bytes)
{
    return iopl_allows() || bitmap_allows(port, bytes);
}

static int op_io_read(struct insn_ctxt *c, unsigned int port, unsigned int bytes, uint32_t *value)
{
    if (!port_allowed(port, bytes))
        return insn_exception_code(c, TRAP_GP, 0);
    *value = pv_io_read(current->domain, port, bytes);
    return INSN_OK;
}

static int op_io_write(struct insn_ctxt *c, unsigned int port, unsigned int bytes, uint32_t value)
{
    if (!port_allowed(port, bytes))
        return insn_exception_code(c, TRAP_GP, 0);
    pv_io_write(current->domain, port, bytes, value);
    return INSN_OK;
}

static int op_read(struct insn_ctxt *c, unsigned int seg __unused, uint64_t linear, void *buf,
                   unsigned int bytes)
{
    if (guest_copy_from(buf, (const void *)linear, bytes))
        return insn_page_fault(c, in_kernel() ? 0 : PFEC_USER, linear);
    return INSN_OK;
}

static int op_write(struct insn_ctxt *c, unsigned int seg __unused, uint64_t linear,
                    const void *buf, unsigned int bytes)
{
    if (guest_copy_to((void *)linear, buf, bytes))
        return insn_page_fault(c, PFEC_WRITE | (in_kernel() ? 0 : PFEC_USER), linear);
    return INSN_OK;
}

static int op_segment_base(struct insn_ctxt *c __unused, unsigned int seg, uint64_t *base)
{
    *base = seg == INSN_SEG_FS ? rdmsr(MSR_FS_BASE) : seg == INSN_SEG_GS ? rdmsr(MSR_GS_BASE) : 0;
    return INSN_OK;
}

static int op_read_cr(struct insn_ctxt *c __unused, unsigned int reg, uint64_t *value)
{
    struct vcpu *v = current;

    switch (reg) {
    case 0: *value = (read_cr0() & ~(uint64_t)CR0_TS) | (v->arch.pv.cr0_ts ? CR0_TS : 0); break;
    case 2: *value = v->info->arch.cr2; break;
    case 3: *value = mfn_to_paddr(v->arch.pv.kernel_l4); break;
    case 4: *value = pv_guest_cr4(v); break;
    default: return INSN_UNHANDLEABLE;
    }
    return INSN_OK;
}

/* What is left of the old tables, or of checking the new ones, waits for the instruction's next
 * try.
 */
static int write_cr3_of_guest(struct insn_ctxt *c, struct vcpu *v, uint64_t value)
{
    int ret = pv_old_table_release(v);

    if (!ret)
        ret = pv_new_baseptr(v, paddr_to_mfn(value));
    if (ret == -ERESTART)
        return INSN_RETRY;
    return ret ? insn_exception_code(c, TRAP_GP, 0) : INSN_OK;
}

static int op_write_cr(struct insn_ctxt *c, unsigned int reg, uint64_t value)
{
    struct vcpu *v = current;

    switch (reg) {
    case 0:
        if ((value ^ read_cr0()) & ~(uint64_t)CR0_TS) /* no other bit is the guest's */
            return insn_exception_code(c, TRAP_GP, 0);
        do_fpu_taskswitch(value & CR0_TS, 0, 0, 0, 0);
        return INSN_OK;
    case 2: v->info->arch.cr2 = value; return INSN_OK;
    case 3: return write_cr3_of_guest(c, v, value);
    case 4: v->arch.pv.cr4 = value; return INSN_OK;
    default: return INSN_UNHANDLEABLE;
    }
}

static int op_read_dr(struct insn_ctxt *c __unused, unsigned int reg, uint64_t *value)
{
    *value = pv_debugreg_get(current, reg);
    return INSN_OK;
}

static int op_write_dr(struct insn_ctxt *c, unsigned int reg, uint64_t value)
{
    return pv_debugreg_set(current, reg, value) ? insn_exception_code(c, TRAP_GP, 0) : INSN_OK;
}

static int op_read_msr(struct insn_ctxt *c, uint32_t index, uint64_t *value)
{
    return pv_read_msr(current, index, value) ? insn_exception_code(c, TRAP_GP, 0) : INSN_OK;
}

static int op_write_msr(struct insn_ctxt *c, uint32_t index, uint64_t value)
{
    return pv_write_msr(current, index, value) ? insn_exception_code(c, TRAP_GP, 0) : INSN_OK;
}

static int op_read_xcr(struct insn_ctxt *c, uint32_t index, uint64_t *value)
{
    if (index)
        return insn_exception_code(c, TRAP_GP, 0);
    *value = current->arch.xcr0;
    return INSN_OK;
}

static int op_write_xcr(struct insn_ctxt *c, uint32_t index, uint64_t value)
{
    if (index || !xstate_mask || xstate_set_xcr0(current, value))
        return insn_exception_code(c, TRAP_GP, 0);
    return INSN_OK;
}

static int op_rdtsc(struct insn_ctxt *c __unused, uint64_t *tsc)
{
    *tsc = rdtsc();
    return INSN_OK;
}

static int op_cpuid(struct insn_ctxt *c __unused, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
    pv_cpuid(current, leaf, subleaf, out);
    return INSN_OK;
}

static int op_cli(struct insn_ctxt *c)
{
    if (!iopl_allows())
        return insn_exception_code(c, TRAP_GP, 0);
    return INSN_OK; /* events are masked in vcpu_info; the flag itself means nothing */
}

static int op_hlt(struct insn_ctxt *c __unused)
{
    vcpu_block();
    return INSN_OK;
}

static int op_clts(struct insn_ctxt *c __unused)
{
    do_fpu_taskswitch(0, 0, 0, 0, 0);
    return INSN_OK;
}

static int op_wbinvd(struct insn_ctxt *c, bool write_back)
{
    if (!write_back) /* memory of others would be lost */
        return insn_exception_code(c, TRAP_GP, 0);
    if (current->domain->is_hardware)
        asm volatile("wbinvd" ::: "memory");
    return INSN_OK;
}

static int op_invlpg(struct insn_ctxt *c __unused, unsigned int seg __unused, uint64_t linear)
{
    if (pv_address_ok(linear))
        asm volatile("invlpg (%0)" ::"r"(linear) : "memory");
    return INSN_OK;
}

static const struct insn_ops privileged_ops = {
    .read = op_read,
    .write = op_write,
    .segment_base = op_segment_base,
    .io_read = op_io_read,
    .io_write = op_io_write,
    .read_cr = op_read_cr,
    .write_cr = op_write_cr,
    .read_dr = op_read_dr,
    .write_dr = op_write_dr,
    .read_msr = op_read_msr,
    .write_msr = op_write_msr,
    .read_xcr = op_read_xcr,
    .write_xcr = op_write_xcr,
    .rdtsc = op_rdtsc,
    .cpuid = op_cpuid,
    .cli = op_cli,
    .sti = op_cli,
    .hlt = op_hlt,
    .clts = op_clts,
    .wbinvd = op_wbinvd,
    .invlpg = op_invlpg,
};

/* What kind of code the guest runs: its code segment says so (SDM: LAR, bits L and D). */
static enum insn_mode code_mode(const struct cpu_user_regs *regs)
{
    uint32_t rights = 0;

    if (regs->cs == FLAT_RING3_CS64)
        return INSN_MODE_64;
    asm("lar %1, %0" : "+r"(rights) : "r"((uint32_t)regs->cs) : "cc");
    return rights & 1U << 21 ? INSN_MODE_64 : rights & 1U << 22 ? INSN_MODE_32 : INSN_MODE_16;
}

bool pv_fetch_insn(struct insn_ctxt *c, struct cpu_user_regs *regs)
{
    uint8_t bytes[INSN_MAX_LENGTH];
    unsigned int len = sizeof(bytes);

    /* The instruction may end where the next page, not mapped, begins. */
    if (!pv_address_ok(regs->rip) || guest_copy_from(bytes, (const void *)regs->rip, len)) {
        len = (unsigned int)(PAGE_SIZE - (regs->rip & ~PAGE_MASK));
        if (len >= sizeof(bytes) || guest_copy_from(bytes, (const void *)regs->rip, len))
            return false;
    }
    return !insn_decode(&c->insn, bytes, len, code_mode(regs));
}

/* What user programs may have emulated: port I/O that IOPL or the bitmap allows. */
static bool user_class_ok(uint8_t class)
{
    return class == INSN_IN || class == INSN_OUT || class == INSN_INS || class == INSN_OUTS ||
           class == INSN_CLI || class == INSN_STI || class == INSN_CPUID || class == INSN_RDTSC;
}

static bool kernel_class_ok(uint8_t class)
{
    return class >= INSN_INS && class <= INSN_SWAPGS && class != INSN_SWAPGS;
}

static bool finish(struct cpu_user_regs *regs, const struct insn_ctxt *c, int result)
{
    switch (result) {
    case INSN_OK:
    case INSN_RETRY:
        if (c->single_step) {
            current->arch.pv.dr6 |= 1U << 14; /* BS */
            pv_inject(regs, TRAP_DB, 0);
        }
        return true;
    case INSN_EXCEPTION:
        if (c->exception.vector == TRAP_PF)
            pv_inject_pf(regs, c->exception.error_code, c->exception.cr2);
        else
            pv_inject(regs, c->exception.vector, c->exception.error_code);
        return true;
    default: return false;
    }
}

/*
 * RDMSR and WRMSR without the decoder: Linux reads the user's GS base so at each task switch.
 * False leaves all as it is.
 */
static bool emulate_msr(struct cpu_user_regs *regs)
{
    uint64_t value = (uint32_t)regs->rax | regs->rdx << 32;
    uint16_t code;
    int ret;

    if (!in_kernel() || regs->cs != FLAT_RING3_CS64 || (regs->rflags & FLAGS_TF) ||
        guest_read_short(&code, (const void *)regs->rip))
        return false;
    if (code == INSN_RDMSR_BYTES)
        ret = pv_read_msr(current, (uint32_t)regs->rcx, &value);
    else if (code == INSN_WRMSR_BYTES)
        ret = pv_write_msr(current, (uint32_t)regs->rcx, value);
    else
        return false;
    if (unlikely(ret)) {
        pv_inject(regs, TRAP_GP, 0);
        return true;
    }
    if (code == INSN_RDMSR_BYTES) {
        regs->rax = (uint32_t)value;
        regs->rdx = value >> 32;
    }
    regs->rip += sizeof(code);
    regs->rflags &= ~(uint64_t)FLAGS_RF;
    return true;
}

bool pv_emulate_privileged(struct cpu_user_regs *regs)
{
    struct insn_ctxt c = { .regs = regs, .ops = &privileged_ops };

    if (emulate_msr(regs))
        return true;
    if (!pv_fetch_insn(&c, regs))
        return false;
    if (!(in_kernel() ? kernel_class_ok(c.insn.class) : user_class_ok(c.insn.class)))
        return false;
    return finish(regs, &c, insn_emulate(&c));
}

bool pv_emulate_forced(struct cpu_user_regs *regs)
{
    static const uint8_t prefix[5] = { 0x0f, 0x0b, 'x', 'e', 'n' };
    uint8_t code[7];
    uint32_t out[4];

    if (!pv_address_ok(regs->rip) || guest_copy_from(code, (const void *)regs->rip, sizeof(code)) ||
        memcmp(code, prefix, sizeof(prefix)) || code[5] != 0x0f || code[6] != 0xa2)
        return false;
    pv_cpuid(current, regs->eax, regs->ecx, out);
    regs->rax = out[0];
    regs->rbx = out[1];
    regs->rcx = out[2];
    regs->rdx = out[3];
    regs->rip += sizeof(code);
    return true;
}
