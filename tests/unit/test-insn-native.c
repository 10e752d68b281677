/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random instructions: the emulator must do what the processor that runs this test does. */
/* sources: xen/arch/x86/insn/decode.c xen/arch/x86/insn/tables.c xen/arch/x86/insn/groups.c
   xen/arch/x86/insn/emulate.c xen/arch/x86/insn/operand.c xen/arch/x86/insn/move.c
   xen/arch/x86/insn/alu.c xen/arch/x86/insn/arith.c xen/arch/x86/insn/exchange.c
   xen/arch/x86/insn/string.c xen/arch/x86/insn/privileged.c tests/unit/insn-native.c */
#include <cpuid.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <abi/abi.h>
#include <asm/insn.h>

#include "insn-native.h"

#define CF    0x001u
#define PF    0x004u
#define AF    0x010u
#define ZF    0x040u
#define SF    0x080u
#define OF    0x800u
#define DF    0x400u
#define ARITH (CF | PF | AF | ZF | SF | OF)

#define RUNS_PER_TEMPLATE 400

enum kind { PLAIN, LOGIC, SHIFT, ROTATE, DOUBLE, BITTEST, EXCHANGE, STRING };

/* A range of opcodes; reg >= 0 fixes ModRM.reg; lock says LOCK may be tried. */
struct template
{
    unsigned int map;
    uint8_t first, last;
    int reg_first, reg_last;
    bool lock;
    enum kind kind;
};

