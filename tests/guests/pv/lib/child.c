/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Building a second domain out of this image. */
#include "child.h"

#include "pages.h"
#include "traps.h"

#define MAX_KB  (16 * 1024)
#define PFN(va) (((unsigned long)(va)-GUEST_BASE) / PAGE_SIZE)

extern char image_end[];

/* By frame number; what is below the image is not there. */
static unsigned long mfns[CHILD_FRAMES_MAX];
static volatile uint8_t page_aligned window[4096];
static uint8_t page_aligned stack[16384];
static void (*child_main)(void);

long domctl(unsigned int cmd, domid_t id, struct xen_domctl *op)
{
    op->cmd = cmd;
    op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    op->domain = id;
    return hypercall1(__HYPERVISOR_domctl, (unsigned long)op);
}

long domctl_simple(unsigned int cmd, domid_t id)
{
    struct xen_domctl op = { .cmd = cmd };

    return domctl(cmd, id, &op);
}

long domain_info(domid_t id, struct xen_domctl_getdomaininfo *info)
{
    struct xen_domctl op = { .cmd = 0 };
    long ret = domctl(XEN_DOMCTL_getdomaininfo, id, &op);

    *info = op.u.getdomaininfo;
    return !ret && op.domain != id ? -XEN_ESRCH : ret;
}

unsigned long free_pages(void)
{
    struct xen_sysctl op = { .cmd = XEN_SYSCTL_physinfo,
                             .interface_version = XEN_SYSCTL_INTERFACE_VERSION };

    if (hypercall1(__HYPERVISOR_sysctl, (unsigned long)&op))
        guest_error("no physinfo");
    return op.u.physinfo.free_pages + op.u.physinfo.scrub_pages;
}

unsigned long free_pages_settled(void)
{
    unsigned long now = free_pages(), then = ~0UL;

    while (now != then) {
        then = now;
        for (unsigned int i = 0; i < 300; i++)
            sched_op(SCHEDOP_yield, NULL);
        now = free_pages();
    }
    return now;
}

bool free_pages_are(unsigned long wanted)
{
    unsigned long now = 0;

    for (unsigned int i = 0; i < 2000; i++) {
        now = free_pages();
        if (now == wanted)
            return true;
        sched_op(SCHEDOP_yield, NULL);
    }
    print("%lu pages are free, not %lu\n", now, wanted);
    return false;
}

static void must(long ret, const char *what)
{
    if (!ret)
        return;
    print("%s: %ld\n", what, ret);
    guest_error("the child could not be built");
}

void child_config(struct xen_domctl *op, unsigned int vcpus)
{
    memset(op, 0, sizeof(*op));
    op->u.createdomain.max_vcpus = vcpus;
    op->u.createdomain.max_evtchn_port = 1023;
    op->u.createdomain.max_grant_frames = 4;
    op->u.createdomain.max_maptrack_frames = 4;
    op->u.createdomain.grant_opts = XEN_DOMCTL_GRANT_version(2);
}

void child_create(struct child *c, unsigned int vcpus)
{
    struct xen_domctl op;

    child_config(&op, vcpus);
    must(domctl(XEN_DOMCTL_createdomain, 0, &op), "createdomain");
    c->id = op.domain;
    c->vcpus = vcpus;
    op.u.max_vcpus.max = vcpus;
    must(domctl(XEN_DOMCTL_max_vcpus, c->id, &op), "max_vcpus");
    op.u.max_mem.max_memkb = MAX_KB;
    must(domctl(XEN_DOMCTL_max_mem, c->id, &op), "max_mem");
    must(domctl(XEN_DOMCTL_getdomaininfo, c->id, &op), "getdomaininfo");
    c->shared_info = op.u.getdomaininfo.shared_info_frame;
}

unsigned long child_frame(const struct child *c, const volatile void *address)
{
    (void)c;
    return mfns[PFN(address)];
}

long child_map(const struct child *c, volatile void *at, unsigned long mfn, uint64_t bits)
{
    return hypercall(__HYPERVISOR_update_va_mapping_otherdomain, (unsigned long)at,
                     mfn << 12 | bits, UVMF_INVLPG | UVMF_ALL, c->id, 0);
}

/* Puts 4096 bytes into a frame of the child's. */
static void fill(const struct child *c, unsigned long pfn, const void *bytes)
{
    must(child_map(c, window, mfns[pfn], PAGE_RW), "mapping its memory");
    memcpy((void *)(unsigned long)window, bytes, PAGE_SIZE);
}

static void populate(struct child *c)
{
    struct xen_memory_reservation r = { .nr_extents = c->frames - c->first, .domid = c->id };

    for (unsigned long pfn = c->first; pfn < c->frames; pfn++)
        mfns[pfn] = pfn;
    set_xen_guest_handle(r.extent_start, &mfns[c->first]);
    if (memory_op(XENMEM_populate_physmap, &r) != (long)r.nr_extents)
        guest_error("the child got too little memory");
}

/* One table of each upper level, two of the lowest, read-only as tables have to be. */
static void build_tables(struct child *c, unsigned long first)
{
    static page_table page_aligned table;

    memset(table, 0, sizeof(table));
    table[511] = mfns[first + 1] << 12 | PAGE_TABLE;
    fill(c, first, table);
    memset(table, 0, sizeof(table));
    table[510] = mfns[first + 2] << 12 | PAGE_TABLE;
    fill(c, first + 1, table);
    memset(table, 0, sizeof(table));
    table[0] = mfns[first + 3] << 12 | PAGE_TABLE;
    table[1] = mfns[first + 4] << 12 | PAGE_TABLE;
    fill(c, first + 2, table);
    for (unsigned long half = 0; half < 2; half++) {
        memset(table, 0, sizeof(table));
        for (unsigned long i = 0; i < 512; i++) {
            unsigned long pfn = half * 512 + i;

            if (pfn >= c->first && pfn < c->frames)
                table[i] = mfns[pfn] << 12 | (pfn >= first && pfn < first + 5 ? PAGE_RO : PAGE_RW);
        }
        fill(c, first + 3 + half, table);
    }
    c->l4 = mfns[first];
}

