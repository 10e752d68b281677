/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The audit: counts anew who refers to each frame (page-table entries, pins, CR3s, descriptor
 * tables, events, grants, owners) and compares that with the frame table. Console key 'A', and
 * with the option audit when the hardware domain stops. Domains are paused meanwhile.
 */
#include <hv/alloc.h>
#include <hv/debug.h>
#include <hv/errno.h>
#include <hv/event.h>
#include <hv/frame.h>
#include <hv/grant.h>
#include <hv/init.h>
#include <hv/printk.h>
#include <hv/sched.h>
#include <hv/softirq.h>
#include <hv/string.h>

#include <asm/current.h>
#include <asm/layout.h>
#include <asm/mm.h>
#include <asm/page.h>
#include <asm/pv.h>

#define ERRORS_SHOWN 32U
#define DOMAINS_MAX  128U

/* What was found for one frame. Grants: entries that stand in page tables, less the pins for them.
 */
struct found {
    uint32_t refs, type_refs;
    int16_t granted, granted_writable;
    uint8_t type;
    bool conflict; /* references to two types */
};

static void use(struct frame_visitor *w, struct frame *pg, uint64_t type, unsigned int count);
static void granted(struct frame_visitor *w, struct frame *pg, bool writable, unsigned int count);

/* Counting goes through the frame table window by window, so that any machine can be audited. */
static struct audit {
    struct frame_visitor visitor;
    struct found *found;
    uint64_t first, count; /* the window */
    uint64_t frames;       /* looked at that have an owner */
    uint64_t errors;
    struct domain *domains[DOMAINS_MAX];
    unsigned int nr_domains;
    unsigned int order; /* of found, kept once it was had */
} audit = { .visitor = { .use = use, .granted = granted } };

static struct found *found_of(struct audit *a, const struct frame *pg)
{
    uint64_t i = frame_mfn(pg).n - a->first;

    return i < a->count ? &a->found[i] : NULL;
}

static void use(struct frame_visitor *w, struct frame *pg, uint64_t type, unsigned int count)
{
    struct found *f = found_of(container_of(w, struct audit, visitor), pg);

    if (!f || !count)
        return;
    f->refs += count;
    if (type == TYPE_NONE)
        return;
    f->conflict |= f->type_refs && f->type != type;
    f->type = (uint8_t)type;
    f->type_refs += count;
}

static void granted(struct frame_visitor *w, struct frame *pg, bool writable, unsigned int count)
{
    struct found *f = found_of(container_of(w, struct audit, visitor), pg);

    if (f && writable)
        f->granted_writable -= (int16_t)count;
    else if (f)
        f->granted -= (int16_t)count;
}

/* What one entry of a checked table refers to. */
static void count_entry(struct audit *a, uint64_t e, unsigned int level)
{
    mfn_t m = pte_mfn(e);
    struct frame *pg = frame_of(m);
    struct found *f;

    if (!(e & PTE_PRESENT) || !mfn_is_valid(m) || (pg->refs & FRAME_IO))
        return;
    if (level > 1) {
        use(&a->visitor, pg, level - 1, 1);
    } else if (!(e & PTE_GRANT)) {
        use(&a->visitor, pg, e & PTE_RW ? TYPE_WRITABLE : TYPE_NONE, 1);
    } else if ((f = found_of(a, pg)) != NULL) {
        if (e & PTE_RW)
            f->granted_writable++;
        else
            f->granted++;
    }
}

static void count_table(struct audit *a, const struct frame *pg, unsigned int level)
{
    const uint64_t *table = map_frame(frame_mfn(pg));
    unsigned int end = pg->type & TYPE_PARTIAL ? type_done_of(pg->type) : PT_ENTRIES;

    for (unsigned int i = 0; i < end; i++)
        if (level < 4 || i < HV_SLOT_FIRST || i > HV_SLOT_LAST)
            count_entry(a, table[i], level);
    unmap_frame(table);
}