static const struct template templates[] = {
    { 0, 0x00, 0x03, -1, -1, true, PLAIN },    { 0, 0x04, 0x05, -1, -1, false, PLAIN },
    { 0, 0x08, 0x0b, -1, -1, true, LOGIC },    { 0, 0x0c, 0x0d, -1, -1, false, LOGIC },
    { 0, 0x10, 0x13, -1, -1, true, PLAIN },    { 0, 0x14, 0x15, -1, -1, false, PLAIN },
    { 0, 0x18, 0x1b, -1, -1, true, PLAIN },    { 0, 0x1c, 0x1d, -1, -1, false, PLAIN },
    { 0, 0x20, 0x23, -1, -1, true, LOGIC },    { 0, 0x24, 0x25, -1, -1, false, LOGIC },
    { 0, 0x28, 0x2b, -1, -1, true, PLAIN },    { 0, 0x2c, 0x2d, -1, -1, false, PLAIN },
    { 0, 0x30, 0x33, -1, -1, true, LOGIC },    { 0, 0x34, 0x35, -1, -1, false, LOGIC },
    { 0, 0x38, 0x3d, -1, -1, false, PLAIN },   { 0, 0x50, 0x5f, -1, -1, false, PLAIN },
    { 0, 0x63, 0x63, -1, -1, false, PLAIN },   { 0, 0x68, 0x68, -1, -1, false, PLAIN },
    { 0, 0x6a, 0x6a, -1, -1, false, PLAIN },   { 0, 0x80, 0x81, 0, 0, true, PLAIN },
    { 0, 0x80, 0x81, 1, 1, true, LOGIC },      { 0, 0x80, 0x81, 2, 3, true, PLAIN },
    { 0, 0x80, 0x81, 4, 4, true, LOGIC },      { 0, 0x80, 0x81, 5, 5, true, PLAIN },
    { 0, 0x80, 0x81, 6, 6, true, LOGIC },      { 0, 0x80, 0x81, 7, 7, false, PLAIN },
    { 0, 0x83, 0x83, 0, 0, true, PLAIN },      { 0, 0x83, 0x83, 1, 1, true, LOGIC },
    { 0, 0x83, 0x83, 2, 3, true, PLAIN },      { 0, 0x83, 0x83, 4, 4, true, LOGIC },
    { 0, 0x83, 0x83, 5, 5, true, PLAIN },      { 0, 0x83, 0x83, 6, 6, true, LOGIC },
    { 0, 0x83, 0x83, 7, 7, false, PLAIN },     { 0, 0x84, 0x85, -1, -1, false, LOGIC },
    { 0, 0x86, 0x87, -1, -1, true, PLAIN },    { 0, 0x88, 0x8b, -1, -1, false, PLAIN },
    { 0, 0x8d, 0x8d, -1, -1, false, PLAIN },   { 0, 0x8f, 0x8f, 0, 0, false, PLAIN },
    { 0, 0x90, 0x97, -1, -1, false, PLAIN },   { 0, 0xa0, 0xa3, -1, -1, false, PLAIN },
    { 0, 0xa4, 0xa7, -1, -1, false, STRING },  { 0, 0xa8, 0xa9, -1, -1, false, LOGIC },
    { 0, 0xaa, 0xaf, -1, -1, false, STRING },  { 0, 0xb0, 0xbf, -1, -1, false, PLAIN },
    { 0, 0xc0, 0xc1, 0, 3, false, ROTATE },    { 0, 0xc0, 0xc1, 4, 7, false, SHIFT },
    { 0, 0xc6, 0xc7, 0, 0, false, PLAIN },     { 0, 0xd0, 0xd3, 0, 3, false, ROTATE },
    { 0, 0xd0, 0xd3, 4, 7, false, SHIFT },     { 0, 0xf5, 0xf5, -1, -1, false, PLAIN },
    { 0, 0xf6, 0xf7, 0, 1, false, LOGIC },     { 0, 0xf6, 0xf7, 2, 3, true, PLAIN },
    { 0, 0xf8, 0xf9, -1, -1, false, PLAIN },   { 0, 0xfc, 0xfd, -1, -1, false, PLAIN },
    { 0, 0xfe, 0xff, 0, 1, true, PLAIN },      { 0, 0xff, 0xff, 6, 6, false, PLAIN },
    { 1, 0x40, 0x4f, -1, -1, false, PLAIN },   { 1, 0x90, 0x9f, -1, -1, false, PLAIN },
    { 1, 0xa3, 0xa3, -1, -1, false, BITTEST }, { 1, 0xa4, 0xa5, -1, -1, false, DOUBLE },
    { 1, 0xab, 0xab, -1, -1, true, BITTEST },  { 1, 0xac, 0xad, -1, -1, false, DOUBLE },
    { 1, 0xb0, 0xb1, -1, -1, true, EXCHANGE }, { 1, 0xb3, 0xb3, -1, -1, true, BITTEST },
    { 1, 0xb6, 0xb7, -1, -1, false, PLAIN },   { 1, 0xba, 0xba, 4, 4, false, BITTEST },
    { 1, 0xba, 0xba, 5, 7, true, BITTEST },    { 1, 0xbb, 0xbb, -1, -1, true, BITTEST },
    { 1, 0xbe, 0xbf, -1, -1, false, PLAIN },   { 1, 0xc0, 0xc1, -1, -1, true, PLAIN },
    { 1, 0xc3, 0xc3, -1, -1, false, PLAIN },   { 1, 0xc7, 0xc7, 1, 1, true, EXCHANGE },
    { 2, 0xf0, 0xf1, -1, -1, false, PLAIN },
};

static struct native_arena arena;
static uint8_t data_before[NATIVE_DATA_BYTES], data_emulated[NATIVE_DATA_BYTES];
static bool outside;

/* xorshift64*: the same sequence on every machine */
static uint64_t random_state = 0x9e3779b97f4a7c15;

static uint64_t random64(void)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * 0x2545f4914f6cdd1d;
}

static unsigned int below(unsigned int n)
{
    return (random64() >> 33) % n;
}

static uint64_t random_value(void)
{
    static const uint64_t edges[] = { 0,          1,          ~0ULL,      0x7f,      0x80,
                                      0xff,       0x7fff,     0x8000,     0xffff,    0x7fffffff,
                                      0x80000000, 0xffffffff, 1ULL << 63, ~0ULL >> 1 };

    return below(3) ? random64() : edges[below(sizeof(edges) / sizeof(edges[0]))];
}

static uint8_t *memory(uint64_t linear, unsigned int bytes)
{
    uint64_t offset = linear - (uintptr_t)arena.data;

    if (offset > NATIVE_DATA_BYTES - bytes) {
        outside = true;
        return NULL;
    }
    return arena.data + offset;
}

