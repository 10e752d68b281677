/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of the emulator no user program can run natively: page-table writes, privileged
 * instructions, exceptions, string progress, the modes that are not 64-bit. */
/* sources: xen/arch/x86/insn/decode.c xen/arch/x86/insn/tables.c xen/arch/x86/insn/groups.c
   xen/arch/x86/insn/emulate.c xen/arch/x86/insn/operand.c xen/arch/x86/insn/move.c
   xen/arch/x86/insn/alu.c xen/arch/x86/insn/arith.c xen/arch/x86/insn/exchange.c
   xen/arch/x86/insn/string.c xen/arch/x86/insn/privileged.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <abi/abi.h>
#include <asm/insn.h>

#define TF 0x100u
#define DF 0x400u
#define RF 0x10000u
#define ZF 0x40u
#define CF 0x1u

#define MEMORY_BASE  0xffff880000001000ULL
#define MEMORY_BYTES 4096

/* A machine that remembers what it was last asked. */
struct machine {
    uint8_t memory[MEMORY_BYTES];
    unsigned int reads, writes, exchanges, last_bytes, lost_races;
    uint64_t last_linear, fault_at;
    uint64_t cr[16], dr[8], xcr, gs_base;
    uint32_t msr_index;
    uint64_t msr_value, invalidated;
    unsigned int port, port_bytes, port_count;
    uint32_t port_value;
    const char *called;
};

static struct machine m;
static struct cpu_user_regs regs;
static struct insn_ctxt c;

static int access(struct insn_ctxt *ctxt, uint64_t linear, unsigned int bytes, uint8_t **p)
{
    assert_ptr_equal(ctxt->ctx, &m);
    m.last_linear = linear;
    m.last_bytes = bytes;
    if (linear - MEMORY_BASE > MEMORY_BYTES - bytes || linear == m.fault_at)
        return insn_page_fault(ctxt, 2, linear);
    *p = m.memory + (linear - MEMORY_BASE);
    return INSN_OK;
}

static int op_read(struct insn_ctxt *ctxt, unsigned int seg, uint64_t linear, void *buf,
                   unsigned int bytes)
{
    uint8_t *p;
    int rc = access(ctxt, linear, bytes, &p);

    (void)seg;
    if (rc == INSN_OK)
        memcpy(buf, p, bytes);
    m.reads++;
    return rc;
}

static int op_write(struct insn_ctxt *ctxt, unsigned int seg, uint64_t linear, const void *buf,
                    unsigned int bytes)
{
    uint8_t *p;
    int rc = access(ctxt, linear, bytes, &p);

    (void)seg;
    if (rc == INSN_OK)
        memcpy(p, buf, bytes);
    m.writes++;
    return rc;
}

/* While lost_races lasts, another CPU sets bit 5 (accessed) or clears it just before. */
static int op_cmpxchg(struct insn_ctxt *ctxt, unsigned int seg, uint64_t linear, void *old,
                      const void *new, unsigned int bytes)
{
    uint8_t *p, seen[16];
    int rc = access(ctxt, linear, bytes, &p);

    (void)seg;
    m.exchanges++;
    if (rc != INSN_OK)
        return rc;
    if (m.lost_races) {
        m.lost_races--;
        *p ^= 0x20;
    }
    memcpy(seen, p, bytes);
    if (!memcmp(seen, old, bytes))
        memcpy(p, new, bytes);
    memcpy(old, seen, bytes);
    return INSN_OK;
}

static int op_base(struct insn_ctxt *ctxt, unsigned int seg, uint64_t *base)
{
    (void)ctxt;
    *base = seg == INSN_SEG_GS ? m.gs_base : 0;
    return INSN_OK;
}

static int op_io_read(struct insn_ctxt *ctxt, unsigned int port, unsigned int bytes,
                      uint32_t *value)
{
    (void)ctxt;
    m.port = port;
    m.port_bytes = bytes;
    m.port_count++;
    *value = m.port_value++;
    return INSN_OK;
}