/* The references that a frame's own words tell of: its owner's, its pin's, its entries'. */
static void count_frame(struct audit *a, struct frame *pg)
{
    uint64_t type = pg->type, level = type_of(type);

    if (pg->refs & FRAME_ALLOCATED)
        use(&a->visitor, pg, TYPE_NONE, 1);
    if ((type & TYPE_PINNED))
        use(&a->visitor, pg, level, 1);
    if ((type & TYPE_PARTIAL) && !(type & TYPE_COUNT_MASK))
        use(&a->visitor, pg, TYPE_NONE, 1);
    if ((type & (TYPE_COUNT_MASK | TYPE_PARTIAL)) && level >= TYPE_L1 && level <= TYPE_L4)
        count_table(a, pg, (unsigned int)level);
}

static void count_vcpu(struct audit *a, const struct vcpu *v)
{
    const struct pv_vcpu *pv = &v->arch.pv;
    struct frame_visitor *w = &a->visitor;

    if (pv->kernel_l4.n)
        use(w, frame_of(pv->kernel_l4), TYPE_L4, 1);
    if (pv->user_l4.n)
        use(w, frame_of(pv->user_l4), TYPE_L4, 1);
    for (unsigned int i = 0; i < (pv->gdt_entries + 511) / 512; i++)
        use(w, frame_of(pv->gdt_frames[i]), TYPE_SEGDESC, 1);
    for (unsigned int i = 0; i < ARRAY_SIZE(pv->ldt_frames); i++)
        if (pv->ldt_frames[i])
            use(w, pv->ldt_frames[i], TYPE_SEGDESC, 1);
    if (pv->old_table)
        use(w, pv->old_table, type_of(pv->old_table->type), 1);
    if (v->info_frame)
        use(w, v->info_frame, TYPE_WRITABLE, 1);
}

static void count_all(struct audit *a)
{
    struct vcpu *v;

    for (uint64_t n = 0; n < frame_limit; n++)
        if (frame_table[n].owner)
            count_frame(a, &frame_table[n]);
    for (unsigned int i = 0; i < a->nr_domains; i++) {
        for_each_vcpu (a->domains[i], v)
            count_vcpu(a, v);
        evtchn_visit_frames(a->domains[i], &a->visitor);
        grant_visit_frames(a->domains[i], &a->visitor);
    }
}

static void complain(struct audit *a, const struct frame *pg, const struct found *f,
                     const char *what)
{
    if (a->errors++ >= ERRORS_SHOWN)
        return;
    printk(LOG_ERR "audit: frame %#lx of d%u: %s (refs %#lx, type %#lx; found %u, %u of type %u)\n",
           (unsigned long)frame_mfn(pg).n, pg->owner ? pg->owner->id : DOMID_INVALID, what,
           (unsigned long)pg->refs, (unsigned long)pg->type, f->refs, f->type_refs, f->type);
}

static void check_owned(struct audit *a, struct frame *pg, struct found *f)
{
    uint64_t type = pg->type, count = type & TYPE_COUNT_MASK;

    a->frames++;
    /* Ours, shown to a domain: it keeps a type for itself. */
    if (pg->refs & FRAME_XENHEAP && pg->refs & FRAME_ALLOCATED) {
        f->conflict |= f->type_refs && f->type != type_of(type);
        f->type = (uint8_t)type_of(type);
        f->type_refs++;
    }
    if (f->conflict)
        complain(a, pg, f, "used as two types at once");
    if ((pg->refs & FRAME_COUNT_MASK) != f->refs)
        complain(a, pg, f, "the count of references is wrong");
    if (count != f->type_refs)
        complain(a, pg, f, "the count of its type is wrong");
    else if (count && type_of(type) != f->type)
        complain(a, pg, f, "it has another type");
    if (count && !(type & (TYPE_VALIDATED | TYPE_PARTIAL)))
        complain(a, pg, f, "in use without having been checked");
    if (f->granted > 0 || f->granted_writable > 0)
        complain(a, pg, f, "mapped as a grant that is not in use");
}