static int op_read(struct insn_ctxt *c, unsigned int seg, uint64_t linear, void *buf,
                   unsigned int bytes)
{
    const uint8_t *p = memory(linear, bytes);

    (void)c, (void)seg;
    if (!p)
        return INSN_UNHANDLEABLE;
    memcpy(buf, p, bytes);
    return INSN_OK;
}

static int op_write(struct insn_ctxt *c, unsigned int seg, uint64_t linear, const void *buf,
                    unsigned int bytes)
{
    uint8_t *p = memory(linear, bytes);

    (void)c, (void)seg;
    if (!p)
        return INSN_UNHANDLEABLE;
    memcpy(p, buf, bytes);
    return INSN_OK;
}

static int op_cmpxchg(struct insn_ctxt *c, unsigned int seg, uint64_t linear, void *old,
                      const void *new, unsigned int bytes)
{
    uint8_t *p = memory(linear, bytes), seen[16];

    (void)c, (void)seg;
    if (!p)
        return INSN_UNHANDLEABLE;
    memcpy(seen, p, bytes);
    if (!memcmp(seen, old, bytes))
        memcpy(p, new, bytes);
    memcpy(old, seen, bytes);
    return INSN_OK;
}

static int op_segment_base(struct insn_ctxt *c, unsigned int seg, uint64_t *base)
{
    (void)c;
    *base = seg == INSN_SEG_GS ? NATIVE_GS_BASE : 0;
    return INSN_OK;
}

static const struct insn_ops ops = {
    .read = op_read,
    .write = op_write,
    .cmpxchg = op_cmpxchg,
    .segment_base = op_segment_base,
};

static void regs_load(struct cpu_user_regs *r, const struct native_state *s)
{
    const uint64_t *g = s->regs;

    *r = (struct cpu_user_regs){
        .rax = g[0],
        .rcx = g[1],
        .rdx = g[2],
        .rbx = g[3],
        .rsp = g[4],
        .rbp = g[5],
        .rsi = g[6],
        .rdi = g[7],
        .r8 = g[8],
        .r9 = g[9],
        .r10 = g[10],
        .r11 = g[11],
        .r12 = g[12],
        .r13 = g[13],
        .r14 = g[14],
        .r15 = g[15],
        .rflags = s->flags,
        .rip = (uintptr_t)arena.code,
    };
}

static void regs_store(const struct cpu_user_regs *r, struct native_state *s)
{
    const struct native_state out = {
        .regs = { r->rax, r->rcx, r->rdx, r->rbx, r->rsp, r->rbp, r->rsi, r->rdi, r->r8, r->r9,
                  r->r10, r->r11, r->r12, r->r13, r->r14, r->r15 },
        .flags = r->rflags,
    };

    *s = out;
}

struct attempt {
    uint8_t bytes[32];
    struct insn_ctxt c;
    struct cpu_user_regs regs;
    struct native_state before, emulated, native;
};

static void make_bytes(struct attempt *a, const struct template *t)
{
    unsigned int n = 0;

    for (unsigned int k = 0; k < sizeof(a->bytes); k++)
        a->bytes[k] = random64() >> 40;
    if (!below(4))
        a->bytes[n++] = 0x66;
    if (!below(8))
        a->bytes[n++] = 0x67;
    if (!below(8))
        a->bytes[n++] = below(2) ? 0x65 : 0x3e;
    if (t->lock && below(2))
        a->bytes[n++] = 0xf0;
    if (t->kind == STRING && below(3))
        a->bytes[n++] = 0xf2 + below(2);
    if (below(2))
        a->bytes[n++] = 0x40 + below(16);
    if (t->map)
        a->bytes[n++] = 0x0f;
    if (t->map == 2)
        a->bytes[n++] = 0x38;
    a->bytes[n++] = t->first + below(t->last - t->first + 1);
    if (t->reg_first >= 0) {
        unsigned int reg = t->reg_first + below(t->reg_last - t->reg_first + 1);

        a->bytes[n] = (a->bytes[n] & ~0x38) | reg << 3;
    }
}

static uint64_t random_target(void)
{
    return (uintptr_t)arena.data + 1024 + below(NATIVE_DATA_BYTES - 2048);
}

