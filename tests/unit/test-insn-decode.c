/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The instruction decoder: lengths, operands and refusals of chosen encodings in all modes. */
/* sources: xen/arch/x86/insn/decode.c xen/arch/x86/insn/groups.c
   xen/arch/x86/insn/tables.c */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <asm/insn.h>

#define BYTES(...) { __VA_ARGS__ }, sizeof((uint8_t[]){ __VA_ARGS__ })
#define M16        INSN_MODE_16
#define M32        INSN_MODE_32
#define M64        INSN_MODE_64

/* The whole of the bytes is one instruction of that class and operand size. */
struct sample {
    uint8_t bytes[16];
    unsigned int length;
    enum insn_mode mode;
    enum insn_class class;
    unsigned int op_bytes; /* 0: not looked at */
};

static const struct sample samples[] = {
    { BYTES(0x48, 0x89, 0x07), M64, INSN_MOV, 8 },       /* mov %rax,(%rdi) */
    { BYTES(0x89, 0x07), M64, INSN_MOV, 4 },             /* mov %eax,(%rdi) */
    { BYTES(0x66, 0x89, 0x07), M64, INSN_MOV, 2 },       /* mov %ax,(%rdi) */
    { BYTES(0x66, 0x48, 0x89, 0x07), M64, INSN_MOV, 8 }, /* REX.W beats 66 */
    { BYTES(0x48, 0x66, 0x89, 0x07), M64, INSN_MOV, 2 }, /* a REX before a prefix is void */
    { BYTES(0x89, 0x07), M16, INSN_MOV, 2 },             /* mov %ax,(%bx) */
    { BYTES(0x66, 0x89, 0x07), M16, INSN_MOV, 4 },
    { BYTES(0x88, 0x07), M64, INSN_MOV, 1 },
    { BYTES(0x48, 0xc7, 0x04, 0x25, 1, 2, 3, 4, 5, 6, 7, 8), M64, INSN_MOV, 8 },
    { BYTES(0x48, 0xc7, 0x05, 1, 2, 3, 4, 5, 6, 7, 8), M64, INSN_MOV, 8 }, /* RIP-relative */
    { BYTES(0x48, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8), M64, INSN_MOV, 8 },       /* movabs */
    { BYTES(0xb8, 1, 2, 3, 4), M64, INSN_MOV, 4 },
    { BYTES(0x66, 0xb8, 1, 2), M64, INSN_MOV, 2 },
    { BYTES(0xb8, 1, 2), M16, INSN_MOV, 2 },
    { BYTES(0xa3, 1, 2, 3, 4, 5, 6, 7, 8), M64, INSN_MOV, 4 }, /* moffs follow the address size */
    { BYTES(0x67, 0xa3, 1, 2, 3, 4), M64, INSN_MOV, 4 },
    { BYTES(0xa3, 1, 2, 3, 4), M32, INSN_MOV, 4 },
    { BYTES(0x67, 0xa3, 1, 2), M32, INSN_MOV, 4 },
    { BYTES(0x48, 0x89, 0x44, 0x24, 0x08), M64, INSN_MOV, 8 }, /* SIB and disp8 */
    { BYTES(0x48, 0x89, 0x84, 0xcb, 1, 2, 3, 4), M64, INSN_MOV, 8 },
    { BYTES(0x89, 0x46, 0x10), M16, INSN_MOV, 2 },       /* mov %ax,0x10(%bp) */
    { BYTES(0x89, 0x06, 0x10, 0x20), M16, INSN_MOV, 2 }, /* mov %ax,0x2010 */
    { BYTES(0x67, 0x66, 0x89, 0x04, 0x88), M16, INSN_MOV, 4 },
    { BYTES(0x0f, 0xc3, 0x07), M64, INSN_MOV, 4 }, /* movnti */
    { BYTES(0x0f, 0xb6, 0xc0), M64, INSN_MOVZX, 4 },
    { BYTES(0x48, 0x63, 0xc1), M64, INSN_MOVSX, 8 }, /* movslq */
    { BYTES(0x63, 0xc1), M32, INSN_OTHER, 0 },       /* arpl */
    { BYTES(0x0f, 0x38, 0xf0, 0x07), M64, INSN_MOVBE, 4 },
    { BYTES(0xf2, 0x0f, 0x38, 0xf0, 0xc7), M64, INSN_OTHER, 0 }, /* crc32 */
    { BYTES(0x48, 0x87, 0x07), M64, INSN_XCHG, 8 },
    { BYTES(0xf0, 0x48, 0x0f, 0xb1, 0x0f), M64, INSN_CMPXCHG, 8 },
    { BYTES(0xf0, 0x48, 0x0f, 0xc7, 0x0f), M64, INSN_CMPXCHG8B, 8 },
    { BYTES(0xf0, 0x48, 0x0f, 0xba, 0x37, 0x3f), M64, INSN_ALU, 8 }, /* lock btrq $63,(%rdi) */
    { BYTES(0xf0, 0x48, 0x81, 0x27, 1, 2, 3, 4), M64, INSN_ALU, 8 },
    { BYTES(0x66, 0x81, 0x27, 1, 2), M64, INSN_ALU, 2 },
    { BYTES(0x48, 0x83, 0x0f, 0x01), M64, INSN_ALU, 8 },
    { BYTES(0xf6, 0x07, 0x01), M64, INSN_ALU, 1 }, /* testb has an immediate, */
    { BYTES(0xf6, 0x17), M64, INSN_ALU, 1 },       /* notb has none */
    { BYTES(0xf7, 0x07, 1, 2, 3, 4), M64, INSN_ALU, 4 },
    { BYTES(0x40), M32, INSN_ALU, 4 }, /* inc %eax */
    { BYTES(0x50), M64, INSN_PUSH, 8 },
    { BYTES(0x50), M32, INSN_PUSH, 4 },
    { BYTES(0xff, 0x37), M64, INSN_PUSH, 8 },
    { BYTES(0x8f, 0x07), M64, INSN_POP, 8 },
    { BYTES(0xe8, 1, 2, 3, 4), M64, INSN_OTHER, 0 },
    { BYTES(0xe8, 1, 2), M16, INSN_OTHER, 0 },
    { BYTES(0x0f, 0x84, 1, 2, 3, 4), M64, INSN_OTHER, 0 },
    { BYTES(0x9a, 1, 2, 3, 4, 5, 6), M32, INSN_OTHER, 0 },
    { BYTES(0xc8, 1, 2, 3), M64, INSN_OTHER, 0 },
    { BYTES(0x69, 0xc0, 1, 2, 3, 4), M64, INSN_OTHER, 0 }, /* imul */
    { BYTES(0x66, 0x69, 0xc0, 1, 2), M64, INSN_OTHER, 0 },
    { BYTES(0x6b, 0xc0, 1), M64, INSN_OTHER, 0 },
    { BYTES(0xc2, 1, 2), M64, INSN_OTHER, 0 },
    { BYTES(0xcd, 0x80), M64, INSN_OTHER, 0 },
    { BYTES(0xd4, 0x0a), M32, INSN_OTHER, 0 },
    { BYTES(0xd9, 0x07), M64, INSN_OTHER, 0 }, /* flds */
    { BYTES(0xe2, 0xfe), M64, INSN_OTHER, 0 },
    { BYTES(0xea, 1, 2, 3, 4, 5, 6), M32, INSN_OTHER, 0 },
    { BYTES(0x0f, 0x70, 0xc1, 0x1b), M64, INSN_OTHER, 0 },
    { BYTES(0x0f, 0xc2, 0xc1, 0x01), M64, INSN_OTHER, 0 },
    { BYTES(0x0f, 0xa4, 0x07, 0x03), M64, INSN_ALU, 4 },
    { BYTES(0xf2, 0x0f, 0x78, 0xc1, 1, 2), M64, INSN_OTHER, 0 }, /* insertq */
    { BYTES(0x0f, 0x78, 0xc1), M64, INSN_OTHER, 0 },             /* vmread */
    { BYTES(0xe4, 0x60), M64, INSN_IN, 1 },
    { BYTES(0x48, 0xed), M64, INSN_IN, 4 }, /* no 64-bit ports */
    { BYTES(0x66, 0xef), M64, INSN_OUT, 2 },
    { BYTES(0xf3, 0x6d), M64, INSN_INS, 4 },
    { BYTES(0xf3, 0x48, 0xa5), M64, INSN_MOVS, 8 },
    { BYTES(0x0f, 0x20, 0xd0), M64, INSN_MOV_CR, 8 },
    { BYTES(0x0f, 0x22, 0x1f), M64, INSN_MOV_CR, 8 },       /* mod is taken for 3 */
    { BYTES(0x44, 0x0f, 0x20, 0xc0), M64, INSN_MOV_CR, 8 }, /* cr8 */
    { BYTES(0x0f, 0x23, 0xf8), M64, INSN_MOV_DR, 8 },
    { BYTES(0x0f, 0x30), M64, INSN_WRMSR, 0 },
    { BYTES(0x0f, 0x32), M64, INSN_RDMSR, 0 },
    { BYTES(0x0f, 0xa2), M64, INSN_CPUID, 0 },
    { BYTES(0x0f, 0x01, 0x3f), M64, INSN_INVLPG, 0 },
    { BYTES(0x0f, 0x01, 0xf8), M64, INSN_SWAPGS, 0 },
    { BYTES(0x0f, 0x01, 0xf9), M64, INSN_RDTSCP, 0 },
    { BYTES(0x0f, 0x01, 0xd0), M64, INSN_XGETBV, 0 },
    { BYTES(0x0f, 0x01, 0xd1), M64, INSN_XSETBV, 0 },
    { BYTES(0x0f, 0x01, 0xe0), M64, INSN_SMSW, 0 },
    { BYTES(0x0f, 0x01, 0x30), M64, INSN_LMSW, 0 },
    { BYTES(0x0f, 0x01, 0x17), M64, INSN_OTHER, 0 }, /* lgdt */
    { BYTES(0xf3, 0x48, 0x0f, 0xae, 0xd0), M64, INSN_FSGSBASE, 8 },
    { BYTES(0x48, 0xcf), M64, INSN_OTHER, 0 }, /* iretq */
    { BYTES(0x0f, 0x3a, 0x0f, 0xc1, 0x08), M64, INSN_OTHER, 0 },
    { BYTES(0xc5, 0xf8, 0x77), M64, INSN_OTHER, 0 }, /* vzeroupper */
    { BYTES(0xc5, 0xf9, 0x70, 0xc1, 0x1b), M64, INSN_OTHER, 0 },
    { BYTES(0xc4, 0xe2, 0xf8, 0xf2, 0xc1), M64, INSN_OTHER, 0 }, /* andn */
    { BYTES(0xc4, 0xe3, 0x7d, 0x06, 0xc1, 0x20), M64, INSN_OTHER, 0 },
    { BYTES(0xc5, 0x07), M32, INSN_OTHER, 0 },                               /* lds */
    { BYTES(0xc5, 0xf9, 0x6f, 0xc1), M32, INSN_OTHER, 0 },                   /* vmovdqa */
    { BYTES(0x62, 0xf1, 0xfd, 0x48, 0x6f, 0x47, 0x01), M64, INSN_OTHER, 0 }, /* EVEX */
    { BYTES(0x62, 0xf3, 0x7d, 0x48, 0x25, 0xc0, 0xff), M64, INSN_OTHER, 0 },
    { BYTES(0x62, 0x07), M32, INSN_OTHER, 0 },                   /* bound */
    { BYTES(0x8f, 0xe9, 0x78, 0x81, 0xc1), M64, INSN_OTHER, 0 }, /* XOP */
    { BYTES(0x0f, 0x0f, 0xc1, 0xb4), M64, INSN_OTHER, 0 },       /* 3DNow! */
};

