/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Saving a PV domain: it suspends, and then everything it is goes into the stream. Frames are named
 * by the guest's own numbers there: page tables and registers are translated on their way out.
 */
#include "private.h"

#include <dom0/toolstack/stream.h>

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <xen/sched.h>

#define SUSPEND_WAIT_MS 60000
#define SUSPEND_POLL_MS 10
#define ENTRIES         512U
#define PRESENT         1ULL
#define FRAME_MASK      0x000ffffffffff000ULL
#define HOLE_FIRST      256U /* the hypervisor's own entries of a top-level table */
#define HOLE_LAST       271U
#define XSAVE_MAX       (1U << 20)

struct saver {
    struct toolstack *ts;
    const struct progress *progress;
    uint32_t domid;
    int fd;
    struct xen_domctl_getdomaininfo info;
    uint64_t max_pfn; /* the number of frames in the guest's list */
    xen_pfn_t *p2m;   /* the guest's list, copied */
    uint32_t *m2p;    /* its inverse, m2p_size entries; NO_PFN where a frame is not the guest's */
    uint64_t m2p_size;
    uint64_t *p2m_frames; /* pfns of the frames of the list itself */
    uint64_t n_p2m_frames;
    GByteArray *out;
};

#define NO_PFN            UINT32_MAX
#define INVALID_P2M_ENTRY (~0UL)

static bool write_all(int fd, struct iovec *iov, int count, GError **error)
{
    while (count) {
        ssize_t n = writev(fd, iov, MIN(count, 1024));

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_errno(error, "writing the saved domain");
        for (; count && (size_t)n >= iov->iov_len; iov++, count--)
            n -= iov->iov_len;
        if (count) {
            iov->iov_base = (char *)iov->iov_base + n;
            iov->iov_len -= n;
        }
    }
    return true;
}

static bool flush(struct saver *s, GError **error)
{
    struct iovec iov = { s->out->data, s->out->len };
    bool ok = write_all(s->fd, &iov, 1, error);

    g_byte_array_set_size(s->out, 0);
    return ok;
}

static void *map_frames(struct saver *s, const xen_pfn_t *frames, size_t count, GError **error)
{
    void *at = xenforeignmemory_map(s->ts->ctl.memory, s->domid, PROT_READ, count, frames, NULL);

    if (!at)
        fail_errno(error, "domain %u: mapping %zu of its pages", s->domid, count);
    return at;
}

static void unmap(struct saver *s, void *at, size_t count)
{
    xenforeignmemory_unmap(s->ts->ctl.memory, at, count);
}

static bool suspend(struct saver *s, struct xs_handle *xs, GError **error)
{
    if (!store_write(xs, error, "suspend", "/local/domain/%u/control/shutdown", s->domid))
        return false;
    for (unsigned waited = 0; waited < SUSPEND_WAIT_MS; waited += SUSPEND_POLL_MS) {
        if (!domain_find(s->ts, s->domid, &s->info, error))
            return false;
        if (s->info.flags & XEN_DOMINF_shutdown) {
            unsigned why = s->info.flags >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask;

            return why == SHUTDOWN_suspend ||
                   fail(error, TOOLSTACK_ERROR_FAILED,
                        "domain %u ended (reason %u) instead of suspending", s->domid, why);
        }
        if (!step(s->progress, 0.05, "waiting for the guest to suspend", error))
            break;
        g_usleep(SUSPEND_POLL_MS * 1000);
    }
    /* Not taken up: it must not find the request later. */
    store_write(xs, NULL, "", "/local/domain/%u/control/shutdown", s->domid);
    if (error && !*error)
        fail(error, TOOLSTACK_ERROR_TIMEOUT, "domain %u did not suspend within %u s", s->domid,
             SUSPEND_WAIT_MS / 1000);
    return false;
}

/* The frame that maps `address` in the tables of `cr3`, or 0. */
static xen_pfn_t walk(struct saver *s, uint64_t cr3, uint64_t address)
{
    xen_pfn_t frame = (cr3 & FRAME_MASK) >> CTL_PAGE_SHIFT;

    for (unsigned level = 4; level >= 1; level--) {
        uint64_t *table = map_frames(s, &frame, 1, NULL), entry;

        if (!table)
            return 0;
        entry = table[address >> (CTL_PAGE_SHIFT + 9 * (level - 1)) & (ENTRIES - 1)];
        unmap(s, table, 1);
        if (!(entry & PRESENT))
            return 0;
        frame = (entry & FRAME_MASK) >> CTL_PAGE_SHIFT;
    }
    return frame;
}