/* Turns registers or the displacement so that the memory operand lies within the data. */
static void aim(struct attempt *a)
{
    struct insn *i = &a->c.insn;
    uint64_t target = random_target(), *g = a->before.regs, delta;

    if (i->class == INSN_CMPXCHG8B)
        target &= ~15ULL;
    if (i->segment == INSN_SEG_GS)
        target -= NATIVE_GS_BASE;
    regs_load(&a->regs, &a->before);
    delta = target - insn_effective_address(&a->c);
    if (i->base < 16) {
        g[i->base] += delta;
    } else if (i->index < 16) {
        g[i->index] += (int64_t)delta >> i->scale;
    } else {
        uint64_t disp = i->disp + delta;
        unsigned int width = i->has_modrm ? 4 : i->addr_bytes;
        unsigned int at = i->has_modrm ? 1 + (i->base == INSN_NO_REG) : 0;

        for (unsigned int k = 0; k < i->length; k++) {
            if (!memcmp(a->bytes + k, &i->disp, width) && k > at) {
                memcpy(a->bytes + k, &disp, width);
                return;
            }
        }
    }
}

static void set_registers(struct attempt *a, const struct template *t)
{
    uint64_t *g = a->before.regs;

    for (unsigned int k = 0; k < 16; k++)
        g[k] = random_value();
    g[4] = random_target();
    a->before.flags = 0x202 | (random64() & (ARITH | DF));
    if (t->kind == STRING) {
        g[1] = below(40) | (below(2) && a->c.insn.addr_bytes == 4 ? 0xabcd00000000 : 0);
        g[6] = random_target() - (a->c.insn.segment == INSN_SEG_GS ? NATIVE_GS_BASE : 0);
        g[7] = random_target();
    }
    if (t->kind == BITTEST && a->c.insn.is_memory)
        g[a->c.insn.reg] = (int64_t)(random64() << 51) >> 51;
    if (t->kind == SHIFT || t->kind == ROTATE || t->kind == DOUBLE)
        g[1] = below(2) ? below(40) : g[1];
}

/* Comparisons must come out equal now and then. */
static void favour_equality(struct attempt *a)
{
    const struct insn *i = &a->c.insn;
    uint64_t linear, *g = a->before.regs;
    const uint8_t *p;

    if (below(2))
        return;
    if (!i->is_memory) {
        g[0] = g[i->rm];
        return;
    }
    regs_load(&a->regs, &a->before);
    linear = insn_effective_address(&a->c) + (i->segment == INSN_SEG_GS ? NATIVE_GS_BASE : 0);
    p = memory(linear, 16);
    if (!p)
        return;
    memcpy(&g[0], p, 8);
    memcpy(&g[2], p + (i->op_bytes == 8 ? 8 : 4), 8);
}

static unsigned int shift_count(const struct attempt *a)
{
    unsigned int count = a->bytes[a->c.insn.length - 1];

    if (a->c.insn.map == 0 && a->c.insn.opcode >= 0xd0)
        count = a->c.insn.opcode < 0xd2 ? 1 : a->before.regs[1];
    if (a->c.insn.map == 1 && a->c.insn.opcode & 1)
        count = a->before.regs[1];
    return count & (a->c.insn.op_bytes == 8 ? 63 : 31);
}

/* Flags that both vendors' manuals leave undefined. */
static unsigned int undefined_flags(const struct attempt *a, enum kind kind)
{
    unsigned int count;

    switch (kind) {
    case LOGIC: return AF;
    case BITTEST: return OF | SF | AF | PF;
    case SHIFT:
    case ROTATE:
    case DOUBLE:
        count = shift_count(a);
        if (!count)
            return 0;
        return (kind == ROTATE ? 0 : AF) | (count == 1 ? 0 : OF) |
               (kind == SHIFT && count >= 8u * a->c.insn.op_bytes ? CF : 0);
    default: return 0;
    }
}

static void report(const struct attempt *a, const char *what)
{
    const struct insn *i = &a->c.insn;

    fprintf(stderr, "%s:", what);
    for (unsigned int k = 0; k < i->length; k++)
        fprintf(stderr, " %02x", a->bytes[k]);
    fprintf(stderr, "\n");
    for (unsigned int k = 0; k < 16; k++) {
        fprintf(stderr, "  r%-2u %016lx emulated %016lx native %016lx%s\n", k, a->before.regs[k],
                a->emulated.regs[k], a->native.regs[k],
                a->emulated.regs[k] != a->native.regs[k] ? " <--" : "");
    }
    fprintf(stderr, "  fl  %016lx emulated %016lx native %016lx\n", a->before.flags,
            a->emulated.flags, a->native.flags);
}