static void check_window(struct audit *a)
{
    for (uint64_t i = 0; i < a->count; i++) {
        struct frame *pg = &frame_table[a->first + i];
        struct found *f = &a->found[i];

        if (pg->owner)
            check_owned(a, pg, f);
        else if (f->refs || f->granted > 0 || f->granted_writable > 0)
            complain(a, pg, f, "in use without an owner");
    }
}

/* Each domain's list holds its frames, and as many as it is said to have. */
static void check_list(struct audit *a, const struct domain *d)
{
    uint64_t listed = 0;

    for (uint32_t n = d->page_list; n != FRAME_NONE && listed <= d->tot_pages;
         n = frame_table[n].next)
        if (frame_table[n].owner == d)
            listed++;
    if (listed == d->tot_pages)
        return;
    a->errors++;
    printk(LOG_ERR "audit: d%u has %lu frames, its list %lu\n", d->id, (unsigned long)d->tot_pages,
           (unsigned long)listed);
}

/* Room for all frames at once, or for fewer. */
static void window_alloc(struct audit *a)
{
    unsigned int order = 0;

    while (order < FRAME_MAX_ORDER && (PAGE_SIZE << order) / sizeof(struct found) < frame_limit)
        order++;
    while (!(a->found = page_alloc(order)) && order)
        order--;
    a->order = order;
}

static void take_domain(struct domain *d)
{
    if (audit.nr_domains == DOMAINS_MAX || !domain_try_get(d))
        return;
    audit.domains[audit.nr_domains++] = d;
}

static void walk(struct audit *a)
{
    uint64_t room = (PAGE_SIZE << a->order) / sizeof(struct found);

    for (a->first = 0; a->first < frame_limit; a->first += room) {
        memset(a->found, 0, PAGE_SIZE << a->order);
        a->count = MIN(room, frame_limit - a->first);
        count_all(a);
        check_window(a);
    }
    for (unsigned int i = 0; i < a->nr_domains; i++)
        check_list(a, a->domains[i]);
    if (a->errors)
        printk(LOG_ERR "audit: %lu frames, %lu errors\n", (unsigned long)a->frames,
               (unsigned long)a->errors);
    else
        printk(LOG_ERR "audit: %lu frames, no errors\n", (unsigned long)a->frames);
}

/* At a point where this CPU is not amid a domain's call: counts would not match there. */
static void run(void)
{
    static struct spinlock lock = SPINLOCK_INIT;
    struct audit *a = &audit;

    if (!spin_trylock(&lock))
        return;
    if (!a->found)
        window_alloc(a);
    if (!a->found) {
        printk(LOG_ERR "audit: no memory to count in\n");
        spin_unlock(&lock);
        return;
    }
    a->frames = a->errors = a->nr_domains = 0;
    domains_visit(take_domain);
    for (unsigned int i = 0; i < a->nr_domains; i++)
        domain_pause(a->domains[i]);
    walk(a);
    for (unsigned int i = 0; i < a->nr_domains; i++) {
        domain_unpause(a->domains[i]);
        domain_put(a->domains[i]);
    }
    spin_unlock(&lock);
}

static void on_key(void)
{
    softirq_raise(SOFTIRQ_AUDIT);
}
DEFINE_CONSOLE_KEY(audit, 'A', "audit of all frames: every count against what refers to it",
                   on_key);

static bool opt_audit;

static int audit_parse(const char *value)
{
    int v = param_bool(value);

    if (v > 0)
        hardware_domain_on_shutdown(run);
    opt_audit = v > 0;
    return v < 0 ? v : 0;
}
DEFINE_PARAM("audit", audit_parse);

void pv_audit_init(void)
{
    softirq_register(SOFTIRQ_AUDIT, run);
    if (opt_audit) /* later there may be no memory */
        window_alloc(&audit);
}