/* No upcalls until it has said where to: its tools see to that. */
static void mask_events(const struct child *c)
{
    struct shared_info *shared = (void *)(unsigned long)window;

    must(child_map(c, window, c->shared_info, PAGE_RW), "mapping its shared_info");
    for (unsigned int i = 0; i < XEN_LEGACY_MAX_VCPUS; i++)
        shared->vcpu_info[i].evtchn_upcall_mask = 1;
}

static void pin(const struct child *c)
{
    struct mmuext_op op = { .cmd = MMUEXT_PIN_L4_TABLE, .arg1.mfn = c->l4 };

    update_va_mapping((const void *)(unsigned long)window, entry_for(window, PAGE_RW),
                      UVMF_INVLPG | UVMF_ALL);
    must(hypercall(__HYPERVISOR_mmuext_op, (unsigned long)&op, 1, 0, c->id, 0), "pinning");
}

static _Noreturn void child_enter(struct start_info *info)
{
    unsigned int before = guest_failures(); /* the parent's, with the rest of its data */
    struct sched_shutdown shutdown;

    start_info = info;
    traps_init();
    child_main();
    shutdown.reason = guest_failures() != before ? SHUTDOWN_crash : SHUTDOWN_poweroff;
    for (;;)
        sched_op(SCHEDOP_shutdown, &shutdown);
}

static void set_vcpu(const struct child *c)
{
    static struct vcpu_guest_context context;
    struct xen_domctl op = { .u.vcpucontext.vcpu = 0 };

    memset(&context, 0, sizeof(context));
    context.flags = VGCF_in_kernel | VGCF_online;
    context.user_regs.cs = FLAT_KERNEL_CS;
    context.user_regs.ss = FLAT_KERNEL_SS;
    context.user_regs.rip = (unsigned long)child_enter;
    context.user_regs.rsp = (unsigned long)(stack + sizeof(stack) - 8);
    context.user_regs.rdi = c->start_info;
    context.user_regs.rflags = 0x202;
    context.kernel_ss = FLAT_KERNEL_SS;
    context.kernel_sp = context.user_regs.rsp;
    context.ctrlreg[3] = c->l4 << 12;
    set_xen_guest_handle(op.u.vcpucontext.ctxt, &context);
    must(domctl(XEN_DOMCTL_setvcpucontext, c->id, &op), "setvcpucontext");
}

/* Where things lie: the image, two pages of frame list, start_info, five tables. */
void child_build(struct child *c, void (*main)(void))
{
    static struct start_info page_aligned info;
    static uint8_t page_aligned rest[4096];
    unsigned long list, tables, pfn;
    struct xen_domctl op = { .cmd = 0 };

    c->first = 0x100; /* guest.lds */
    list = PFN(image_end);
    tables = list + 3;
    c->frames = tables + 5;
    if (c->frames > CHILD_FRAMES_MAX)
        guest_error("the image is too large for a child");
    populate(c);
    child_main = main;
    for (pfn = c->first; pfn < list; pfn++)
        fill(c, pfn, (const void *)(GUEST_BASE + pfn * PAGE_SIZE));
    fill(c, list, mfns);
    fill(c, list + 1, mfns + 512);
    memset(&info, 0, sizeof(info));
    memset(rest, 0, sizeof(rest));
    memcpy(info.magic, "xen-3.0-x86_64", sizeof("xen-3.0-x86_64"));
    info.nr_pages = c->frames;
    info.shared_info = c->shared_info << 12;
    info.pt_base = GUEST_BASE + tables * PAGE_SIZE;
    info.nr_pt_frames = 5;
    info.mfn_list = GUEST_BASE + list * PAGE_SIZE;
    c->start_info = GUEST_BASE + (list + 2) * PAGE_SIZE;
    memcpy(rest, &info, sizeof(info));
    fill(c, list + 2, rest);
    build_tables(c, tables);
    mask_events(c);
    pin(c);
    op.u.hypercall_init.gmfn = mfns[PFN(hypercall_page)];
    must(domctl(XEN_DOMCTL_hypercall_init, c->id, &op), "hypercall_init");
    set_vcpu(c);
}

void child_start(struct child *c, unsigned int vcpus, void (*main)(void))
{
    child_create(c, vcpus);
    child_build(c, main);
    must(domctl_simple(XEN_DOMCTL_unpausedomain, c->id), "unpausedomain");
}

int child_wait(const struct child *c)
{
    struct xen_domctl_getdomaininfo info;

    for (unsigned int i = 0; i < 2000000; i++) {
        must(domain_info(c->id, &info), "getdomaininfo");
        if (info.flags & XEN_DOMINF_shutdown)
            return (int)(info.flags >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask);
        sched_op(SCHEDOP_yield, NULL);
    }
    return -1;
}

bool child_destroy(const struct child *c)
{
    struct xen_domctl_getdomaininfo info;
    long ret = domctl_simple(XEN_DOMCTL_destroydomain, c->id);

    if (ret) {
        print("destroydomain: %ld\n", ret);
        return false;
    }
    for (unsigned int i = 0; i < 1000; i++) {
        if (domain_info(c->id, &info) == -XEN_ESRCH)
            return true;
        sched_op(SCHEDOP_yield, NULL);
    }
    return false;
}