/* Where the guest's list lies: in its own address space, as its shared_info says. */
static xen_pfn_t *find_list(struct saver *s, const struct arch_shared_info *arch, GError **error)
{
    g_autofree xen_pfn_t *frames = NULL;

    s->max_pfn = arch->max_pfn;
    s->n_p2m_frames = (s->max_pfn + ENTRIES - 1) / ENTRIES;
    if (!s->max_pfn || s->max_pfn >= STREAM_PFNS_MAX || !arch->p2m_cr3) {
        fail(error, TOOLSTACK_ERROR_NOT_SUPPORTED,
             "domain %u: its kernel does not say where its list of frames is", s->domid);
        return NULL;
    }
    frames = g_new(xen_pfn_t, s->n_p2m_frames);
    for (uint64_t i = 0; i < s->n_p2m_frames; i++) {
        frames[i] = walk(s, arch->p2m_cr3, arch->p2m_vaddr + i * CTL_PAGE_SIZE);
        if (!frames[i]) {
            fail(error, TOOLSTACK_ERROR_FAILED, "domain %u: its list of frames has a hole",
                 s->domid);
            return NULL;
        }
    }
    return g_steal_pointer(&frames);
}

/* Copies the list and inverts it. Entries with high bits set are no frames. */
static bool read_list(struct saver *s, xen_pfn_t *frames, GError **error)
{
    const int64_t highest = ctl_memory_highest(&s->ts->ctl);
    xen_pfn_t *list = map_frames(s, frames, s->n_p2m_frames, error);

    if (!list)
        return false;
    s->p2m = g_memdup2(list, s->max_pfn * sizeof(*list));
    unmap(s, list, s->n_p2m_frames);
    s->m2p_size = highest < 0 ? 0 : highest + 1;
    s->m2p = g_new(uint32_t, s->m2p_size);
    memset(s->m2p, 0xff, s->m2p_size * sizeof(*s->m2p));
    for (uint64_t pfn = 0; pfn < s->max_pfn; pfn++) {
        if (s->p2m[pfn] < s->m2p_size)
            s->m2p[s->p2m[pfn]] = pfn;
        else
            s->p2m[pfn] = INVALID_P2M_ENTRY;
    }
    s->p2m_frames = g_new(uint64_t, s->n_p2m_frames);
    for (uint64_t i = 0; i < s->n_p2m_frames; i++) {
        if (frames[i] >= s->m2p_size || s->m2p[frames[i]] == NO_PFN)
            return fail(error, TOOLSTACK_ERROR_FAILED,
                        "domain %u: its list of frames is not in its own memory", s->domid);
        s->p2m_frames[i] = s->m2p[frames[i]];
    }
    return true;
}

static bool read_guest_list(struct saver *s, GError **error)
{
    const xen_pfn_t frame = s->info.shared_info_frame;
    shared_info_t *shared = map_frames(s, &frame, 1, error);
    g_autofree xen_pfn_t *frames = NULL;

    if (!shared)
        return false;
    frames = find_list(s, &shared->arch, error);
    unmap(s, shared, 1);
    return frames && read_list(s, frames, error);
}

static bool to_pfn(struct saver *s, uint64_t frame, uint64_t *pfn, GError **error)
{
    *pfn = frame < s->m2p_size ? s->m2p[frame] : NO_PFN;
    if (*pfn == NO_PFN)
        return fail(error, TOOLSTACK_ERROR_FAILED,
                    "domain %u refers to frame %" G_GINT64_MODIFIER
                    "x, which is not its own: it cannot be saved",
                    s->domid, frame);
    return true;
}

/* A page table with the guest's numbers instead of the machine's. */
static bool translate_table(struct saver *s, unsigned level, const uint64_t *table, uint64_t *out,
                            GError **error)
{
    for (unsigned i = 0; i < ENTRIES; i++) {
        uint64_t entry = table[i], pfn;

        if (level == 4 && i >= HOLE_FIRST && i <= HOLE_LAST)
            entry = 0;
        if (entry & PRESENT) {
            if (!to_pfn(s, (entry & FRAME_MASK) >> CTL_PAGE_SHIFT, &pfn, error))
                return false;
            entry = (entry & ~FRAME_MASK) | pfn << CTL_PAGE_SHIFT;
        }
        out[i] = entry;
    }
    return true;
}