static const struct sample refused[] = {
    { BYTES(0x0f, 0x0b), M64, 0, 0 }, /* ud2 */
    { BYTES(0x06), M64, 0, 0 },       /* push %es */
    { BYTES(0x9a, 1, 2, 3, 4, 5, 6), M64, 0, 0 },
    { BYTES(0x8d, 0xc0), M64, 0, 0 },                   /* lea of a register */
    { BYTES(0xf0, 0x48, 0x89, 0x07), M64, 0, 0 },       /* lock mov */
    { BYTES(0xf0, 0x48, 0x01, 0xc7), M64, 0, 0 },       /* lock add to a register */
    { BYTES(0xf0, 0x48, 0x03, 0x07), M64, 0, 0 },       /* lock add from memory */
    { BYTES(0xf0, 0x48, 0x39, 0x07), M64, 0, 0 },       /* lock cmp */
    { BYTES(0xf0, 0x48, 0x83, 0x3f, 0x00), M64, 0, 0 }, /* lock cmp $0 */
    { BYTES(0xf0, 0x48, 0x0f, 0xa3, 0x07), M64, 0, 0 }, /* lock bt */
    { BYTES(0xf0, 0x0f, 0xba, 0x27, 0x01), M64, 0, 0 },
    { BYTES(0xf0, 0x90), M64, 0, 0 },
    { BYTES(0xf0, 0xfa), M64, 0, 0 },
    { BYTES(0x0f, 0xba, 0x07, 0x01), M64, 0, 0 },
    { BYTES(0x0f, 0xc7, 0xc9), M64, 0, 0 }, /* cmpxchg8b of a register */
    { BYTES(0x0f, 0xc3, 0xc7), M64, 0, 0 }, /* movnti to a register */
    { BYTES(0xfe, 0x17), M64, 0, 0 },
    { BYTES(0xff, 0x3f), M64, 0, 0 },
    { BYTES(0x66, 0xc5, 0xf9, 0x6f, 0xc1), M64, 0, 0 }, /* a prefix before VEX */
    { BYTES(0x48, 0xc5, 0xf9, 0x6f, 0xc1), M64, 0, 0 },
};