static int op_io_write(struct insn_ctxt *ctxt, unsigned int port, unsigned int bytes,
                       uint32_t value)
{
    if (port == 0xcf9)
        return insn_exception_code(ctxt, 13, 0);
    m.port = port;
    m.port_bytes = bytes;
    m.port_count++;
    m.port_value = value;
    return INSN_OK;
}

static int op_probe_write(struct insn_ctxt *ctxt, unsigned int seg, uint64_t linear,
                          unsigned int bytes)
{
    uint8_t *p;

    (void)seg;
    return access(ctxt, linear, bytes, &p);
}

static int op_read_cr(struct insn_ctxt *ctxt, unsigned int reg, uint64_t *value)
{
    (void)ctxt;
    *value = m.cr[reg];
    return INSN_OK;
}

static int op_write_cr(struct insn_ctxt *ctxt, unsigned int reg, uint64_t value)
{
    (void)ctxt;
    m.cr[reg] = value;
    return INSN_OK;
}

static int op_read_dr(struct insn_ctxt *ctxt, unsigned int reg, uint64_t *value)
{
    (void)ctxt;
    *value = m.dr[reg];
    return INSN_OK;
}

static int op_write_dr(struct insn_ctxt *ctxt, unsigned int reg, uint64_t value)
{
    (void)ctxt;
    m.dr[reg] = value;
    return INSN_OK;
}

static int op_read_msr(struct insn_ctxt *ctxt, uint32_t index, uint64_t *value)
{
    if (index == 0xdead)
        return insn_exception_code(ctxt, 13, 0);
    m.msr_index = index;
    *value = m.msr_value;
    return INSN_OK;
}

static int op_write_msr(struct insn_ctxt *ctxt, uint32_t index, uint64_t value)
{
    (void)ctxt;
    m.msr_index = index;
    m.msr_value = value;
    return INSN_OK;
}

static int op_write_xcr(struct insn_ctxt *ctxt, uint32_t index, uint64_t value)
{
    (void)ctxt;
    assert_int_equal(index, 0);
    m.xcr = value;
    return INSN_OK;
}

static int op_rdtscp(struct insn_ctxt *ctxt, uint64_t *tsc, uint32_t *aux)
{
    (void)ctxt;
    *tsc = 0x1122334455667788;
    *aux = 7;
    return INSN_OK;
}

static int op_cpuid(struct insn_ctxt *ctxt, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
    (void)ctxt;
    out[0] = leaf + 1;
    out[1] = subleaf + 1;
    out[2] = 0x80000000;
    out[3] = 4;
    return INSN_OK;
}

static int op_cli(struct insn_ctxt *ctxt)
{
    (void)ctxt;
    m.called = "cli";
    return INSN_OK;
}

static int op_swapgs(struct insn_ctxt *ctxt)
{
    (void)ctxt;
    m.called = "swapgs";
    return INSN_OK;
}

static int op_invlpg(struct insn_ctxt *ctxt, unsigned int seg, uint64_t linear)
{
    (void)ctxt, (void)seg;
    m.invalidated = linear;
    return INSN_OK;
}

static const struct insn_ops ops = {
    .read = op_read,
    .write = op_write,
    .cmpxchg = op_cmpxchg,
    .probe_write = op_probe_write,
    .segment_base = op_base,
    .io_read = op_io_read,
    .io_write = op_io_write,
    .read_cr = op_read_cr,
    .write_cr = op_write_cr,
    .read_dr = op_read_dr,
    .write_dr = op_write_dr,
    .read_msr = op_read_msr,
    .write_msr = op_write_msr,
    .write_xcr = op_write_xcr,
    .rdtscp = op_rdtscp,
    .cpuid = op_cpuid,
    .cli = op_cli,
    .swapgs = op_swapgs,
    .invlpg = op_invlpg,
};

