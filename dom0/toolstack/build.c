/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A PV domain's memory: given, filled, its page tables pinned, its first vcpu set. */
#include "private.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include <dom0/builder/pv.h>
#include <xen/grant_table.h>
#include <xen/memory.h>

#define EXTENT_ORDER 9
#define EXTENT_PAGES (1UL << EXTENT_ORDER)
#define BATCH        4096UL /* extents in one call */

/* One run of extents from frame `first` on; how many frames were given. */
static uint64_t populate_run(struct build *b, uint64_t first, uint64_t count, unsigned order)
{
    g_autofree xen_pfn_t *frames = g_new(xen_pfn_t, count);
    long given;

    for (uint64_t i = 0; i < count; i++)
        frames[i] = first + (i << order);
    given = ctl_memory_populate(&b->ts->ctl, b->domid, frames, count, order);
    if (given <= 0)
        return 0;
    for (uint64_t i = 0; i < (uint64_t)given; i++)
        for (uint64_t j = 0; j < 1UL << order; j++)
            b->p2m[first + (i << order) + j] = frames[i] + j;
    return (uint64_t)given << order;
}

bool build_populate(struct build *b, GError **error)
{
    uint64_t done = 0, large = b->pages & ~(EXTENT_PAGES - 1), given;

    b->p2m = g_new(xen_pfn_t, b->pages);
    while (done < large) {
        given = populate_run(b, done, MIN((large - done) >> EXTENT_ORDER, BATCH), EXTENT_ORDER);
        if (!given)
            break; /* memory in pieces: go on with single frames */
        done += given;
    }
    while (done < b->pages) {
        given = populate_run(b, done, MIN(b->pages - done, BATCH), 0);
        if (!given)
            return fail(error, TOOLSTACK_ERROR_NO_MEMORY,
                        "%s: the hypervisor gave only %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                        " MiB",
                        b->config->name, done >> 8, b->pages >> 8);
        done += given;
    }
    return true;
}

bool build_channels(struct build *b, GError **error)
{
    int store = ctl_event_alloc(&b->ts->ctl, b->domid, 0);
    int console = store < 0 ? -1 : ctl_event_alloc(&b->ts->ctl, b->domid, 0);

    if (console < 0)
        return fail_errno(error, "domain %u: making its event channels", b->domid);
    b->channels.store_port = store;
    b->channels.console_port = console;
    return true;
}

bool build_check(const struct kernel_file *file, const struct machine_config *config,
                 uint64_t pages, uint32_t features, GError **error)
{
    size_t ramdisk = file->ramdisk ? g_mapped_file_get_length(file->ramdisk) : 0;
    struct pv_layout layout;
    const char *why;

    if (pv_image_check(file->image, features, &why))
        return fail(error, TOOLSTACK_ERROR_NOT_SUPPORTED, "kernel %s: %s", config->kernel, why);
    if (config->cmdline && strlen(config->cmdline) >= MAX_GUEST_CMDLINE)
        return fail(error, TOOLSTACK_ERROR_FAILED,
                    "kernel %s: its command line is longer than %u bytes", config->kernel,
                    MAX_GUEST_CMDLINE - 1);
    if (pv_layout_plan(&layout, file->image, pages, ramdisk, &why))
        return fail(error, TOOLSTACK_ERROR_FAILED,
                    "kernel %s: %s (at least %" G_GUINT64_FORMAT " MiB are needed to start, memory="
                    "%" G_GUINT64_FORMAT ")",
                    config->kernel, why, (layout.needed >> 8) + 1, pages >> 8);
    return true;
}

/* Maps frames `pfn` on, writable. */
static void *map_frames(struct build *b, uint64_t pfn, uint64_t count, GError **error)
{
    void *at;

    if (pfn > b->pages || count > b->pages - pfn) {
        fail(error, TOOLSTACK_ERROR_FAILED, "kernel %s: it wants to lie beyond the domain's memory",
             b->config->kernel);
        return NULL;
    }
    at = xenforeignmemory_map(b->ts->ctl.memory, b->domid, PROT_READ | PROT_WRITE, count,
                              b->p2m + pfn, NULL);
    if (!at)
        fail_errno(error, "domain %u: mapping %" G_GUINT64_FORMAT " of its pages", b->domid, count);
    return at;
}

static void unmap_frames(struct build *b, void *at, uint64_t count)
{
    xenforeignmemory_unmap(b->ts->ctl.memory, at, count);
}

/* Copies to a pseudo-physical address, then writes zeroes up to `size` bytes. */
static bool copy_in(struct build *b, uint64_t phys, const void *data, size_t length, size_t size,
                    GError **error)
{
    uint64_t pfn = phys >> PV_PAGE_SHIFT, offset = phys % PV_PAGE_SIZE;
    uint64_t count = (offset + size + PV_PAGE_SIZE - 1) >> PV_PAGE_SHIFT;
    char *at;

    if (!size)
        return true;
    at = map_frames(b, pfn, count, error);
    if (!at)
        return false;
    memcpy(at + offset, data, length);
    memset(at + offset + length, 0, size - length);
    unmap_frames(b, at, count);
    return true;
}

/* With the zeroes that a segment ends in: a hypervisor need not scrub the frames it gives. */
static bool load_segments(struct build *b, GError **error)
{
    struct pv_segment s;
    unsigned cursor = 0;

    while (pv_image_segment(b->file.image, &cursor, &s))
        if (!copy_in(b, s.phys, s.data, s.data_size, s.size, error))
            return false;
    return true;
}

