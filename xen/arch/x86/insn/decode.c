/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The instruction decoder: bytes to struct insn. Driven by tables.c; written so that a plain
 * instruction takes one pass without loops but that over its prefixes.
 */
#include <hv/errno.h>

#include "private.h"

/* Reading past the end gives zeros and is noticed once, at the end of decoding. */
struct cursor {
    const uint8_t *p;
    const uint8_t *end;
    bool overrun;
};

static inline uint8_t fetch(struct cursor *cur)
{
    if (__builtin_expect(cur->p == cur->end, 0)) {
        cur->overrun = true;
        return 0;
    }
    return *cur->p++;
}

static inline uint8_t peek(const struct cursor *cur)
{
    return cur->p == cur->end ? 0 : *cur->p;
}

/* A number of 1, 2, 4 or 8 bytes, sign-extended. */
static int64_t fetch_signed(struct cursor *cur, unsigned int bytes)
{
    const uint8_t *p = cur->p;
    int64_t value = 0;
    int32_t value32;
    int16_t value16;

    if ((unsigned int)(cur->end - p) < bytes) {
        cur->overrun = true;
        return 0;
    }
    cur->p = p + bytes;
    switch (bytes) {
    case 1: return (int8_t)*p;
    case 2: __builtin_memcpy(&value16, p, 2); return value16;
    case 4: __builtin_memcpy(&value32, p, 4); return value32;
    default: __builtin_memcpy(&value, p, 8); return value;
    }
}

static void override_segment(struct insn *i, enum insn_segment segment)
{
    /* Long mode knows FS and GS overrides only; the others do not even cancel them. */
    if (i->mode == INSN_MODE_64 && segment < INSN_SEG_FS)
        return;
    i->segment = segment;
    i->segment_override = true;
}

static __attribute__((noinline)) void apply_prefix(struct insn *i, uint8_t byte)
{
    static const uint8_t address_bytes[] = { 4, 2, 4 };

    switch (byte) {
    case 0x26: override_segment(i, INSN_SEG_ES); break;
    case 0x2e: override_segment(i, INSN_SEG_CS); break;
    case 0x36: override_segment(i, INSN_SEG_SS); break;
    case 0x3e: override_segment(i, INSN_SEG_DS); break;
    case 0x64: override_segment(i, INSN_SEG_FS); break;
    case 0x65: override_segment(i, INSN_SEG_GS); break;
    case 0x66: i->opsize_prefix = true; break;
    case 0x67: i->addr_bytes = address_bytes[i->mode]; break;
    case 0xf0: i->lock = true; break;
    case 0xf2: i->rep = INSN_REP_NE; break;
    case 0xf3: i->rep = INSN_REP_E; break;
    default: break;
    }
}

/* Consumes prefixes and the first opcode byte; a REX counts only right before the opcode. */
static const struct insn_desc *decode_prefixes(struct insn *i, struct cursor *cur)
{
    for (;;) {
        uint8_t byte = fetch(cur);

        if (i->mode == INSN_MODE_64 && (byte & 0xf0) == 0x40) {
            i->rex = byte;
            continue;
        }
        i->opcode = byte;
        if (insn_table_1[byte].class != TABLE_PREFIX)
            return &insn_table_1[byte];
        i->rex = 0;
        apply_prefix(i, byte);
    }
}

#define KNOWN(name, imm, flags) \
    static const struct insn_desc name = { INSN_OTHER, FORM_NONE, imm, flags, 0 }

KNOWN(known_plain, IMM_NONE, 0);
KNOWN(known_modrm, IMM_NONE, DESC_MODRM);
KNOWN(known_modrm_imm8, IMM_8, DESC_MODRM);
KNOWN(known_modrm_imm32, IMM_Z, DESC_MODRM);
KNOWN(known_modrm_no64, IMM_NONE, DESC_MODRM | DESC_NO64);

static const struct insn_desc undefined = { INSN_INVALID, FORM_NONE, IMM_NONE, 0, 0 };
static const struct insn_desc pop = { TABLE_POP, FORM_RM, IMM_NONE,
                                      DESC_MODRM | DESC_D64 | DESC_GROUP, 0 };
static const struct insn_desc movbe_or_crc = { TABLE_MOVBE, FORM_NONE, IMM_NONE,
                                               DESC_MODRM | DESC_GROUP, 0 };

/* The second and third opcode byte after 0F. */
static const struct insn_desc *decode_escape(struct insn *i, struct cursor *cur)
{
    i->opcode = fetch(cur);
    i->map = INSN_MAP_0F;
    if (i->opcode != 0x38 && i->opcode != 0x3a)
        return &insn_table_0f[i->opcode];

    i->map = i->opcode == 0x38 ? INSN_MAP_0F38 : INSN_MAP_0F3A;
    i->opcode = fetch(cur);
    if (i->map == INSN_MAP_0F3A)
        return &known_modrm_imm8;
    return (i->opcode & 0xfe) == 0xf0 ? &movbe_or_crc : &known_modrm;
}