static int set_up(void **state)
{
    (void)state;
    memset(&m, 0, sizeof(m));
    regs = (struct cpu_user_regs){ .rip = 0xffffffff81000000,
                                   .rflags = 0x202,
                                   .rdi = MEMORY_BASE + 0x10 };
    c = (struct insn_ctxt){ .regs = &regs, .ops = &ops, .ctx = &m };
    return 0;
}

static int run_mode(enum insn_mode mode, const uint8_t *bytes, unsigned int len)
{
    assert_int_equal(insn_decode(&c.insn, bytes, len, mode), 0);
    assert_int_equal(c.insn.length, len);
    return insn_emulate(&c);
}

#define RUN(...) \
    run_mode(INSN_MODE_64, (const uint8_t[]){ __VA_ARGS__ }, sizeof((uint8_t[]){ __VA_ARGS__ }))
#define RUN32(...) \
    run_mode(INSN_MODE_32, (const uint8_t[]){ __VA_ARGS__ }, sizeof((uint8_t[]){ __VA_ARGS__ }))
#define RUN16(...) \
    run_mode(INSN_MODE_16, (const uint8_t[]){ __VA_ARGS__ }, sizeof((uint8_t[]){ __VA_ARGS__ }))

static uint64_t entry(void)
{
    uint64_t value;

    memcpy(&value, m.memory + 0x10, 8);
    return value;
}

static void set_entry(uint64_t value)
{
    memcpy(m.memory + 0x10, &value, 8);
}

static void test_page_table_mov(void **state)
{
    (void)state;
    regs.rax = 0x8000000012345067;
    assert_int_equal(RUN(0x48, 0x89, 0x07), INSN_OK); /* mov %rax,(%rdi) */
    assert_int_equal(entry(), 0x8000000012345067);
    assert_int_equal(m.writes, 1);
    assert_int_equal(m.reads + m.exchanges, 0);
    assert_int_equal(m.last_bytes, 8);
    assert_int_equal(regs.rip, 0xffffffff81000003);

    assert_int_equal(RUN(0x48, 0xc7, 0x07, 0, 0, 0, 0), INSN_OK); /* movq $0,(%rdi) */
    assert_int_equal(entry(), 0);
    assert_int_equal(RUN(0x89, 0x47, 0x04), INSN_OK); /* mov %eax,4(%rdi): half an entry */
    assert_int_equal(entry(), 0x1234506700000000);
    assert_int_equal(m.last_bytes, 4);
}

static void test_page_table_atomic(void **state)
{
    (void)state;
    set_entry(0x12345067);
    regs.rax = 0;
    assert_int_equal(RUN(0x48, 0x87, 0x07), INSN_OK); /* xchg %rax,(%rdi) */
    assert_int_equal(regs.rax, 0x12345067);
    assert_int_equal(entry(), 0);
    assert_int_equal(m.exchanges, 1);
    assert_int_equal(m.writes, 0);

    set_entry(0x67);
    assert_int_equal(RUN(0xf0, 0x48, 0x0f, 0xba, 0x37, 0x01), INSN_OK); /* lock btrq $1,(%rdi) */
    assert_int_equal(entry(), 0x65);
    assert_true(regs.rflags & CF);
    assert_int_equal(RUN(0xf0, 0x80, 0x27, 0xdf), INSN_OK); /* lock andb $~0x20,(%rdi) */
    assert_int_equal(entry(), 0x45);
    assert_int_equal(m.writes, 0);
    assert_int_equal(RUN(0x48, 0x83, 0x0f, 0x02), INSN_OK); /* orq $2,(%rdi), not locked */
    assert_int_equal(entry(), 0x47);
    assert_int_equal(m.writes, 1);
}

