/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each CPU's GDT, TSS, IDT and SYSCALL entry, in its window of the address space. */
#include <hv/alloc.h>
#include <hv/percpu.h>
#include <hv/printk.h>
#include <hv/string.h>

#include <asm/boot.h>
#include <asm/cpu.h>
#include <asm/cpuid.h>
#include <asm/desc.h>
#include <asm/irqflags.h>
#include <asm/mm.h>
#include <asm/msr.h>
#include <asm/page.h>
#include <asm/processor.h>

#include "private.h"

#define HV_CODE64  0x00af9b000000ffffULL
#define HV_DATA    0x00cf93000000ffffULL
#define RING3_CS32 0x00cffb000000ffffULL
#define RING3_DS   0x00cff3000000ffffULL
#define RING3_CS64 0x00affb000000ffffULL

extern const uint64_t entry_stubs[256];
extern const char syscall_stub[], syscall_stub_end[], syscall_entry[], syscall32_entry[],
    sysenter_entry[];

const uint64_t null_descriptors[512] __aligned(PAGE_SIZE);

static struct idt_gate idt[256];
static DEFINE_PER_CPU(struct tss, tss);

struct cpu_info *cpu_infos[NR_CPUS];
uint64_t percpu_offset[NR_CPUS];

uint64_t cpu_window(unsigned int cpu)
{
    return CPU_WINDOW_BASE + (uint64_t)cpu * CPU_WINDOW_SIZE;
}

static void idt_set(unsigned int vector, uint8_t ist, uint8_t dpl)
{
    uint64_t addr = entry_stubs[vector];

    idt[vector] = (struct idt_gate){
        .offset0 = (uint16_t)addr,
        .selector = HV_CS,
        .ist = ist,
        .type = (uint8_t)(GATE_INTERRUPT | dpl),
        .offset1 = (uint16_t)(addr >> 16),
        .offset2 = (uint32_t)(addr >> 32),
    };
}

static void idt_fill(void)
{
    for (unsigned int i = 0; i < 256; i++)
        idt_set(i, 0, 0);
    idt_set(TRAP_DF, IST_DF, 0);
    idt_set(TRAP_NMI, IST_NMI, 0);
    idt_set(TRAP_MC, IST_MC, 0);
    idt_set(TRAP_DB, IST_DB, 0);
    idt_set(TRAP_BP, 0, GATE_DPL3);
    idt_set(TRAP_OF, 0, GATE_DPL3);
    idt_set(0x80, 0, GATE_DPL3);
}

static void gdt_fill(uint64_t *gdt, const struct tss *tss)
{
    uint64_t base = (uint64_t)tss;

    gdt[1] = HV_CODE64;
    gdt[2] = HV_DATA;
    gdt[4] = RING3_CS32;
    gdt[5] = RING3_DS;
    gdt[6] = RING3_CS64;
    gdt[8] = (sizeof(*tss) - 1) | (base & 0xffffff) << 16 | 0x89ULL << 40 |
             (base >> 24 & 0xff) << 56;
    gdt[9] = base >> 32;
}

/* The stub for 32-bit code lies so far behind the other, and its data as far behind the other's. */
#define STUB32_OFFSET 256

/* The code that SYSCALL enters, with its data page behind it. */
static int stub_map(unsigned int cpu, struct cpu_info *info)
{
    uint64_t window = cpu_window(cpu), code_va = window + CPU_WINDOW_STUB * PAGE_SIZE;
    size_t len = (size_t)(syscall_stub_end - syscall_stub);
    const char *const entries[] = { syscall_entry, syscall32_entry };
    char *code = page_alloc(0);
    uint64_t *data = page_alloc(0);

    if (!code || !data)
        return -1;
    for (unsigned int i = 0; i < ARRAY_SIZE(entries); i++) {
        unsigned int at = i * STUB32_OFFSET;
        int32_t displacement = (int32_t)((uint64_t)entries[i] - (code_va + at + len));

        memcpy(code + at, syscall_stub, len);
        memcpy(code + at + len - 4, &displacement, 4);
        data[at / 8 + 1] = (uint64_t)&info->guest_regs.es;
    }
    return hv_map_page(code_va, virt_to_mfn(code), PTE_HV_RX) ||
           hv_map_page(code_va + PAGE_SIZE, virt_to_mfn(data), PTE_HV_RW);
}

vaddr_t stack_guard(void)
{
    return (vaddr_t)(cpu_info() + 1) - STACK_SIZE + STACK_GUARD_PAGE * PAGE_SIZE;
}