/*
 * C4, C5 and 62 are LES, LDS and BOUND outside 64-bit mode unless ModRM.mod would be 3. 8F is POP
 * with ModRM.reg 0; XOP map numbers start from 8.
 */
static bool is_vector_prefix(const struct insn *i, const struct cursor *cur)
{
    if (i->opcode == 0x8f)
        return (peek(cur) & 0x1f) >= 8;
    return i->mode == INSN_MODE_64 || (peek(cur) & 0xc0) == 0xc0;
}

/* Which vector opcodes have an immediate, and that VZEROUPPER has no ModRM. */
static const struct insn_desc *vector_desc(const struct insn *i)
{
    if (i->encoding == INSN_XOP) {
        switch (i->map) {
        case 8: return &known_modrm_imm8;
        case 9: return &known_modrm;
        case 10: return &known_modrm_imm32;
        default: return &undefined;
        }
    }
    switch (i->map) {
    case INSN_MAP_0F:
        if (i->opcode == 0x77 && i->encoding == INSN_VEX)
            return &known_plain;
        return insn_table_0f[i->opcode].imm == IMM_8 && i->opcode != 0x0f ? &known_modrm_imm8
                                                                          : &known_modrm;
    case INSN_MAP_0F38: return &known_modrm;
    case INSN_MAP_0F3A: return &known_modrm_imm8;
    case 5: /* AVX512-FP16 */
    case 6: return i->encoding == INSN_EVEX ? &known_modrm : &undefined;
    default: return &undefined;
    }
}

/* The rest of a VEX, EVEX or XOP prefix and the opcode. Inverted R, X, B become REX bits. */
static const struct insn_desc *decode_vector(struct insn *i, struct cursor *cur)
{
    bool legacy_prefix = i->rex || i->lock || i->rep || i->opsize_prefix;
    uint8_t first = i->opcode;
    uint8_t p0 = fetch(cur), p1 = 0;

    i->encoding = first == 0x62 ? INSN_EVEX : first == 0x8f ? INSN_XOP : INSN_VEX;
    i->rex = 0;
    if (first == 0xc5) {
        i->map = INSN_MAP_0F;
        i->rex |= ~p0 >> 5 & 4;
    } else {
        p1 = fetch(cur);
        i->map = p0 & (first == 0x62 ? 0x07 : 0x1f);
        i->rex |= (~p0 >> 5 & 7) | (p1 >> 4 & 8);
    }
    if (first == 0x62)
        fetch(cur);
    if (i->mode != INSN_MODE_64)
        i->rex = 0;
    i->opcode = fetch(cur);
    return legacy_prefix ? &undefined : vector_desc(i);
}

/* From the first byte that is no prefix to the last of the opcode. */
static __attribute__((noinline)) const struct insn_desc *
decode_long_opcode(struct insn *i, struct cursor *cur, const struct insn_desc *entry)
{
    if (entry->class == TABLE_ESCAPE)
        return decode_escape(i, cur);
    if (is_vector_prefix(i, cur))
        return decode_vector(i, cur);
    return i->opcode == 0x8f ? &pop : &known_modrm_no64;
}

static void decode_memory_16(struct insn *i, struct cursor *cur)
{
    static const uint8_t bases[8] = { INSN_REG_BX, INSN_REG_BX, INSN_REG_BP, INSN_REG_BP,
                                      INSN_REG_SI, INSN_REG_DI, INSN_REG_BP, INSN_REG_BX };
    static const uint8_t indexes[8] = { INSN_REG_SI, INSN_REG_DI, INSN_REG_SI, INSN_REG_DI,
                                        INSN_NO_REG, INSN_NO_REG, INSN_NO_REG, INSN_NO_REG };
    unsigned int mod = i->modrm >> 6, rm = i->modrm & 7;

    if (mod == 0 && rm == 6) {
        i->disp = fetch_signed(cur, 2);
        return;
    }
    i->base = bases[rm];
    i->index = indexes[rm];
    if (mod)
        i->disp = fetch_signed(cur, mod);
}

static void decode_memory(struct insn *i, struct cursor *cur)
{
    unsigned int mod = i->modrm >> 6, base = i->modrm & 7;

    if (base == 4) {
        unsigned int index;

        i->sib = fetch(cur);
        base = i->sib & 7;
        index = (i->sib >> 3 & 7) | (i->rex << 2 & 8);
        if (index != INSN_REG_SP)
            i->index = index;
        i->scale = i->sib >> 6;
        if (mod == 0 && base == 5) {
            i->disp = fetch_signed(cur, 4);
            return;
        }
    } else if (mod == 0 && base == 5) {
        if (i->mode == INSN_MODE_64)
            i->base = INSN_REG_RIP;
        i->disp = fetch_signed(cur, 4);
        return;
    }
    i->base = base | (i->rex << 3 & 8);
    if (mod)
        i->disp = fetch_signed(cur, mod == 1 ? 1 : 4);
}