static void test_cmpxchg(void **state)
{
    (void)state;
    set_entry(0x67);
    regs.rax = 0x67;
    regs.rcx = 0x1000;
    assert_int_equal(RUN(0xf0, 0x48, 0x0f, 0xb1, 0x0f), INSN_OK); /* lock cmpxchg %rcx,(%rdi) */
    assert_int_equal(entry(), 0x1000);
    assert_true(regs.rflags & ZF);
    assert_int_equal(RUN(0xf0, 0x48, 0x0f, 0xb1, 0x0f), INSN_OK);
    assert_int_equal(regs.rax, 0x1000);
    assert_false(regs.rflags & ZF);
}

static void test_lost_races(void **state)
{
    (void)state;
    set_entry(0x47);
    m.lost_races = 3;
    assert_int_equal(RUN(0xf0, 0x48, 0x83, 0x0f, 0x08), INSN_OK); /* lock orq $8,(%rdi) */
    assert_int_equal(entry(), 0x6f);                              /* the other CPU's bit survives */
    assert_int_equal(m.exchanges, 4);
    m.lost_races = 1000;
    regs.rip = 0x1000;
    assert_int_equal(RUN(0xf0, 0x48, 0x83, 0x0f, 0x01), INSN_RETRY);
    assert_int_equal(regs.rip, 0x1000);
}

static void expect_unchanged(int rc, int expected, const struct cpu_user_regs *before)
{
    assert_int_equal(rc, expected);
    assert_memory_equal(&regs, before, sizeof(regs));
}

static void test_faults_change_nothing(void **state)
{
    struct cpu_user_regs before;

    (void)state;
    regs.rdi = 0x1000;
    regs.rsp = MEMORY_BASE + 0x100;
    regs.rflags |= RF | TF;
    before = regs;
    expect_unchanged(RUN(0x48, 0x89, 0x07), INSN_EXCEPTION, &before);
    assert_int_equal(c.exception.vector, 14);
    assert_true(c.exception.has_error_code);
    assert_int_equal(c.exception.error_code, 2);
    assert_int_equal(c.exception.cr2, 0x1000);
    expect_unchanged(RUN(0x48, 0x87, 0x07), INSN_EXCEPTION, &before);
    expect_unchanged(RUN(0xf0, 0x48, 0x0f, 0xc1, 0x07), INSN_EXCEPTION, &before);
    expect_unchanged(RUN(0x48, 0x01, 0x07), INSN_EXCEPTION, &before);
    expect_unchanged(RUN(0x48, 0x0f, 0xb1, 0x07), INSN_EXCEPTION, &before);
    expect_unchanged(RUN(0x8f, 0x07), INSN_EXCEPTION, &before); /* pop (%rdi) */
    expect_unchanged(RUN(0xaa), INSN_EXCEPTION, &before);
    expect_unchanged(RUN(0x0f, 0x20, 0xc8), INSN_EXCEPTION, &before); /* cr1 */
    assert_int_equal(c.exception.vector, 6);
    assert_false(c.exception.has_error_code);
    regs.rdi = before.rdi = MEMORY_BASE + 8;
    expect_unchanged(RUN(0x48, 0x0f, 0xc7, 0x0f), INSN_EXCEPTION, &before); /* misaligned 16b */
    assert_int_equal(c.exception.vector, 13);
}

static void test_unhandleable(void **state)
{
    static const struct insn_ops none;
    struct cpu_user_regs before = regs;

    (void)state;
    expect_unchanged(RUN(0x48, 0xcf), INSN_UNHANDLEABLE, &before);       /* iretq */
    expect_unchanged(RUN(0x0f, 0x01, 0x17), INSN_UNHANDLEABLE, &before); /* lgdt */
    expect_unchanged(RUN(0xf4), INSN_UNHANDLEABLE, &before);             /* no hlt operation */
    c.ops = &none;
    expect_unchanged(RUN(0x48, 0x89, 0x07), INSN_UNHANDLEABLE, &before);
    expect_unchanged(RUN(0x48, 0x87, 0x07), INSN_UNHANDLEABLE, &before);
    expect_unchanged(RUN(0x0f, 0x30), INSN_UNHANDLEABLE, &before);
}