/* Page types of a batch, in the stream's form, ORed into pfns. */
static bool find_types(struct saver *s, uint64_t *pfns, uint32_t count, GError **error)
{
    xen_pfn_t types[STREAM_BATCH];

    for (uint32_t i = 0; i < count; i++)
        types[i] = s->p2m[pfns[i]];
    if (ctl_frame_types(&s->ts->ctl, s->domid, types, count))
        return fail_errno(error, "domain %u: asking for the types of its pages", s->domid);
    for (uint32_t i = 0; i < count; i++)
        pfns[i] |= (types[i] & XEN_DOMCTL_PFINFO_LTAB_MASK) >> XEN_DOMCTL_PFINFO_LTAB_SHIFT
                                                                   << STREAM_TYPE_SHIFT;
    return true;
}

struct batch {
    uint64_t pfns[STREAM_BATCH];
    uint32_t count;
    struct iovec iov[STREAM_BATCH + 1];
    int n_iov;
    uint64_t *tables; /* translated page tables, n_tables of them */
    uint32_t n_tables;
};

/* What is written of each page: the guest's memory itself, or a translated copy. */
static bool gather(struct saver *s, struct batch *b, char *memory, GError **error)
{
    uint32_t next = 0;

    for (uint32_t i = 0; i < b->count; i++) {
        unsigned type = b->pfns[i] >> STREAM_TYPE_SHIFT;
        void *page = memory + (size_t)next * CTL_PAGE_SIZE;

        if (!stream_type_has_data(type))
            continue;
        next++;
        if (stream_type_is_table(type)) {
            uint64_t *copy = b->tables + (size_t)b->n_tables++ * ENTRIES;

            if (!translate_table(s, type & ~PAGE_PINNED, page, copy, error))
                return false;
            page = copy;
        }
        b->iov[b->n_iov++] = (struct iovec){ page, CTL_PAGE_SIZE };
    }
    return true;
}

static bool write_batch(struct saver *s, struct batch *b, GError **error)
{
    xen_pfn_t frames[STREAM_BATCH];
    uint32_t n = 0, tables = 0;
    char *memory = NULL;
    bool ok;

    if (!find_types(s, b->pfns, b->count, error))
        return false;
    for (uint32_t i = 0; i < b->count; i++) {
        unsigned type = b->pfns[i] >> STREAM_TYPE_SHIFT;

        tables += stream_type_is_table(type);
        if (stream_type_has_data(type))
            frames[n++] = s->p2m[b->pfns[i] & STREAM_PFN_MASK];
    }
    memory = n ? map_frames(s, frames, n, error) : NULL;
    if (n && !memory)
        return false;
    b->tables = g_malloc((size_t)tables * CTL_PAGE_SIZE);
    b->n_tables = 0;
    stream_make_pages_head(s->out, b->pfns, b->count, n);
    b->iov[0] = (struct iovec){ s->out->data, s->out->len };
    b->n_iov = 1;
    ok = gather(s, b, memory, error) && write_all(s->fd, b->iov, b->n_iov, error);
    g_byte_array_set_size(s->out, 0);
    g_free(b->tables);
    if (n)
        unmap(s, memory, n);
    return ok;
}

static bool write_pages(struct saver *s, GError **error)
{
    g_autofree struct batch *b = g_new0(struct batch, 1);

    for (uint64_t pfn = 0; pfn < s->max_pfn; pfn++) {
        if (s->p2m[pfn] != INVALID_P2M_ENTRY)
            b->pfns[b->count++] = pfn;
        if (b->count < STREAM_BATCH && pfn + 1 < s->max_pfn)
            continue;
        if (!step(s->progress, 0.1 + 0.8 * pfn / s->max_pfn, "writing its memory", error) ||
            (b->count && !write_batch(s, b, error)))
            return false;
        b->count = 0;
    }
    return true;
}

static void add_vcpu_record(struct saver *s, uint32_t type, uint32_t vcpu, const void *data,
                            size_t size)
{
    g_autoptr(GByteArray) body = g_byte_array_new();
    const uint32_t head[2] = { GUINT32_TO_LE(vcpu), 0 };

    g_byte_array_append(body, (const guint8 *)head, sizeof(head));
    g_byte_array_append(body, data, size);
    stream_make_record(s->out, type, body->data, body->len);
}

