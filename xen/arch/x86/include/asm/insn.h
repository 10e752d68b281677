/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one x86 instruction decoder and emulator: pure code that touches the machine only through the
 * operations its caller hands in. It serves privileged instructions and page-table writes of PV
 * guests and device memory of HVM guests.
 *
 * Use: fetch up to INSN_MAX_LENGTH bytes at the guest's RIP, insn_decode() them, look at the class
 * if only some instructions are wanted, then insn_emulate(). Privilege (CPL, IOPL) is the caller's
 * to check, before or inside the operations.
 */
#ifndef ASM_INSN_H
#define ASM_INSN_H

#include <stdbool.h>
#include <stdint.h>

#define INSN_MAX_LENGTH 15

struct cpu_user_regs;

enum insn_mode { INSN_MODE_16, INSN_MODE_32, INSN_MODE_64 };

/* Segment registers, numbered as in instruction encodings. */
enum insn_segment {
    INSN_SEG_ES,
    INSN_SEG_CS,
    INSN_SEG_SS,
    INSN_SEG_DS,
    INSN_SEG_FS,
    INSN_SEG_GS,
};

enum insn_result {
    INSN_OK,           /* done; registers and memory are updated */
    INSN_RETRY,        /* string progress is kept, RIP is not advanced: run or emulate again */
    INSN_EXCEPTION,    /* nothing changed but string progress; insn_ctxt.exception says what */
    INSN_UNHANDLEABLE, /* nothing changed; this code or its caller does not know how */
};

enum insn_map { INSN_MAP_1 = 0, INSN_MAP_0F = 1, INSN_MAP_0F38 = 2, INSN_MAP_0F3A = 3 };

enum insn_encoding { INSN_LEGACY, INSN_VEX, INSN_EVEX, INSN_XOP };

enum insn_rep { INSN_REP_NONE, INSN_REP_NE, INSN_REP_E };

/* What an instruction does; INSN_OTHER is known to the decoder by its length only. */
enum insn_class {
    INSN_INVALID,
    INSN_OTHER,
    INSN_MOV,
    INSN_MOVZX,
    INSN_MOVSX,
    INSN_MOVBE,
    INSN_CMOV,
    INSN_SETCC,
    INSN_LEA,
    INSN_PUSH,
    INSN_POP,
    INSN_ALU, /* add … cmp, test, inc, dec, not, neg, shifts, bit tests */
    INSN_XCHG,
    INSN_XADD,
    INSN_CMPXCHG,
    INSN_CMPXCHG8B, /* and CMPXCHG16B */
    INSN_FLAG,      /* clc, stc, cmc, cld, std */
    INSN_MOVS,
    INSN_CMPS,
    INSN_STOS,
    INSN_LODS,
    INSN_SCAS,
    INSN_INS,
    INSN_OUTS,
    INSN_IN,
    INSN_OUT,
    INSN_CLI,
    INSN_STI,
    INSN_HLT,
    INSN_CLTS,
    INSN_LMSW,
    INSN_SMSW,
    INSN_INVD,
    INSN_WBINVD,
    INSN_INVLPG,
    INSN_MOV_CR,
    INSN_MOV_DR,
    INSN_RDMSR,
    INSN_WRMSR,
    INSN_RDPMC,
    INSN_RDTSC,
    INSN_RDTSCP,
    INSN_CPUID,
    INSN_XGETBV,
    INSN_XSETBV,
    INSN_FSGSBASE,
    INSN_SWAPGS,
    INSN_CLASSES,
};

#define INSN_NO_REG  0xff
#define INSN_REG_RIP 0x10

/*
 * One decoded instruction. Register numbers are those of the encoding, REX bits included. The
 * fields with a default come first and together, so that setting them takes four stores.
 */
struct insn {
    uint8_t encoding; /* enum insn_encoding */
    uint8_t map;      /* enum insn_map; for VEX, EVEX and XOP the prefix's map number */
    uint8_t rex;      /* the REX byte or 0; for VEX, EVEX and XOP its W, R, X, B bits alone */
    uint8_t rep;      /* enum insn_rep */
    bool lock;
    bool opsize_prefix;
    uint8_t segment; /* enum insn_segment of the memory operand, default or override */
    bool segment_override;
    bool has_modrm;
    bool is_memory; /* has a ModRM or moffs memory operand */
    uint8_t modrm;
    uint8_t sib;
    uint8_t base;  /* a register, INSN_REG_RIP or INSN_NO_REG */
    uint8_t index; /* a register or INSN_NO_REG */
    uint8_t scale; /* shift count, 0 to 3 */
    uint8_t reserved;
    int64_t disp; /* displacement, or the whole offset of a moffs form */
    uint64_t imm; /* immediate, sign-extended */

    uint8_t length;
    uint8_t mode; /* enum insn_mode */
    uint8_t opcode;
    uint8_t class;      /* enum insn_class */
    uint8_t form;       /* operand form, private to the emulator */
    uint8_t detail;     /* what INSN_ALU computes, how many bytes MOVZX and MOVSX read */
    uint8_t op_bytes;   /* 1, 2, 4 or 8 */
    uint8_t addr_bytes; /* 2, 4 or 8 */
    uint8_t reg;        /* ModRM.reg, or the opcode's register */
    uint8_t rm;         /* ModRM.rm when it names a register; the opcode's register */
};