static void test_samples(void **state)
{
    (void)state;
    for (unsigned int n = 0; n < sizeof(samples) / sizeof(samples[0]); n++) {
        const struct sample *s = &samples[n];
        uint8_t *exact = malloc(s->length);
        struct insn i;

        memcpy(exact, s->bytes, s->length);
        if (insn_decode(&i, exact, s->length, s->mode) || i.length != s->length ||
            i.class != s->class || (s->op_bytes && i.op_bytes != s->op_bytes))
            fail_msg("sample %u (%02x %02x %02x): length %u class %u size %u", n, exact[0],
                     s->bytes[1], s->bytes[2], i.length, i.class, i.op_bytes);
        /* Every byte less is noticed, and nothing is read beyond the end. */
        for (unsigned int len = 0; len < s->length; len++) {
            uint8_t *part = malloc(len ? len : 1);

            memcpy(part, s->bytes, len);
            assert_int_equal(insn_decode(&i, part, len, s->mode), -ENODATA);
            free(part);
        }
        free(exact);
    }
}

static void test_refused(void **state)
{
    (void)state;
    for (unsigned int n = 0; n < sizeof(refused) / sizeof(refused[0]); n++) {
        const struct sample *s = &refused[n];
        struct insn i;
        int rc = insn_decode(&i, s->bytes, s->length, s->mode);

        if (rc != -EINVAL)
            fail_msg("refused %u (%02x %02x): %d", n, s->bytes[0], s->bytes[1], rc);
    }
}