/* Registers that hold frames: those of the page tables and of the GDT, and a suspended vcpu 0's. */
static bool add_basic(struct saver *s, unsigned vcpu, GError **error)
{
    vcpu_guest_context_t c;
    uint64_t pfn;

    if (ctl_vcpu_get_context(&s->ts->ctl, s->domid, vcpu, &c))
        return fail_errno(error, "domain %u: reading vcpu %u", s->domid, vcpu);
    if (!vcpu) {
        /* The argument of its suspend call: where start_info is. */
        if (!to_pfn(s, c.user_regs.rdx, &pfn, error))
            return false;
        c.user_regs.rdx = pfn;
    }
    for (unsigned i = 0; i < (c.gdt_ents + ENTRIES - 1) / ENTRIES && i < 16; i++) {
        if (!to_pfn(s, c.gdt_frames[i], &pfn, error))
            return false;
        c.gdt_frames[i] = pfn;
    }
    if (!to_pfn(s, c.ctrlreg[3] >> CTL_PAGE_SHIFT, &pfn, error))
        return false;
    c.ctrlreg[3] = pfn << CTL_PAGE_SHIFT;
    if (c.ctrlreg[1]) {
        if (!to_pfn(s, c.ctrlreg[1] >> CTL_PAGE_SHIFT, &pfn, error))
            return false;
        /* Bit 0 says that there is one: the frame may be number 0. */
        c.ctrlreg[1] = pfn << CTL_PAGE_SHIFT | 1;
    }
    add_vcpu_record(s, RECORD_PV_VCPU_BASIC, vcpu, &c, sizeof(c));
    return true;
}

static bool add_vcpu_state(struct saver *s, unsigned vcpu, GError **error)
{
    struct xen_domctl_ext_vcpucontext extended;
    uint64_t size = 0, features = 0;
    uint32_t n_msrs = 0;

    if (ctl_vcpu_get_extended(&s->ts->ctl, s->domid, vcpu, &extended))
        return fail_errno(error, "domain %u: reading vcpu %u's extended state", s->domid, vcpu);
    add_vcpu_record(s, RECORD_PV_VCPU_EXTENDED, vcpu, &extended, sizeof(extended));
    if (!ctl_vcpu_get_xstate(&s->ts->ctl, s->domid, vcpu, NULL, &size, &features) && size &&
        size <= XSAVE_MAX) {
        g_autofree void *state = g_malloc0(size);

        if (ctl_vcpu_get_xstate(&s->ts->ctl, s->domid, vcpu, state, &size, &features))
            return fail_errno(error, "domain %u: reading vcpu %u's FPU", s->domid, vcpu);
        add_vcpu_record(s, RECORD_PV_VCPU_XSAVE, vcpu, state, size);
    }
    if (!ctl_vcpu_get_msrs(&s->ts->ctl, s->domid, vcpu, NULL, &n_msrs) && n_msrs) {
        g_autofree xen_domctl_vcpu_msr_t *msrs = g_new0(xen_domctl_vcpu_msr_t, n_msrs);

        if (ctl_vcpu_get_msrs(&s->ts->ctl, s->domid, vcpu, msrs, &n_msrs))
            return fail_errno(error, "domain %u: reading vcpu %u's MSRs", s->domid, vcpu);
        if (n_msrs)
            add_vcpu_record(s, RECORD_PV_VCPU_MSRS, vcpu, msrs, n_msrs * sizeof(*msrs));
    }
    return true;
}

static bool add_vcpus(struct saver *s, GError **error)
{
    for (unsigned i = 0; i <= s->info.max_vcpu_id; i++) {
        struct xen_domctl_getvcpuinfo info;

        if (ctl_vcpu_info(&s->ts->ctl, s->domid, i, &info) || !info.online)
            continue;
        if (!add_basic(s, i, error) || !add_vcpu_state(s, i, error))
            return false;
    }
    return true;
}

#define POLICY_MAX 4096U

/* What the guest was told of the processor; a hypervisor that keeps none has nothing to save. */
static void add_policy(struct saver *s)
{
    uint32_t n_leaves = POLICY_MAX, n_msrs = POLICY_MAX;
    g_autofree xen_cpuid_leaf_t *leaves = g_new0(xen_cpuid_leaf_t, n_leaves);
    g_autofree xen_msr_entry_t *msrs = g_new0(xen_msr_entry_t, n_msrs);

    if (ctl_cpu_policy_get(&s->ts->ctl, s->domid, leaves, &n_leaves, msrs, &n_msrs))
        return;
    if (n_leaves)
        stream_make_record(s->out, RECORD_CPUID_POLICY, leaves, n_leaves * sizeof(*leaves));
    if (n_msrs)
        stream_make_record(s->out, RECORD_MSR_POLICY, msrs, n_msrs * sizeof(*msrs));
}

