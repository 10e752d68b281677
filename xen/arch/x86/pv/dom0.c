/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Building the control domain: kernel, layout of its first mapping, first vcpu. */
#include <hv/alloc.h>
#include <hv/errno.h>
#include <hv/frame.h>
#include <hv/init.h>
#include <hv/irq.h>
#include <hv/printk.h>
#include <hv/sched.h>
#include <hv/string.h>
#include <hv/time.h>

#include <asm/dom0.h>
#include <asm/early.h>
#include <asm/irqflags.h>
#include <asm/mm.h>
#include <asm/pv.h>

#include "dom0.h"
#include "mm.h"

static unsigned int opt_max_vcpus;

static int dom0_max_vcpus_parse(const char *value)
{
    const char *end;

    opt_max_vcpus = (unsigned int)strtou64(value, &end);
    if (*end == '-') /* MIN-MAX */
        opt_max_vcpus = (unsigned int)strtou64(end + 1, &end);
    return *end ? -EINVAL : 0;
}
DEFINE_PARAM("dom0_max_vcpus", dom0_max_vcpus_parse);

static unsigned int order_for(uint64_t size)
{
    unsigned int order = 0;

    while ((PAGE_SIZE << order) < size)
        order++;
    return order;
}

/* The kernel as an ELF file, unpacked; *order for giving it back. */
static const void *kernel_get(const struct boot_module *m, size_t *size, unsigned int *order)
{
    struct kernel_payload payload;
    unsigned int arena_order;
    unsigned long flags;
    void *elf, *arena;
    const char *why;
    int ret;

    if (kernel_locate(phys_to_virt(m->start), m->size, &payload, &why))
        panic("the control domain's kernel cannot be used: %s", why);
    *size = payload.unpacked_size;
    *order = order_for(payload.unpacked_size);
    arena_order = order_for(payload.arena_size);
    if (*order > FRAME_MAX_ORDER || arena_order > FRAME_MAX_ORDER)
        panic("the control domain's kernel is too large: %zu bytes", *size);
    elf = page_alloc(*order);
    arena = page_alloc(arena_order);
    if (!elf || !arena)
        panic("too little memory to unpack the control domain's kernel (%zu MiB are needed)",
              (*size + payload.arena_size) >> 20);
    flags = irq_save();
    ret = kernel_unpack(&payload, elf, arena, &why);
    irq_restore(flags);
    if (ret)
        panic("the control domain's kernel cannot be unpacked: %s", why);
    page_free(arena, arena_order);
    return elf;
}

/* What lies where, from the kernel's end upwards (the order is the ABI's: <xen/xen.h>). */
static void layout(struct dom0_build *b)
{
    uint64_t initrd_size = b->initrd ? ROUND_UP(b->initrd->size, PAGE_SIZE) : 0;
    uint64_t p2m_size = ROUND_UP(b->nr_pages * 8, PAGE_SIZE);
    vaddr_t v = ROUND_UP(b->kernel.virt_end, PAGE_SIZE);
    uint64_t next;

    b->v_start = b->kernel.virt_base;
    if (!b->kernel.mod_start_pfn) {
        b->v_initrd = v;
        b->initrd_pfn = (v - b->v_start) >> PAGE_SHIFT;
        v += initrd_size;
    }
    if (!b->kernel.has_init_p2m) {
        b->v_p2m = v;
        v += p2m_size;
    }
    b->v_start_info = v;
    b->v_tables = v + PAGE_SIZE;
    /* Tables must fit into the mapping that they make: look again until it does. */
    for (b->nr_tables = 1;; b->nr_tables++) {
        b->v_stack = b->v_tables + b->nr_tables * PAGE_SIZE;
        b->v_end = ROUND_UP(b->v_stack + PAGE_SIZE + 0x80000, 0x400000ULL);
        if (dom0_tables_count(b->v_start, b->v_end) + 1 <= b->nr_tables)
            break;
    }
    next = (b->v_end - b->v_start) >> PAGE_SHIFT;
    if (b->kernel.has_init_p2m) {
        b->v_p2m = b->kernel.init_p2m;
        b->p2m_pfn = next;
        b->nr_p2m = (p2m_size >> PAGE_SHIFT) + dom0_tables_count(b->v_p2m, b->v_p2m + p2m_size);
        next += b->nr_p2m;
    } else {
        b->p2m_pfn = (b->v_p2m - b->v_start) >> PAGE_SHIFT;
    }
    if (b->kernel.mod_start_pfn) {
        b->initrd_pfn = next;
        next += initrd_size >> PAGE_SHIFT;
    }
    if (next > b->nr_pages)
        panic("the control domain needs %zu MiB at least, it gets %zu (dom0_mem=)",
              (size_t)(next >> 8), (size_t)(b->nr_pages >> 8));
}

static void copy_initrd(struct dom0_build *b)
{
    const char *src;

    if (!b->initrd)
        return;
    src = phys_to_virt(b->initrd->start);
    for (uint64_t off = 0; off < b->initrd->size; off += PAGE_SIZE)
        memcpy(dom0_frame(b, b->initrd_pfn + (off >> PAGE_SHIFT)), src + off,
               MIN(PAGE_SIZE, b->initrd->size - off));
    early_memory_release(b->initrd->start, b->initrd->size);
}

static void copy_p2m(struct dom0_build *b)
{
    for (uint64_t off = 0; off < b->nr_pages * 8; off += PAGE_SIZE)
        memcpy(dom0_frame(b, b->p2m_pfn + (off >> PAGE_SHIFT)), (const char *)b->p2m + off,
               MIN(PAGE_SIZE, b->nr_pages * 8 - off));
}