static void decode_modrm(struct insn *i, struct cursor *cur)
{
    i->modrm = fetch(cur);
    i->has_modrm = true;
    i->reg = (i->modrm >> 3 & 7) | (i->rex << 1 & 8);
    /* MOV to and from control and debug registers takes any mod for 3. */
    if (i->modrm >= 0xc0 || (i->map == INSN_MAP_0F && (i->opcode & 0xfc) == 0x20)) {
        i->rm = (i->modrm & 7) | (i->rex << 3 & 8);
        return;
    }
    i->is_memory = true;
    if (i->addr_bytes == 2)
        decode_memory_16(i, cur);
    else
        decode_memory(i, cur);
    if ((i->base == INSN_REG_SP || i->base == INSN_REG_BP) && !i->segment_override)
        i->segment = INSN_SEG_SS;
}

static void set_operand_size(struct insn *i, unsigned int flags)
{
    bool long_mode = i->mode == INSN_MODE_64;

    if (!(flags & DESC_SIZE) && i->rex & 8) {
        i->op_bytes = 8;
        return;
    }
    i->op_bytes = (i->mode == INSN_MODE_16) != i->opsize_prefix ? 2 : 4;
    if (flags & DESC_BYTE) {
        i->op_bytes = 1;
    } else if (flags & DESC_F64) {
        i->op_bytes = long_mode ? 8 : 4;
    } else if (flags & DESC_D64) {
        if (i->rex & 8 || (long_mode && !i->opsize_prefix))
            i->op_bytes = 8;
    }
}

static __attribute__((noinline)) void decode_immediate(struct insn *i, struct cursor *cur,
                                                       enum insn_imm imm)
{
    unsigned int word = i->op_bytes == 2 ? 2 : 4;

    switch (imm) {
    case IMM_NONE: break;
    case IMM_8: i->imm = fetch_signed(cur, 1); break;
    case IMM_16: i->imm = fetch_signed(cur, 2); break;
    case IMM_Z: i->imm = fetch_signed(cur, word); break;
    case IMM_V: i->imm = fetch_signed(cur, i->op_bytes); break;
    case IMM_REL:
        if (i->mode != INSN_MODE_64)
            word = (i->mode == INSN_MODE_16) != i->opsize_prefix ? 2 : 4;
        i->imm = fetch_signed(cur, word);
        break;
    case IMM_MOFFS:
        i->is_memory = true;
        i->disp = fetch_signed(cur, i->addr_bytes);
        break;
    case IMM_FAR:
        i->imm = fetch_signed(cur, word);
        fetch_signed(cur, 2);
        break;
    case IMM_ENTER:
        i->imm = fetch_signed(cur, 2);
        fetch(cur);
        break;
    }
}

static int check(const struct insn *i, unsigned int flags)
{
    if (i->class == INSN_INVALID)
        return -EINVAL;
    if (flags & DESC_NO64 && i->mode == INSN_MODE_64)
        return -EINVAL;
    if (i->lock && !(flags & DESC_LOCK && i->is_memory))
        return -EINVAL;
    return 0;
}

/* In the order of the fields, so that the compiler merges the stores. */
static void reset(struct insn *i)
{
    i->encoding = INSN_LEGACY;
    i->map = INSN_MAP_1;
    i->rex = 0;
    i->rep = INSN_REP_NONE;
    i->lock = false;
    i->opsize_prefix = false;
    i->segment = INSN_SEG_DS;
    i->segment_override = false;
    i->has_modrm = false;
    i->is_memory = false;
    i->modrm = 0;
    i->sib = 0;
    i->base = INSN_NO_REG;
    i->index = INSN_NO_REG;
    i->scale = 0;
    i->reserved = 0;
    i->disp = 0;
    i->imm = 0;
}

int insn_decode(struct insn *i, const uint8_t *bytes, unsigned int len, enum insn_mode mode)
{
    struct cursor cur = { .p = bytes };
    const struct insn_desc *entry;
    struct insn_desc resolved;

    cur.end = bytes + (len < INSN_MAX_LENGTH ? len : INSN_MAX_LENGTH);
    reset(i);
    i->mode = mode;
    i->addr_bytes = 2u << mode;
    entry = decode_prefixes(i, &cur);
    if (entry->class > TABLE_PREFIX)
        entry = decode_long_opcode(i, &cur, entry);
    if (entry->flags & DESC_MODRM)
        decode_modrm(i, &cur);
    else
        i->reg = i->rm = (i->opcode & 7) | (i->rex << 3 & 8);
    if (entry->flags & DESC_GROUP) {
        resolved = *entry;
        insn_resolve_group(i, &resolved);
        entry = &resolved;
    }
    set_operand_size(i, entry->flags);
    if (entry->imm)
        decode_immediate(i, &cur, entry->imm);

    i->class = entry->class;
    i->form = entry->form;
    i->detail = entry->detail;
    i->length = cur.p - bytes;
    if (cur.overrun)
        return len < INSN_MAX_LENGTH ? -ENODATA : -EINVAL;
    return check(i, entry->flags);
}