static void test_ports(void **state)
{
    (void)state;
    regs.rax = 0xffffffffffffffff;
    regs.rdx = 0xabcd0cf8;
    m.port_value = 0x12345678;
    assert_int_equal(RUN(0xed), INSN_OK); /* in (%dx),%eax */
    assert_int_equal(m.port, 0xcf8);
    assert_int_equal(m.port_bytes, 4);
    assert_int_equal(regs.rax, 0x12345678);
    assert_int_equal(RUN(0xe4, 0xf0), INSN_OK); /* in $0xf0,%al */
    assert_int_equal(m.port, 0xf0);
    assert_int_equal(m.port_bytes, 1);
    assert_int_equal(regs.rax, 0x12345679);
    assert_int_equal(RUN(0x66, 0xef), INSN_OK); /* out %ax,(%dx) */
    assert_int_equal(m.port_bytes, 2);
    assert_int_equal(m.port_value, 0x5679);
    regs.rdx = 0xcf9;
    assert_int_equal(RUN(0xee), INSN_EXCEPTION);
    assert_int_equal(c.exception.vector, 13);
}

static void test_control_registers(void **state)
{
    (void)state;
    m.cr[0] = 0x80050033;
    m.cr[8] = 5;
    assert_int_equal(RUN(0x0f, 0x20, 0xc2), INSN_OK); /* mov %cr0,%rdx */
    assert_int_equal(regs.rdx, 0x80050033);
    assert_int_equal(RUN(0x45, 0x0f, 0x20, 0xc1), INSN_OK); /* mov %cr8,%r9 */
    assert_int_equal(regs.r9, 5);
    regs.rbx = 0x1234567000;
    assert_int_equal(RUN(0x0f, 0x22, 0xdb), INSN_OK); /* mov %rbx,%cr3 */
    assert_int_equal(m.cr[3], 0x1234567000);
    assert_int_equal(RUN(0x0f, 0x23, 0xfb), INSN_OK); /* mov %rbx,%dr7 */
    assert_int_equal(m.dr[7], 0x1234567000);
    assert_int_equal(RUN(0x0f, 0x21, 0xf9), INSN_OK); /* mov %dr7,%rcx */
    assert_int_equal(regs.rcx, 0x1234567000);
    assert_int_equal(RUN(0x44, 0x0f, 0x21, 0xf9), INSN_EXCEPTION); /* dr15 */

    assert_int_equal(RUN(0x0f, 0x01, 0xe0), INSN_OK); /* smsw %eax */
    assert_int_equal(regs.rax, 0x80050033);
    regs.rax = 0x8;
    assert_int_equal(RUN(0x0f, 0x01, 0xf0), INSN_OK); /* lmsw %ax cannot clear PE */
    assert_int_equal(m.cr[0], 0x80050039);
    assert_int_equal(RUN(0x0f, 0x01, 0x27), INSN_OK); /* smsw (%rdi) */
    assert_int_equal(m.last_bytes, 2);
}

