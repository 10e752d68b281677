/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Filling a new PV domain from a saved one. Pages come first, page tables among them with the
 * guest's frame numbers; when all frames are known these are translated, and then the tables are
 * pinned and the vcpus set. Nothing in the stream is trusted more than the guest itself would be:
 * what is wrong with it ends in an error here or in the hypervisor's refusal.
 */
#include "private.h"

#include <dom0/toolstack/stream.h>

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xen/grant_table.h>

#define ENTRIES    512U
#define PRESENT    1ULL
#define FRAME_MASK 0x000ffffffffff000ULL
#define NO_FRAME   (~0UL)
#define HOLE_FIRST 256U
#define HOLE_LAST  271U
#define XSAVE_MAX  (1U << 20)

struct restorer {
    struct build *b;
    struct ctl *ctl;
    int fd;
    uint64_t max_pfn; /* the number of entries of the two below */
    xen_pfn_t *p2m;   /* NO_FRAME: the guest has none there */
    uint8_t *types;   /* of STREAM_TYPE_SHIFT */
    uint64_t *list;   /* pfns of the guest's own list, n_list of them */
    uint64_t n_list;
    uint64_t start_info_pfn;
    bool has_vcpu0, is_static_done;
    GPtrArray *vcpus; /* GByteArray: the records, whose type stands before them */
    GByteArray *shared_info, *cpuid, *msrs;
};