static int window_fill(unsigned int cpu, struct cpu_info *info)
{
    uint64_t window = cpu_window(cpu);
    struct tss *tss = &per_cpu(tss, cpu);
    uint64_t *gdt = page_alloc(0);
    uint64_t stacks = (uint64_t)(info + 1) - STACK_SIZE;

    if (!gdt)
        return -1;
    gdt_fill(gdt, tss);
    tss->rsp[0] = (uint64_t)&info->guest_regs.es;
    tss->ist[IST_DF - 1] = stacks + PAGE_SIZE;
    tss->ist[IST_NMI - 1] = stacks + 2 * PAGE_SIZE;
    tss->ist[IST_MC - 1] = stacks + 3 * PAGE_SIZE;
    tss->ist[IST_DB - 1] = stacks + STACK_DB_SIZE;
    tss->io_bitmap = sizeof(*tss);
    if (hv_unmap_page(stacks + STACK_GUARD_PAGE * PAGE_SIZE))
        return -1;
    if (hv_map_page(window + FIRST_RESERVED_GDT_PAGE * PAGE_SIZE, virt_to_mfn(gdt), PTE_HV_RW))
        return -1;
    /* The guests' parts get their tables now, so that filling them cannot fail. */
    for (unsigned int i = 0; i < CPU_WINDOW_LDT; i++)
        if (i != FIRST_RESERVED_GDT_PAGE &&
            hv_map_page(window + i * PAGE_SIZE, virt_to_mfn(null_descriptors),
                        PTE_HV_RO & ~PTE_GLOBAL))
            return -1;
    for (unsigned int i = CPU_WINDOW_LDT; i < CPU_WINDOW_LDT + 16; i++)
        if (hv_map_page(window + i * PAGE_SIZE, mfn(0), 0))
            return -1;
    return stub_map(cpu, info);
}

struct cpu_info *cpu_stack_alloc(unsigned int cpu)
{
    char *stack = page_alloc(STACK_ORDER);
    size_t percpu_size = (size_t)(percpu_end - percpu_start);
    unsigned int order = 0;
    struct cpu_info *info;
    char *area;

    while ((PAGE_SIZE << order) < percpu_size)
        order++;
    area = page_alloc(order);
    if (!stack || !area)
        return NULL;
    info = (struct cpu_info *)(stack + STACK_SIZE) - 1;
    info->cpu = cpu;
    /* The template was never written by the boot CPU's copy: CPU 0 uses it, so take only zeroes. */
    percpu_offset[cpu] = (uint64_t)area - (uint64_t)percpu_start;
    info->percpu_offset = percpu_offset[cpu];
    if (window_fill(cpu, info))
        return NULL;
    cpu_infos[cpu] = info;
    return info;
}

void cpu_setup_boot(void)
{
    struct cpu_info *info = cpu_info();

    idt_fill();
    cpu_infos[0] = info;
    if (window_fill(0, info))
        panic("no memory for the boot CPU's descriptor tables");
}

void desc_load(void)
{
    uint64_t window = cpu_window(smp_cpu_id());
    struct desc_pointer gdtr = { 0xffff, window }, idtr = { sizeof(idt) - 1, (uint64_t)idt };

    asm volatile("lgdt %0" ::"m"(gdtr));
    asm volatile("pushq %0; leaq 1f(%%rip), %%rax; pushq %%rax; lretq; 1:" ::"i"(HV_CS) : "rax");
    asm volatile("mov %0, %%ss" ::"r"(HV_SS));
    asm volatile("mov %0, %%ds; mov %0, %%es; mov %0, %%fs; mov %0, %%gs" ::"r"(0));
    /* LTR marks the descriptor busy; a second start of this CPU needs it free again. */
    ((uint64_t *)(window + FIRST_RESERVED_GDT_PAGE * PAGE_SIZE))[8] &= ~(2ULL << 40);
    asm volatile("ltr %w0" ::"r"(TSS_SEL));
    asm volatile("lldt %w0" ::"r"(0));
    asm volatile("lidt %0" ::"m"(idtr));
}

void syscall_msrs_load(void)
{
    uint64_t stub = cpu_window(smp_cpu_id()) + CPU_WINDOW_STUB * PAGE_SIZE;

    wrmsr(MSR_STAR, (uint64_t)(FLAT_RING3_CS32) << 48 | (uint64_t)HV_CS << 32);
    wrmsr(MSR_LSTAR, stub);
    wrmsr(MSR_CSTAR, stub + STUB32_OFFSET);                  /* of 32-bit code; AMD only */
    wrmsr(MSR_SYSENTER_CS, cpu_features.is_amd ? 0 : HV_CS); /* AMD: SYSCALL is for all code */
    wrmsr(MSR_SYSENTER_ESP, (uint64_t)&cpu_info()->guest_regs.es);
    wrmsr(MSR_SYSENTER_EIP, (uint64_t)sysenter_entry);
    wrmsr(MSR_SYSCALL_MASK,
          FLAGS_IF | FLAGS_TF | FLAGS_DF | FLAGS_NT | FLAGS_RF | FLAGS_AC | FLAGS_IOPL | FLAGS_VM);
}

bool segment_descriptor_fix(uint64_t *desc)
{
    uint64_t d = *desc;
    bool is_code = d >> 43 & 1;

    if (!(d >> 47 & 1)) /* not present: it cannot be loaded */
        return true;
    if (!(d >> 44 & 1)) /* system segments and gates; an all-zero type is harmless data to us */
        return false;
    if (is_code && (d >> 53 & 1) && (d >> 54 & 1)) /* L and D together are reserved */
        return false;
    *desc = d | 3ULL << 45;
    return true;
}