static void test_model_specific(void **state)
{
    (void)state;
    regs.rcx = 0xffffffffc0000080;
    m.msr_value = 0xaabbccdd00000d01;
    assert_int_equal(RUN(0x0f, 0x32), INSN_OK); /* rdmsr */
    assert_int_equal(m.msr_index, 0xc0000080);
    assert_int_equal(regs.rax, 0xd01);
    assert_int_equal(regs.rdx, 0xaabbccdd);
    regs.rdx = 0xffffffff00000001;
    assert_int_equal(RUN(0x0f, 0x30), INSN_OK); /* wrmsr */
    assert_int_equal(m.msr_value, 0x100000d01);
    assert_int_equal(RUN(0xf3, 0x48, 0x0f, 0xae, 0xdf), INSN_OK); /* wrgsbase %rdi */
    assert_int_equal(m.msr_index, 0xc0000101);
    assert_int_equal(m.msr_value, regs.rdi);
    assert_int_equal(RUN(0xf3, 0x48, 0x0f, 0xae, 0xc6), INSN_OK); /* rdfsbase %rsi */
    assert_int_equal(m.msr_index, 0xc0000100);
    assert_int_equal(regs.rsi, regs.rdi);
    assert_int_equal(RUN(0xf3, 0x0f, 0xae, 0xd7), INSN_OK); /* wrfsbase %edi */
    assert_int_equal(m.msr_index, 0xc0000100);
    assert_int_equal(m.msr_value, (uint32_t)regs.rdi);
    assert_int_equal(RUN(0xf3, 0x48, 0x0f, 0xae, 0xce), INSN_OK); /* rdgsbase %rsi */
    assert_int_equal(m.msr_index, 0xc0000101);
    regs.rcx = 0xdead;
    assert_int_equal(RUN(0x0f, 0x32), INSN_EXCEPTION);

    regs.rax = 7, regs.rdx = 0, regs.rcx = 0;
    assert_int_equal(RUN(0x0f, 0x01, 0xd1), INSN_OK); /* xsetbv */
    assert_int_equal(m.xcr, 7);
    assert_int_equal(RUN(0x0f, 0x01, 0xf9), INSN_OK); /* rdtscp */
    assert_int_equal(regs.rax, 0x55667788);
    assert_int_equal(regs.rdx, 0x11223344);
    assert_int_equal(regs.rcx, 7);
}

static void test_others(void **state)
{
    (void)state;
    regs.rax = 0xffffffff00000007;
    regs.rcx = 2;
    assert_int_equal(RUN(0x0f, 0xa2), INSN_OK); /* cpuid */
    assert_int_equal(regs.rax, 8);
    assert_int_equal(regs.rbx, 3);
    assert_int_equal(regs.rcx, 0x80000000);
    assert_int_equal(RUN(0xfa), INSN_OK);
    assert_string_equal(m.called, "cli");
    assert_int_equal(RUN(0x0f, 0x01, 0xf8), INSN_OK);
    assert_string_equal(m.called, "swapgs");
    m.gs_base = 0x1000;
    assert_int_equal(RUN(0x65, 0x0f, 0x01, 0x3f), INSN_OK); /* invlpg %gs:(%rdi) */
    assert_int_equal(m.invalidated, regs.rdi + 0x1000);
}

static void test_single_step(void **state)
{
    (void)state;
    regs.rflags |= TF | RF;
    assert_int_equal(RUN(0x48, 0x89, 0x07), INSN_OK);
    assert_true(c.single_step);
    assert_int_equal(regs.rflags & (TF | RF), TF);
    regs.rcx = 2;
    regs.rip = 0x1000;
    assert_int_equal(RUN(0xf3, 0xaa), INSN_OK); /* rep stosb: one trap an iteration */
    assert_true(c.single_step);
    assert_int_equal(regs.rcx, 1);
    assert_int_equal(regs.rip, 0x1000);
    assert_int_equal(RUN(0xf3, 0xaa), INSN_OK);
    assert_true(c.single_step);
    assert_int_equal(regs.rip, 0x1002);
    regs.rflags &= ~(uint64_t)TF;
    assert_int_equal(RUN(0x90), INSN_OK);
    assert_false(c.single_step);
}