static void copy_kernel(struct dom0_build *b, const void *image, size_t size)
{
    unsigned int cursor = 0;
    struct kernel_segment s;
    struct elf_file elf;
    const char *why;

    if (elf_open(&elf, image, size, &why))
        panic("the control domain's kernel cannot be loaded: %s", why);
    while (kernel_next_segment(&elf, &b->kernel, &cursor, &s))
        dom0_write(b, b->v_start + s.phys, s.data, s.data_size);
}

static void clear_frames(struct dom0_build *b)
{
    for (uint64_t pfn = 0; pfn < b->nr_pages; pfn++)
        memset(dom0_frame(b, pfn), 0, PAGE_SIZE);
}

/* The first vcpu: page tables taken (and so checked), registers as the ABI starts a kernel. */
static void start_vcpu(struct dom0_build *b, uint64_t l4_pfn)
{
    struct vcpu *v = b->v;
    struct cpu_user_regs *r = &v->arch.regs;
    struct frame *l4 = frame_of(mfn(b->p2m[l4_pfn]));
    int ret;

    spin_lock(&b->d->arch.mmu_lock);
    ret = frame_get_and_type(l4, b->d, TYPE_L4);
    if (!ret) { /* as a guest's own would be: pinned, and in use */
        __atomic_fetch_or(&l4->type, TYPE_PINNED, __ATOMIC_RELAXED);
        ret = frame_get_and_type(l4, b->d, TYPE_L4);
    }
    spin_unlock(&b->d->arch.mmu_lock);
    if (ret)
        panic("the control domain's first page tables are not valid (%d)", ret);
    v->arch.pv.kernel_l4 = frame_mfn(l4);
    pv_cr3_update(v);
    r->rip = b->kernel.entry;
    r->rsp = b->v_stack + PAGE_SIZE;
    r->rsi = b->v_start_info;
    r->rflags = 0x202;
    r->cs = FLAT_KERNEL_CS;
    r->ss = FLAT_KERNEL_SS;
    v->arch.pv.kernel_ss = FLAT_KERNEL_SS;
    v->arch.pv.kernel_sp = r->rsp;
    v->info->evtchn_upcall_mask = 1;
    v->is_initialised = true;
}

static const char *skip_word(const char *s)
{
    while (*s == ' ')
        s++;
    while (*s && *s != ' ')
        s++;
    while (*s == ' ')
        s++;
    return s;
}

static void create_domain(struct dom0_build *b)
{
    unsigned int cpus = cpumask_weight(&cpu_online_map);
    struct domain_config config = {
        .max_vcpus = opt_max_vcpus ? MIN(opt_max_vcpus, NR_CPUS) : cpus,
        .nr_pirqs = NR_IRQS,
        .max_pages = dom0_max_pages(b->nr_pages),
        .max_evtchn_port = 131071,
        .max_grant_frames = 64,
        .max_maptrack_frames = 1024,
        .max_grant_version = 2,
        .is_privileged = true,
    };
    int ret = domain_create(0, &config, &dom0);

    b->d = dom0;
    if (!ret)
        ret = vcpu_create(b->d, 0, &b->v);
    for (unsigned int i = 1; !ret && i < config.max_vcpus; i++) {
        struct vcpu *v;

        ret = vcpu_create(b->d, i, &v);
    }
    if (ret)
        panic("the control domain cannot be created (%d)", ret);
}

void dom0_start(void)
{
    static struct dom0_build build;
    struct dom0_build *b = &build;
    const char *why;
    const struct boot_module *m = &boot_info.modules[0];
    unsigned int elf_order, p2m_order;
    const void *elf;
    size_t size;

    if (!boot_info.nr_modules)
        panic("no kernel for the control domain: the boot loader gave no module");
    b->initrd = boot_info.nr_modules > 1 ? &boot_info.modules[1] : NULL;
    elf = kernel_get(m, &size, &elf_order);
    early_memory_release(m->start, m->size);
    if (kernel_inspect(elf, size, &b->kernel, &why))
        panic("the control domain's kernel cannot be started: %s", why);
    if (!b->kernel.is_64bit || kernel_check_features(&b->kernel, 0x7fffffff, true, &why))
        panic("the control domain's kernel cannot be started: %s",
              b->kernel.is_64bit ? why : "it is a 32-bit one");
    b->nr_pages = dom0_pages(256);
    p2m_order = order_for(b->nr_pages * 8);
    b->p2m = page_alloc(p2m_order);
    if (!b->p2m)
        panic("no memory for the control domain's frame list");
    b->nr_pages = MIN(b->nr_pages, dom0_pages(256));
    layout(b);
    create_domain(b);
    if (dom0_memory_alloc(b))
        panic("memory for the control domain ran out");
    clear_frames(b);
    copy_kernel(b, elf, size);
    if (b->kernel.has_hypercall_page)
        pv_hypercall_page_fill(
            dom0_frame(b, (b->kernel.hypercall_page - b->v_start) >> PAGE_SHIFT));
    page_free((void *)(uintptr_t)elf, elf_order);
    copy_initrd(b);
    copy_p2m(b);
    dom0_start_info(b, skip_word(m->cmdline));
    start_vcpu(b, dom0_tables_build(b));
    page_free(b->p2m, p2m_order);
    domain_wallclock_update(b->d);
    printk(LOG_INFO "control domain: %zu MiB, %u vcpus, kernel entry %#lx\n",
           (size_t)(b->nr_pages >> 8), b->d->max_vcpus, (unsigned long)b->kernel.entry);
    printk(LOG_INFO "free memory: %zu KiB\n", (size_t)(frame_free_count() << (PAGE_SHIFT - 10)));
    __atomic_fetch_and(&b->v->pause_flags, ~(1UL << VPF_DOWN), __ATOMIC_SEQ_CST);
    vcpu_wake(b->v);
}