static bool read_fd(void *opaque, void *buffer, size_t size)
{
    int fd = *(int *)opaque;
    char *at = buffer;

    while (size) {
        ssize_t n = read(fd, at, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += n;
        size -= n;
    }
    return true;
}

static bool bad(GError **error, const char *why)
{
    return fail(error, TOOLSTACK_ERROR_FAILED, "the saved domain: %s", why);
}

static void *map_frames(struct restorer *r, const xen_pfn_t *frames, size_t count, GError **error)
{
    void *at = xenforeignmemory_map(r->ctl->memory, r->b->domid, PROT_READ | PROT_WRITE, count,
                                    frames, NULL);

    if (!at)
        fail_errno(error, "domain %u: mapping %zu of its pages", r->b->domid, count);
    return at;
}

static void unmap(struct restorer *r, void *at, size_t count)
{
    xenforeignmemory_unmap(r->ctl->memory, at, count);
}

static bool to_frame(struct restorer *r, uint64_t pfn, xen_pfn_t *frame, GError **error)
{
    *frame = pfn < r->max_pfn ? r->p2m[pfn] : NO_FRAME;
    return *frame != NO_FRAME || bad(error, "it refers to a page that is not in it");
}

static bool take_p2m_frames(struct restorer *r, const GByteArray *body, GError **error)
{
    struct stream_p2m_frames f;
    const char *why;

    if (r->p2m)
        return bad(error, "it has two lists of frames");
    if (!stream_parse_p2m_frames(body, &f, &why))
        return bad(error, why);
    r->max_pfn = f.max_pfn + 1;
    r->p2m = g_try_new(xen_pfn_t, r->max_pfn);
    r->types = g_try_malloc0(r->max_pfn);
    if (!r->p2m || !r->types)
        return bad(error, "there is no memory for its list of frames");
    memset(r->p2m, 0xff, r->max_pfn * sizeof(*r->p2m));
    r->n_list = f.count;
    r->list = g_memdup2(f.pfns, f.count * 8);
    return true;
}

/* Gives the domain the frames of a batch that it does not have yet. */
static bool populate(struct restorer *r, const struct stream_pages *p, GError **error)
{
    xen_pfn_t frames[STREAM_BATCH] = { 0 }, pfns[STREAM_BATCH] = { 0 };
    unsigned n = 0;

    for (uint32_t i = 0; i < p->count; i++) {
        uint64_t pfn = stream_pfn(p, i) & STREAM_PFN_MASK;
        unsigned type = stream_pfn(p, i) >> STREAM_TYPE_SHIFT;

        if (pfn >= r->max_pfn)
            return bad(error, "a page lies beyond its list of frames");
        r->types[pfn] = type;
        if (r->p2m[pfn] == NO_FRAME && type != PAGE_INVALID && type != PAGE_BROKEN) {
            r->p2m[pfn] = 0; /* once only, even if it stands twice in the record */
            pfns[n] = frames[n] = pfn;
            n++;
        }
    }
    if (n && ctl_memory_populate(r->ctl, r->b->domid, frames, n, 0) != (long)n)
        return fail(error, TOOLSTACK_ERROR_NO_MEMORY,
                    "%s: the hypervisor gave less memory than it had when it was saved",
                    r->b->config->name);
    for (unsigned i = 0; i < n; i++)
        r->p2m[pfns[i]] = frames[i];
    return true;
}

static bool take_pages(struct restorer *r, const GByteArray *body, GError **error)
{
    xen_pfn_t frames[STREAM_BATCH];
    struct stream_pages p;
    const char *why;
    uint32_t n = 0;
    void *memory;

    if (!r->p2m)
        return bad(error, "its pages come before its list of frames");
    if (!stream_parse_pages(body, &p, &why))
        return bad(error, why);
    if (!populate(r, &p, error))
        return false;
    for (uint32_t i = 0; i < p.count; i++)
        if (stream_type_has_data(stream_pfn(&p, i) >> STREAM_TYPE_SHIFT))
            frames[n++] = r->p2m[stream_pfn(&p, i) & STREAM_PFN_MASK];
    if (!n)
        return true;
    memory = map_frames(r, frames, n, error);
    if (!memory)
        return false;
    memcpy(memory, p.pages, (size_t)n * STREAM_PAGE_SIZE);
    unmap(r, memory, n);
    return true;
}

static bool take_policy(struct restorer *r, GError **error)
{
    const struct {
        void *data;
        uint32_t count;
    } leaves = { r->cpuid->data, r->cpuid->len / sizeof(xen_cpuid_leaf_t) },
      msrs = { r->msrs->data, r->msrs->len / sizeof(xen_msr_entry_t) };

    r->is_static_done = true;
    if (!leaves.count && !msrs.count)
        return true;
    if (ctl_cpu_policy_set(r->ctl, r->b->domid, leaves.data, leaves.count, msrs.data, msrs.count) &&
        errno != ENOSYS && errno != EOPNOTSUPP)
        return fail_errno(error, "%s: this processor cannot do what it was saved on",
                          r->b->config->name);
    return true;
}

static bool take_tsc(struct restorer *r, const GByteArray *body, GError **error)
{
    struct {
        uint32_t mode, khz;
        uint64_t nsec;
        uint32_t incarnation, reserved;
    } record;
    struct xen_domctl_tsc_info tsc;

    if (body->len != sizeof(record))
        return bad(error, "the record of its TSC has an odd length");
    memcpy(&record, body->data, sizeof(record));
    tsc = (struct xen_domctl_tsc_info){
        .tsc_mode = record.mode,
        .gtsc_khz = record.khz,
        .elapsed_nsec = record.nsec,
        .incarnation = record.incarnation,
    };
    if (ctl_domain_set_tsc(r->ctl, r->b->domid, &tsc) && errno != ENOSYS && errno != EOPNOTSUPP)
        return fail_errno(error, "%s: setting its TSC", r->b->config->name);
    return true;
}

/* Kept until the page tables are there. */
static bool keep_vcpu(struct restorer *r, uint32_t type, const GByteArray *body)
{
    GByteArray *copy = g_byte_array_new();

    g_byte_array_append(copy, (const guint8 *)&type, sizeof(type));
    g_byte_array_append(copy, body->data, body->len);
    g_ptr_array_add(r->vcpus, copy);
    return true;
}

static bool take_blob(GByteArray *to, const GByteArray *body)
{
    g_byte_array_set_size(to, 0);
    g_byte_array_append(to, body->data, body->len);
    return true;
}

static bool take_record(struct restorer *r, uint32_t type, const GByteArray *body, GError **error)
{
    switch (type) {
    case RECORD_PV_INFO:
        return (body->len >= 2 && body->data[0] == 8 && body->data[1] == 4) ||
               bad(error, "it is no 64-bit domain");
    case RECORD_STATIC_DATA_END: return take_policy(r, error);
    case RECORD_CPUID_POLICY: return take_blob(r->cpuid, body);
    case RECORD_MSR_POLICY: return take_blob(r->msrs, body);
    case RECORD_PV_P2M_FRAMES: return take_p2m_frames(r, body, error);
    case RECORD_PAGE_DATA: return take_pages(r, body, error);
    case RECORD_TSC_INFO: return take_tsc(r, body, error);
    case RECORD_SHARED_INFO: return take_blob(r->shared_info, body);
    case RECORD_PV_VCPU_BASIC:
    case RECORD_PV_VCPU_EXTENDED:
    case RECORD_PV_VCPU_XSAVE:
    case RECORD_PV_VCPU_MSRS: return keep_vcpu(r, type, body);
    default: return (type & RECORD_OPTIONAL) || bad(error, "it has a record of an unknown kind");
    }
}

static bool read_stream(struct restorer *r, const struct progress *progress, GError **error)
{
    const struct stream_source source = { read_fd, &r->fd };
    g_autoptr(GByteArray) body = g_byte_array_new();
    const char *why;
    uint32_t type;

    if (!stream_read_headers(&source, &why))
        return bad(error, why);
    for (;;) {
        if (!stream_read_record(&source, &type, body, &why))
            return bad(error, why);
        if (type == RECORD_END)
            return r->p2m && r->shared_info->len == CTL_PAGE_SIZE ? true
                                                                  : bad(error, "parts are missing");
        if (!step(progress, 0.5, "reading its memory", error) || !take_record(r, type, body, error))
            return false;
    }
}

static bool translate_table(struct restorer *r, unsigned level, uint64_t *table, GError **error)
{
    for (unsigned i = 0; i < ENTRIES; i++) {
        xen_pfn_t frame;

        if (level == 4 && i >= HOLE_FIRST && i <= HOLE_LAST)
            table[i] = 0;
        if (!(table[i] & PRESENT))
            continue;
        if (!to_frame(r, (table[i] & FRAME_MASK) >> CTL_PAGE_SHIFT, &frame, error))
            return false;
        table[i] = (table[i] & ~FRAME_MASK) | frame << CTL_PAGE_SHIFT;
    }
    return true;
}

static bool translate_batch(struct restorer *r, const uint64_t *pfns, unsigned n, GError **error)
{
    xen_pfn_t frames[STREAM_BATCH];
    uint64_t *memory;
    bool ok = true;

    for (unsigned i = 0; i < n; i++)
        frames[i] = r->p2m[pfns[i]];
    memory = map_frames(r, frames, n, error);
    for (unsigned i = 0; memory && ok && i < n; i++)
        ok = translate_table(r, r->types[pfns[i]] & ~PAGE_PINNED, memory + (size_t)i * ENTRIES,
                             error);
    if (memory)
        unmap(r, memory, n);
    return memory && ok;
}

static bool translate_tables(struct restorer *r, GError **error)
{
    uint64_t pfns[STREAM_BATCH];
    unsigned n = 0;

    for (uint64_t pfn = 0; pfn < r->max_pfn; pfn++) {
        if (r->p2m[pfn] != NO_FRAME && stream_type_is_table(r->types[pfn]))
            pfns[n++] = pfn;
        if (n == STREAM_BATCH || (n && pfn + 1 == r->max_pfn)) {
            if (!translate_batch(r, pfns, n, error))
                return false;
            n = 0;
        }
    }
    return true;
}

/* The guest's own list: only the entries of frames it has, what else it keeps there stays. */
static bool write_list(struct restorer *r, GError **error)
{
    for (uint64_t i = 0; i < r->n_list; i++) {
        xen_pfn_t frame, *page = NULL;

        for (uint64_t j = 0; j < ENTRIES && i * ENTRIES + j < r->max_pfn; j++) {
            uint64_t pfn = i * ENTRIES + j;

            if (r->p2m[pfn] == NO_FRAME)
                continue;
            if (!page) {
                if (!to_frame(r, r->list[i], &frame, error))
                    return false;
                page = map_frames(r, &frame, 1, error);
                if (!page)
                    return false;
            }
            page[j] = r->p2m[pfn];
        }
        if (page)
            unmap(r, page, 1);
    }
    return true;
}

static bool pin_tables(struct restorer *r, GError **error)
{
    static const unsigned commands[] = { 0, MMUEXT_PIN_L1_TABLE, MMUEXT_PIN_L2_TABLE,
                                         MMUEXT_PIN_L3_TABLE, MMUEXT_PIN_L4_TABLE };

    for (uint64_t pfn = 0; pfn < r->max_pfn; pfn++) {
        unsigned type = r->types[pfn];

        if (r->p2m[pfn] == NO_FRAME || !stream_type_is_table(type) || !(type & PAGE_PINNED))
            continue;
        if (ctl_table_pin(r->ctl, r->b->domid, commands[type & ~PAGE_PINNED], &r->p2m[pfn], 1))
            return fail_errno(error, "%s: the hypervisor refuses one of its page tables",
                              r->b->config->name);
    }
    return true;
}

/* Event channels do not survive: nothing is pending, everything is masked until the guest binds. */
static bool write_shared_info(struct restorer *r, uint64_t shared_frame, GError **error)
{
    const shared_info_t *old = (const shared_info_t *)r->shared_info->data;
    const xen_pfn_t frame = shared_frame;
    shared_info_t *s = map_frames(r, &frame, 1, error);

    if (!s)
        return false;
    for (unsigned i = 0; i < XEN_LEGACY_MAX_VCPUS; i++) {
        s->vcpu_info[i].evtchn_upcall_pending = 0;
        s->vcpu_info[i].evtchn_upcall_mask = 1;
        s->vcpu_info[i].evtchn_pending_sel = 0;
        s->vcpu_info[i].arch = old->vcpu_info[i].arch;
    }
    s->arch = old->arch;
    /* Machine frames of before mean nothing; the guest writes new ones when it resumes. */
    s->arch.pfn_to_mfn_frame_list_list = 0;
    s->arch.p2m_cr3 = 0;
    memset(s->evtchn_pending, 0, sizeof(s->evtchn_pending));
    memset(s->evtchn_mask, 0xff, sizeof(s->evtchn_mask));
    unmap(r, s, 1);
    return true;
}

/* The suspended guest left pfns in its start_info; it wants machine frames and ports there. */
static bool write_start_info(struct restorer *r, uint64_t shared_frame, GError **error)
{
    struct plan_channels *c = &r->b->channels;
    xen_pfn_t frame, store, console;
    start_info_t *s;
    bool ok;

    if (!to_frame(r, r->start_info_pfn, &frame, error))
        return false;
    s = map_frames(r, &frame, 1, error);
    if (!s)
        return false;
    ok = to_frame(r, s->store_mfn, &store, error) &&
         to_frame(r, s->console.domU.mfn, &console, error);
    if (ok) {
        s->shared_info = shared_frame << CTL_PAGE_SHIFT;
        s->flags &= SIF_VIRT_P2M_4TOOLS;
        s->store_mfn = c->store_frame = store;
        s->store_evtchn = c->store_port;
        s->console.domU.mfn = c->console_frame = console;
        s->console.domU.evtchn = c->console_port;
    }
    unmap(r, s, 1);
    return ok;
}

static bool set_basic(struct restorer *r, uint32_t vcpu, const uint8_t *data, size_t size,
                      GError **error)
{
    vcpu_guest_context_t c;
    xen_pfn_t frame;

    if (size < sizeof(c))
        return bad(error, "a vcpu's registers are cut off");
    memcpy(&c, data, sizeof(c));
    if (!vcpu) {
        r->has_vcpu0 = true;
        r->start_info_pfn = c.user_regs.rdx;
        if (!to_frame(r, c.user_regs.rdx, &frame, error))
            return false;
        c.user_regs.rdx = frame;
    }
    for (unsigned i = 0; i < (c.gdt_ents + ENTRIES - 1) / ENTRIES && i < 16; i++) {
        if (!to_frame(r, c.gdt_frames[i], &frame, error))
            return false;
        c.gdt_frames[i] = frame;
    }
    if (!to_frame(r, c.ctrlreg[3] >> CTL_PAGE_SHIFT, &frame, error))
        return false;
    c.ctrlreg[3] = frame << CTL_PAGE_SHIFT;
    if (c.ctrlreg[1] & 1) {
        if (!to_frame(r, c.ctrlreg[1] >> CTL_PAGE_SHIFT, &frame, error))
            return false;
        c.ctrlreg[1] = frame << CTL_PAGE_SHIFT;
    }
    if (ctl_vcpu_set_context(r->ctl, r->b->domid, vcpu, &c))
        return fail_errno(error, "%s: setting the registers of vcpu %u", r->b->config->name, vcpu);
    return true;
}

static int set_extended(struct restorer *r, const uint8_t *data, size_t size)
{
    struct xen_domctl_ext_vcpucontext c = { 0 };

    memcpy(&c, data, MIN(size, sizeof(c)));
    return ctl_vcpu_set_extended(r->ctl, r->b->domid, &c);
}

static bool set_vcpu(struct restorer *r, const GByteArray *record, GError **error)
{
    g_autoptr(GByteArray) body = g_byte_array_new();
    const uint8_t *data;
    uint32_t type, vcpu;
    const char *why;
    size_t size;
    int ret = 0;

    memcpy(&type, record->data, sizeof(type));
    g_byte_array_append(body, record->data + sizeof(type), record->len - sizeof(type));
    if (!stream_parse_vcpu(body, &vcpu, &data, &size, &why))
        return bad(error, why);
    if (type == RECORD_PV_VCPU_BASIC)
        return set_basic(r, vcpu, data, size, error);
    /* Some versions write records without content. */
    if (!size)
        return true;
    if (type == RECORD_PV_VCPU_EXTENDED)
        ret = set_extended(r, data, size);
    else if (type == RECORD_PV_VCPU_XSAVE)
        ret = size > XSAVE_MAX ? 0 : ctl_vcpu_set_xstate(r->ctl, r->b->domid, vcpu, data, size);
    else
        ret = ctl_vcpu_set_msrs(r->ctl, r->b->domid, vcpu, (const void *)data,
                                size / sizeof(xen_domctl_vcpu_msr_t));
    if (ret)
        return fail_errno(error, "%s: setting the state of vcpu %u (record %u)", r->b->config->name,
                          vcpu, type);
    return true;
}

static bool set_vcpus(struct restorer *r, GError **error)
{
    for (unsigned i = 0; i < r->vcpus->len; i++)
        if (!set_vcpu(r, g_ptr_array_index(r->vcpus, i), error))
            return false;
    return r->has_vcpu0 || bad(error, "it has no vcpu 0");
}

static bool finish(struct restorer *r, GError **error)
{
    struct xen_domctl_getdomaininfo info;

    return domain_find(r->b->ts, r->b->domid, &info, error) && translate_tables(r, error) &&
           write_list(r, error) && pin_tables(r, error) && set_vcpus(r, error) &&
           build_channels(r->b, error) && write_start_info(r, info.shared_info_frame, error) &&
           write_shared_info(r, info.shared_info_frame, error) &&
           build_seed_grants(r->b->ts, r->b->domid, &r->b->channels, error);
}

bool restore_fill(struct build *b, int fd, const struct progress *progress, GError **error)
{
    struct restorer r = {
        .b = b,
        .ctl = &b->ts->ctl,
        .fd = fd,
        .vcpus = g_ptr_array_new_with_free_func((GDestroyNotify)g_byte_array_unref),
        .shared_info = g_byte_array_new(),
        .cpuid = g_byte_array_new(),
        .msrs = g_byte_array_new(),
    };
    bool ok = read_stream(&r, progress, error) && finish(&r, error);

    g_free(r.p2m);
    g_free(r.types);
    g_free(r.list);
    g_ptr_array_unref(r.vcpus);
    g_byte_array_unref(r.shared_info);
    g_byte_array_unref(r.cpuid);
    g_byte_array_unref(r.msrs);
    return ok;
}