static void test_string_progress(void **state)
{
    (void)state;
    regs.rcx = 1000;
    regs.rdi = MEMORY_BASE + MEMORY_BYTES - 12;
    regs.rdx = 0x1f0;
    regs.rip = 0x1000;
    assert_int_equal(RUN(0xf3, 0x6d), INSN_EXCEPTION); /* rep insl runs out of memory */
    assert_int_equal(regs.rcx, 997);
    assert_int_equal(regs.rdi, MEMORY_BASE + MEMORY_BYTES);
    assert_int_equal(regs.rip, 0x1000);
    assert_int_equal(m.port_count, 3); /* no input is taken for the fourth */
    assert_int_equal(c.exception.cr2, MEMORY_BASE + MEMORY_BYTES);

    regs.rsi = MEMORY_BASE + 3;
    regs.rcx = 4;
    regs.rflags |= DF;
    memcpy(m.memory, "abcd", 4);
    assert_int_equal(RUN(0xf3, 0x6e), INSN_OK); /* rep outsb downwards */
    assert_int_equal(m.port_count, 7);
    assert_int_equal(m.port_value, 'a');
    assert_int_equal(regs.rsi, MEMORY_BASE - 1);
    assert_int_equal(regs.rcx, 0);
    regs.rsi = 0;
    assert_int_equal(RUN(0xf3, 0xa5), INSN_OK); /* a count of zero touches nothing */
}

static void test_string_batch(void **state)
{
    unsigned int retries = 0;
    int rc;

    (void)state;
    regs.rcx = 4000;
    regs.rdi = MEMORY_BASE;
    regs.rax = 0x55;
    while ((rc = RUN(0xf3, 0xaa)) == INSN_RETRY)
        retries++;
    assert_int_equal(rc, INSN_OK);
    assert_true(retries > 0);
    assert_int_equal(regs.rcx, 0);
    assert_int_equal(m.memory[3999], 0x55);
    assert_int_equal(m.memory[4000], 0);
}

/* In the other modes every segment has a base, and addresses wrap at 32 or 16 bits. */
static int wrap_base(struct insn_ctxt *ctxt, unsigned int seg, uint64_t *base)
{
    (void)ctxt;
    *base = seg == INSN_SEG_SS ? 0x20000 : 0x10000;
    return INSN_OK;
}

static int wrap_write(struct insn_ctxt *ctxt, unsigned int seg, uint64_t linear, const void *buf,
                      unsigned int bytes)
{
    (void)ctxt, (void)seg, (void)buf;
    m.last_linear = linear;
    m.last_bytes = bytes;
    return INSN_OK;
}

static void test_other_modes(void **state)
{
    static const struct insn_ops wrap = { .segment_base = wrap_base, .write = wrap_write };

    (void)state;
    c.ops = &wrap;
    regs.rip = 0x1000;
    regs.rdi = 0xffffffff;
    assert_int_equal(RUN32(0x89, 0x47, 0x02), INSN_OK); /* mov %eax,2(%edi) */
    assert_int_equal(m.last_linear, 0x10001);
    assert_int_equal(regs.rip, 0x1003);
    regs.rbp = 0xfffe;
    regs.rsi = 4;
    assert_int_equal(RUN16(0x89, 0x02), INSN_OK); /* mov %ax,(%bp,%si) */
    assert_int_equal(m.last_linear, 0x20002);
    assert_int_equal(m.last_bytes, 2);
    regs.rsp = 0x30000;
    assert_int_equal(RUN16(0x50), INSN_OK); /* push %ax */
    assert_int_equal(m.last_linear, 0x2fffe);
    assert_int_equal(regs.rsp, 0x3fffe);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_page_table_mov, set_up),
        cmocka_unit_test_setup(test_page_table_atomic, set_up),
        cmocka_unit_test_setup(test_cmpxchg, set_up),
        cmocka_unit_test_setup(test_lost_races, set_up),
        cmocka_unit_test_setup(test_faults_change_nothing, set_up),
        cmocka_unit_test_setup(test_unhandleable, set_up),
        cmocka_unit_test_setup(test_ports, set_up),
        cmocka_unit_test_setup(test_control_registers, set_up),
        cmocka_unit_test_setup(test_model_specific, set_up),
        cmocka_unit_test_setup(test_others, set_up),
        cmocka_unit_test_setup(test_single_step, set_up),
        cmocka_unit_test_setup(test_string_progress, set_up),
        cmocka_unit_test_setup(test_string_batch, set_up),
        cmocka_unit_test_setup(test_other_modes, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