struct insn_exception {
    uint8_t vector;
    bool has_error_code;
    uint32_t error_code;
    uint64_t cr2;
};

struct insn_ctxt;

/*
 * What the emulator asks of its caller. Each returns an enum insn_result; one that returns
 * INSN_EXCEPTION has filled c->exception. A missing operation makes the instructions that need it
 * INSN_UNHANDLEABLE. Memory operands may cross pages. No operation may change c->regs, but those
 * named after an instruction may change the flags that this instruction changes.
 */
struct insn_ops {
    int (*read)(struct insn_ctxt *c, unsigned int seg, uint64_t linear, void *buf,
                unsigned int bytes);
    int (*write)(struct insn_ctxt *c, unsigned int seg, uint64_t linear, const void *buf,
                 unsigned int bytes);
    /* Atomic: writes new if memory equals *old; *old becomes what memory held before. */
    int (*cmpxchg)(struct insn_ctxt *c, unsigned int seg, uint64_t linear, void *old,
                   const void *new, unsigned int bytes);
    /* May be missing. Would a write succeed? INS asks before it takes input from the port. */
    int (*probe_write)(struct insn_ctxt *c, unsigned int seg, uint64_t linear, unsigned int bytes);
    /* Asked for FS and GS in 64-bit mode and for all segments in the other modes. */
    int (*segment_base)(struct insn_ctxt *c, unsigned int seg, uint64_t *base);

    int (*io_read)(struct insn_ctxt *c, unsigned int port, unsigned int bytes, uint32_t *value);
    int (*io_write)(struct insn_ctxt *c, unsigned int port, unsigned int bytes, uint32_t value);

    int (*read_cr)(struct insn_ctxt *c, unsigned int reg, uint64_t *value);
    int (*write_cr)(struct insn_ctxt *c, unsigned int reg, uint64_t value);
    int (*read_dr)(struct insn_ctxt *c, unsigned int reg, uint64_t *value);
    int (*write_dr)(struct insn_ctxt *c, unsigned int reg, uint64_t value);
    int (*read_msr)(struct insn_ctxt *c, uint32_t index, uint64_t *value);
    int (*write_msr)(struct insn_ctxt *c, uint32_t index, uint64_t value);
    int (*read_pmc)(struct insn_ctxt *c, uint32_t index, uint64_t *value);
    int (*read_xcr)(struct insn_ctxt *c, uint32_t index, uint64_t *value);
    int (*write_xcr)(struct insn_ctxt *c, uint32_t index, uint64_t value);
    int (*rdtsc)(struct insn_ctxt *c, uint64_t *tsc);
    int (*rdtscp)(struct insn_ctxt *c, uint64_t *tsc, uint32_t *aux);
    /* out: eax, ebx, ecx, edx */
    int (*cpuid)(struct insn_ctxt *c, uint32_t leaf, uint32_t subleaf, uint32_t out[4]);

    int (*cli)(struct insn_ctxt *c);
    int (*sti)(struct insn_ctxt *c);
    int (*hlt)(struct insn_ctxt *c);
    int (*clts)(struct insn_ctxt *c);
    int (*swapgs)(struct insn_ctxt *c);
    int (*invlpg)(struct insn_ctxt *c, unsigned int seg, uint64_t linear);
    int (*wbinvd)(struct insn_ctxt *c, bool write_back);
};

/* One emulation. The caller owns all of it and fills the first group. */
struct insn_ctxt {
    struct insn insn;           /* from insn_decode() */
    struct cpu_user_regs *regs; /* the guest's; RIP at the instruction's first byte */
    const struct insn_ops *ops;
    void *ctx; /* the caller's own, for the operations */

    struct insn_exception exception; /* valid after INSN_EXCEPTION */
    bool single_step;                /* after INSN_OK: RFLAGS.TF was set, #DB is due */
};

/*
 * Decodes one instruction from at most len bytes. Returns 0; -EINVAL when the processor would raise
 * #UD (or #GP for a length above 15 bytes), unknown instructions included; -ENODATA when the bytes
 * end before the instruction does. No locks; *i is the caller's and undefined after an error.
 */
int insn_decode(struct insn *i, const uint8_t *bytes, unsigned int len, enum insn_mode mode);

/*
 * Emulates c->insn. Returns an enum insn_result; see there for what has changed. On INSN_OK RIP is
 * past the instruction and RFLAGS.RF is clear; a repeated string instruction with RFLAGS.TF set
 * does one iteration and returns INSN_OK with RIP unchanged while iterations remain.
 */
int insn_emulate(struct insn_ctxt *c);

/*
 * The offset of the memory operand within its segment, as LEA computes it. Meaningful only when
 * c->insn.is_memory.
 */
uint64_t insn_effective_address(const struct insn_ctxt *c);

/* For the operations: note an exception and return INSN_EXCEPTION. */
int insn_exception(struct insn_ctxt *c, unsigned int vector);
int insn_exception_code(struct insn_ctxt *c, unsigned int vector, uint32_t error_code);
int insn_page_fault(struct insn_ctxt *c, uint32_t error_code, uint64_t cr2);

#endif