static void add_p2m_frames(struct saver *s)
{
    g_autoptr(GByteArray) body = g_byte_array_new();
    const uint32_t head[2] = { 0, GUINT32_TO_LE(s->max_pfn - 1) };

    g_byte_array_append(body, (const guint8 *)head, sizeof(head));
    g_byte_array_append(body, (const guint8 *)s->p2m_frames, s->n_p2m_frames * 8);
    stream_make_record(s->out, RECORD_PV_P2M_FRAMES, body->data, body->len);
}

static bool write_start(struct saver *s, GError **error)
{
    static const uint8_t pv_info[8] = { 8, 4 }; /* 64 bits, four levels of tables */
    int version = ctl_version(&s->ts->ctl, 0, NULL, 0);

    stream_make_headers(s->out, version >> 16, version & 0xffff);
    stream_make_record(s->out, RECORD_PV_INFO, pv_info, sizeof(pv_info));
    add_policy(s);
    stream_make_record(s->out, RECORD_STATIC_DATA_END, NULL, 0);
    add_p2m_frames(s);
    return flush(s, error);
}

static bool write_end(struct saver *s, GError **error)
{
    const xen_pfn_t frame = s->info.shared_info_frame;
    struct xen_domctl_tsc_info tsc;
    void *shared = map_frames(s, &frame, 1, error);

    if (!shared)
        return false;
    if (!ctl_domain_get_tsc(&s->ts->ctl, s->domid, &tsc)) {
        struct {
            uint32_t mode, khz;
            uint64_t nsec;
            uint32_t incarnation, reserved;
        } record = { tsc.tsc_mode, tsc.gtsc_khz, tsc.elapsed_nsec, tsc.incarnation, 0 };

        stream_make_record(s->out, RECORD_TSC_INFO, &record, sizeof(record));
    }
    stream_make_record(s->out, RECORD_SHARED_INFO, shared, CTL_PAGE_SIZE);
    unmap(s, shared, 1);
    if (!add_vcpus(s, error))
        return false;
    /* The end of the inner stream, and that of the outer one. */
    stream_make_record(s->out, RECORD_END, NULL, 0);
    stream_make_record(s->out, RECORD_END, NULL, 0);
    return flush(s, error);
}

/* Lets the guest go on where it is: its suspend call says that it was cancelled. */
static bool resume(struct saver *s, struct xs_handle *xs, GError **error)
{
    vcpu_guest_context_t c;

    if (ctl_vcpu_get_context(&s->ts->ctl, s->domid, 0, &c))
        return fail_errno(error, "domain %u: reading vcpu 0", s->domid);
    c.user_regs.rax = 1;
    if (ctl_vcpu_set_context(&s->ts->ctl, s->domid, 0, &c) ||
        ctl_domain_resume(&s->ts->ctl, s->domid))
        return fail_errno(error, "domain %u: letting it go on", s->domid);
    xs_resume_domain(xs, s->domid);
    return true;
}

bool toolstack_save(struct toolstack *ts, uint32_t domid, int fd, bool keep_running,
                    const struct progress *progress, GError **error)
{
    struct saver s = { .ts = ts, .domid = domid, .fd = fd, .progress = progress };
    struct xs_handle *xs;
    bool ok, suspended;

    if (!domid)
        return fail(error, TOOLSTACK_ERROR_NOT_SUPPORTED, "dom0 cannot be saved");
    if (!domain_find(ts, domid, &s.info, error))
        return false;
    if (s.info.flags & XEN_DOMINF_hvm_guest)
        return fail(error, TOOLSTACK_ERROR_NOT_SUPPORTED,
                    "domain %u: only PV domains can be saved yet", domid);
    xs = store_open(error);
    if (!xs)
        return false;
    s.out = g_byte_array_new();
    suspended = suspend(&s, xs, error);
    ok = suspended && read_guest_list(&s, error) && write_start(&s, error) &&
         write_pages(&s, error) && write_end(&s, error);
    if (suspended && (!ok || keep_running))
        resume(&s, xs, ok ? error : NULL);
    else if (ok)
        ok = toolstack_destroy(ts, domid, NULL, error);
    g_byte_array_unref(s.out);
    g_free(s.p2m);
    g_free(s.m2p);
    g_free(s.p2m_frames);
    store_close(xs);
    return ok;
}