/* Emulates. Returns false when the attempt reaches outside the data and must be dropped. */
static bool emulate(struct attempt *a)
{
    int rc;

    outside = false;
    a->c.regs = &a->regs;
    a->c.ops = &ops;
    regs_load(&a->regs, &a->before);
    rc = insn_emulate(&a->c);
    regs_store(&a->regs, &a->emulated);
    memcpy(data_emulated, arena.data, NATIVE_DATA_BYTES);
    memcpy(arena.data, data_before, NATIVE_DATA_BYTES);
    if (rc != INSN_OK && outside)
        return false;
    if (rc == INSN_EXCEPTION && a->c.insn.class == INSN_CMPXCHG8B)
        return false;
    if (rc != INSN_OK) {
        report(a, "emulator gave up");
        fail();
    }
    assert_int_equal(a->regs.rip, (uintptr_t)arena.code + a->c.insn.length);
    return true;
}

static void compare_with_native(struct attempt *a, enum kind kind)
{
    unsigned int defined = (ARITH | DF) & ~undefined_flags(a, kind);
    int sig;

    a->native = a->before;
    sig = native_run(&arena, a->bytes, a->c.insn.length, &a->native);
    if (sig) {
        report(a, "the processor faulted");
        fail();
    }
    if (memcmp(a->native.regs, a->emulated.regs, sizeof(a->native.regs)) ||
        (a->native.flags ^ a->emulated.flags) & defined) {
        report(a, "registers differ");
        fail();
    }
    if (memcmp(arena.data, data_emulated, NATIVE_DATA_BYTES)) {
        report(a, "memory differs");
        fail();
    }
}

static bool try_once(const struct template *t)
{
    struct attempt a = { 0 };

    a.c.regs = &a.regs;
    make_bytes(&a, t);
    if (insn_decode(&a.c.insn, a.bytes, INSN_MAX_LENGTH, INSN_MODE_64))
        return false;
    set_registers(&a, t);
    if (a.c.insn.is_memory && a.c.insn.class != INSN_LEA) {
        aim(&a);
        if (insn_decode(&a.c.insn, a.bytes, INSN_MAX_LENGTH, INSN_MODE_64))
            return false;
    }
    if (t->kind == EXCHANGE)
        favour_equality(&a);
    if (t->kind == DOUBLE && shift_count(&a) > 8u * a.c.insn.op_bytes)
        return false; /* the result is undefined */
    for (unsigned int k = 0; k < 64; k++)
        memset(arena.data + below(NATIVE_DATA_BYTES - 8), random64() >> 40, 1 + below(8));
    memcpy(data_before, arena.data, NATIVE_DATA_BYTES);
    if (!emulate(&a))
        return false;
    compare_with_native(&a, t->kind);
    return true;
}

static bool processor_has_movbe(void)
{
    unsigned int a, b, cx, d;

    return __get_cpuid(1, &a, &b, &cx, &d) && cx & bit_MOVBE;
}

static void test_against_processor(void **state)
{
    bool movbe = processor_has_movbe();

    (void)state;
    if (!native_open(&arena)) /* memory that is both writable and executable may be forbidden */
        skip();
    for (unsigned int n = 0; n < sizeof(templates) / sizeof(templates[0]); n++) {
        unsigned int runs = 0, tries = 0;

        if (templates[n].map == 2 && !movbe)
            continue;
        while (runs < RUNS_PER_TEMPLATE && tries < 20 * RUNS_PER_TEMPLATE) {
            tries++;
            runs += try_once(&templates[n]);
        }
        if (runs < RUNS_PER_TEMPLATE)
            fprintf(stderr, "template %u (%02x): only %u of %u tries ran\n", n, templates[n].first,
                    runs, tries);
        assert_int_equal(runs, RUNS_PER_TEMPLATE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_processor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