static void test_too_long(void **state)
{
    uint8_t bytes[20];
    struct insn i;

    (void)state;
    memset(bytes, 0x66, sizeof(bytes));
    bytes[14] = 0x90;
    assert_int_equal(insn_decode(&i, bytes, sizeof(bytes), INSN_MODE_64), 0);
    assert_int_equal(i.length, 15);
    bytes[14] = 0x66;
    bytes[15] = 0x90;
    assert_int_equal(insn_decode(&i, bytes, sizeof(bytes), INSN_MODE_64), -EINVAL);
    assert_int_equal(insn_decode(&i, bytes, 14, INSN_MODE_64), -ENODATA);
}

static void decode(struct insn *i, enum insn_mode mode, const uint8_t *bytes, unsigned int len)
{
    assert_int_equal(insn_decode(i, bytes, len, mode), 0);
    assert_int_equal(i->length, len);
}

static void test_memory_operands(void **state)
{
    static const uint8_t sib[] = { 0x4b, 0x89, 0x84, 0xec, 0xf0, 0xff, 0xff, 0xff };
    static const uint8_t rip[] = { 0x48, 0x8b, 0x15, 0x10, 0, 0, 0 };
    static const uint8_t stack[] = { 0x48, 0x89, 0x45, 0xf8 };
    static const uint8_t gs[] = { 0x65, 0x48, 0x8b, 0x45, 0x00 };
    static const uint8_t ds[] = { 0x3e, 0x48, 0x89, 0x45, 0xf8 };
    static const uint8_t bp_si[] = { 0x89, 0x42, 0x80 };
    struct insn i;

    (void)state;
    decode(&i, M64, sib, sizeof(sib)); /* mov %rax,-0x10(%r12,%r13,8) */
    assert_int_equal(i.base, 12);
    assert_int_equal(i.index, 13);
    assert_int_equal(i.scale, 3);
    assert_int_equal(i.disp, -16);
    assert_int_equal(i.segment, INSN_SEG_DS);

    decode(&i, M64, rip, sizeof(rip));
    assert_int_equal(i.base, INSN_REG_RIP);
    assert_int_equal(i.reg, 2);
    decode(&i, M32, rip + 1, sizeof(rip) - 1);
    assert_int_equal(i.base, INSN_NO_REG);

    decode(&i, M64, stack, sizeof(stack));
    assert_int_equal(i.segment, INSN_SEG_SS);
    decode(&i, M64, gs, sizeof(gs));
    assert_int_equal(i.segment, INSN_SEG_GS);
    decode(&i, M64, ds, sizeof(ds)); /* void in 64-bit mode */
    assert_int_equal(i.segment, INSN_SEG_SS);

    decode(&i, M16, bp_si, sizeof(bp_si));
    assert_int_equal(i.base, 5);
    assert_int_equal(i.index, 6);
    assert_int_equal(i.disp, -128);
    assert_int_equal(i.segment, INSN_SEG_SS);
}

static void test_immediates(void **state)
{
    static const uint8_t sign8[] = { 0x48, 0x83, 0xc0, 0xff };
    static const uint8_t sign32[] = { 0x48, 0xc7, 0xc0, 0, 0, 0, 0x80 };
    static const uint8_t full[] = { 0x48, 0xb8, 1, 2, 3, 4, 5, 6, 7, 0x88 };
    struct insn i;

    (void)state;
    decode(&i, M64, sign8, sizeof(sign8));
    assert_int_equal(i.imm, ~0ULL);
    decode(&i, M64, sign32, sizeof(sign32));
    assert_int_equal(i.imm, 0xffffffff80000000ULL);
    decode(&i, M64, full, sizeof(full));
    assert_int_equal(i.imm, 0x8807060504030201ULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),    cmocka_unit_test(test_refused),
        cmocka_unit_test(test_too_long),   cmocka_unit_test(test_memory_operands),
        cmocka_unit_test(test_immediates),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
