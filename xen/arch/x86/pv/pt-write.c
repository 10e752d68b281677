/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writable page tables: a store of the guest kernel to a table in use is decoded and checked. */
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/string.h>

#include <asm/guest-words.h>
#include <asm/processor.h>
#include <asm/pv.h>

#include "mm.h"
#include "private.h"

/* The table's frame and the address that faulted, for the operations. */
struct pt_write {
    struct frame *table;
    vaddr_t page; /* linear address of the page */
};

static int op_read(struct insn_ctxt *c, unsigned int seg __unused, uint64_t linear, void *buf,
                   unsigned int bytes)
{
    if (guest_copy_from(buf, (const void *)linear, bytes))
        return insn_page_fault(c, 0, linear);
    return INSN_OK;
}

/* Part of an entry may be written: the rest stays as it is. */
static int store(struct insn_ctxt *c, uint64_t linear, const void *old, const void *new,
                 unsigned int bytes, void *found)
{
    struct pt_write *w = c->ctx;
    unsigned int offset = linear & ~PAGE_MASK, index = offset / 8;
    uint64_t *table = map_frame(frame_mfn(w->table)), entry = READ_ONCE(table[index]);
    int ret;

    if ((linear & PAGE_MASK) != w->page || bytes > 8 || (offset & 7) + bytes > 8)
        return INSN_UNHANDLEABLE;
    if (found)
        memcpy(found, (uint8_t *)&entry + (offset & 7), bytes);
    if (old && memcmp((uint8_t *)&entry + (offset & 7), old, bytes))
        return INSN_OK;
    memcpy((uint8_t *)&entry + (offset & 7), new, bytes);
    ret = pt_entry_set(w->table, index, entry, w->table->owner, 0);
    /* A half-written entry may be wrong for a moment: then it goes in as not present. */
    if (ret && bytes < 8)
        ret = pt_entry_set(w->table, index, entry & ~PTE_PRESENT, w->table->owner, 0);
    return ret ? INSN_UNHANDLEABLE : INSN_OK;
}

static int op_write(struct insn_ctxt *c, unsigned int seg __unused, uint64_t linear,
                    const void *buf, unsigned int bytes)
{
    return store(c, linear, NULL, buf, bytes, NULL);
}

static int op_cmpxchg(struct insn_ctxt *c, unsigned int seg __unused, uint64_t linear, void *old,
                      const void *new, unsigned int bytes)
{
    uint64_t expected = 0;

    if (bytes > 8)
        return INSN_UNHANDLEABLE;
    memcpy(&expected, old, bytes);
    return store(c, linear, &expected, new, bytes, old);
}

static int op_segment_base(struct insn_ctxt *c __unused, unsigned int seg __unused, uint64_t *base)
{
    *base = 0;
    return INSN_OK;
}

static const struct insn_ops ops = {
    .read = op_read,
    .write = op_write,
    .cmpxchg = op_cmpxchg,
    .segment_base = op_segment_base,
};

/*
 * The stores that kernels make most, `mov %r64, (mem)` and `xchg %r64, (mem)` of a whole entry,
 * told from their first bytes: the address is known from the fault, so a length and a register are
 * all that is needed. Returns the length, 0 for anything else.
 */
static unsigned int common_store(uint64_t code, unsigned int *reg, bool *is_xchg)
{
    uint8_t rex = (uint8_t)code, opcode = (uint8_t)(code >> 8), modrm = (uint8_t)(code >> 16);
    unsigned int mod = modrm >> 6, rm = modrm & 7, length = 3;

    if ((rex & 0xf8) != 0x48 || (opcode != 0x87 && opcode != 0x89) || mod == 3)
        return 0;
    if (rm == 4) {
        length++;
        rm = mod == 0 ? code >> 24 & 7 : 0; /* without a base there is a displacement */
    }
    length += mod == 1 ? 1 : mod == 2 || rm == 5 ? 4 : 0;
    *reg = (modrm >> 3 & 7) | (rex & 4) << 1;
    *is_xchg = opcode == 0x87;
    return length;
}

/* A general register by its number in instructions. */
static uint64_t *register_of(struct cpu_user_regs *r, unsigned int reg)
{
#define AT(name) offsetof(struct cpu_user_regs, name)
    static const uint8_t offsets[16] = { AT(rax), AT(rcx), AT(rdx), AT(rbx), AT(rsp), AT(rbp),
                                         AT(rsi), AT(rdi), AT(r8),  AT(r9),  AT(r10), AT(r11),
                                         AT(r12), AT(r13), AT(r14), AT(r15) };
#undef AT

    return (uint64_t *)(void *)((uint8_t *)r + offsets[reg]);
}

/* True if it was one of those and is done. */
static bool emulate_common(struct cpu_user_regs *regs, struct frame *pg, vaddr_t addr)
{
    unsigned int index = (addr & ~PAGE_MASK) / 8, reg, length;
    uint64_t code, entry, *value;
    bool is_xchg;

    if ((addr & 7) || (regs->rflags & FLAGS_TF) || guest_read_word(&code, (const void *)regs->rip))
        return false;
    length = common_store(code, &reg, &is_xchg);
    if (!length)
        return false;
    value = register_of(regs, reg);
    entry = *value;
    if (pt_l1_exchange(pg, index, &entry))
        return false;
    if (is_xchg)
        *value = entry;
    regs->rip += length;
    return true;
}

bool pv_emulate_pt_write(struct cpu_user_regs *regs, vaddr_t addr)
{
    struct vcpu *v = current;
    struct domain *d = v->domain;
    struct pt_write w = { .page = addr & PAGE_MASK };
    struct insn_ctxt c = { .regs = regs, .ops = &ops, .ctx = &w };
    uint64_t *pte, e, type;
    bool done = false;
    mfn_t table;

    /* Code of an LDT would make the decoder look for that, which takes the lock. */
    if (!pv_address_ok(addr) || (regs->cs & 4))
        return false;
    spin_lock(&d->arch.mmu_lock);
    pte = pt_walk_l1(v->arch.pv.kernel_l4, addr, &table);
    e = pte ? READ_ONCE(*pte) : 0;
    if ((e & PTE_PRESENT) && !(e & PTE_RW) && mfn_is_valid(pte_mfn(e))) {
        w.table = frame_of(pte_mfn(e));
        type = w.table->type;
        if (w.table->owner == d && (type & TYPE_COUNT_MASK) && (type & TYPE_VALIDATED) &&
            type_of(type) == TYPE_L1)
            done = emulate_common(regs, w.table, addr) ||
                   (pv_fetch_insn(&c, regs) && insn_emulate(&c) == INSN_OK);
    }
    spin_unlock(&d->arch.mmu_lock);
    return done;
}