static bool write_tables(struct build *b, const struct pv_layout *l, GError **error)
{
    void *at = map_frames(b, l->tables_pfn, l->n_tables, error);
    void *tables;

    if (!at)
        return false;
    /* Built here and copied: the entries of a table are written in no order. */
    tables = g_malloc0(l->n_tables << PV_PAGE_SHIFT);
    pv_tables_build(l, b->p2m, tables);
    memcpy(at, tables, l->n_tables << PV_PAGE_SHIFT);
    g_free(tables);
    unmap_frames(b, at, l->n_tables);
    return true;
}

static bool write_start_info(struct build *b, const struct pv_layout *l, uint64_t shared_info,
                             GError **error)
{
    struct pv_channels c = {
        .shared_info_frame = shared_info,
        .store_frame = b->p2m[l->store_pfn],
        .console_frame = b->p2m[l->console_pfn],
        .store_port = b->channels.store_port,
        .console_port = b->channels.console_port,
    };
    const char *cmdline = b->config->cmdline ? b->config->cmdline : "";
    const char *why;
    char *at = map_frames(b, l->start_info_pfn, 3, error);

    if (!at)
        return false;
    b->channels.store_frame = c.store_frame;
    b->channels.console_frame = c.console_frame;
    /* start_info, then the two rings, which must be zero whoever had the frames before. */
    memset(at, 0, 3 * PV_PAGE_SIZE);
    if (pv_start_info(l, &c, cmdline, at, &why))
        fail(error, TOOLSTACK_ERROR_FAILED, "kernel %s: %s", b->config->kernel, why);
    else
        why = NULL;
    unmap_frames(b, at, 3);
    return !why;
}

static bool write_shared_info(struct build *b, uint64_t frame, GError **error)
{
    const xen_pfn_t frames[1] = { frame };
    shared_info_t *s = xenforeignmemory_map(b->ts->ctl.memory, b->domid, PROT_READ | PROT_WRITE, 1,
                                            frames, NULL);

    if (!s)
        return fail_errno(error, "domain %u: mapping its shared_info", b->domid);
    for (unsigned i = 0; i < XEN_LEGACY_MAX_VCPUS; i++)
        s->vcpu_info[i].evtchn_upcall_mask = 1;
    xenforeignmemory_unmap(b->ts->ctl.memory, s, 1);
    return true;
}

static bool start_vcpu(struct build *b, const struct pv_layout *l, GError **error)
{
    const uint64_t top = b->p2m[l->tables_pfn];
    vcpu_guest_context_t context;

    if (l->has_hypercall_page &&
        ctl_hypercall_page(&b->ts->ctl, b->domid, b->p2m[l->hypercall_pfn]))
        return fail_errno(error, "domain %u: making its hypercall page", b->domid);
    if (ctl_table_pin(&b->ts->ctl, b->domid, MMUEXT_PIN_L4_TABLE, &top, 1))
        return fail_errno(error, "domain %u: pinning its page tables", b->domid);
    pv_vcpu_context(l, top, &context);
    if (ctl_vcpu_set_context(&b->ts->ctl, b->domid, 0, &context))
        return fail_errno(error, "domain %u: setting the registers of vcpu 0", b->domid);
    return true;
}

bool build_seed_grants(struct toolstack *ts, uint32_t domid, const struct plan_channels *channels,
                       GError **error)
{
    grant_entry_v1_t *table = NULL;
    xenforeignmemory_resource_handle *resource = xenforeignmemory_map_resource(
        ts->ctl.memory, domid, XENMEM_resource_grant_table, XENMEM_resource_grant_table_id_shared,
        0, 1, (void **)&table, PROT_READ | PROT_WRITE, 0);

    if (!resource)
        return fail_errno(error, "domain %u: mapping its grant table", domid);
    table[GNTTAB_RESERVED_CONSOLE] = (grant_entry_v1_t){
        .flags = GTF_permit_access,
        .frame = channels->console_frame,
    };
    table[GNTTAB_RESERVED_XENSTORE] = (grant_entry_v1_t){
        .flags = GTF_permit_access,
        .frame = channels->store_frame,
    };
    xenforeignmemory_unmap_resource(ts->ctl.memory, resource);
    return true;
}

bool build_kernel(struct build *b, GError **error)
{
    GMappedFile *ramdisk = b->file.ramdisk;
    size_t ramdisk_size = ramdisk ? g_mapped_file_get_length(ramdisk) : 0;
    struct xen_domctl_getdomaininfo info;
    struct pv_layout l;
    const char *why;

    if (!domain_find(b->ts, b->domid, &info, error))
        return false;
    if (pv_layout_plan(&l, b->file.image, b->pages, ramdisk_size, &why))
        return fail(error, TOOLSTACK_ERROR_FAILED, "kernel %s: %s", b->config->kernel, why);
    return load_segments(b, error) &&
           copy_in(b, l.ramdisk_pfn << PV_PAGE_SHIFT,
                   ramdisk ? g_mapped_file_get_contents(ramdisk) : NULL, ramdisk_size, ramdisk_size,
                   error) &&
           copy_in(b, l.p2m_pfn << PV_PAGE_SHIFT, b->p2m, b->pages * sizeof(*b->p2m),
                   b->pages * sizeof(*b->p2m), error) &&
           write_tables(b, &l, error) && write_start_info(b, &l, info.shared_info_frame, error) &&
           write_shared_info(b, info.shared_info_frame, error) && start_vcpu(b, &l, error) &&
           build_seed_grants(b->ts, b->domid, &b->channels, error);
}
