/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine and the hypervisor, as toolstack.h tells of them. */
#include "private.h"

#include <errno.h>
#include <string.h>

#include <xen/features.h>
#include <xen/version.h>

#define KIB_PER_PAGE  4
#define LOG_SIZE      (1U << 20)
#define NSEC_PER_USEC 1000

const char *scheduler_word(uint32_t id)
{
    switch (id) {
    case XEN_SCHEDULER_CREDIT: return "credit";
    case XEN_SCHEDULER_CREDIT2: return "credit2";
    case XEN_SCHEDULER_RTDS: return "rtds";
    case XEN_SCHEDULER_NULL: return "null";
    default: return "unknown";
    }
}

static char *build_id(struct toolstack *ts)
{
    struct {
        uint32_t length;
        uint8_t id[256];
    } arg = { .length = sizeof(arg.id) };
    GString *s = g_string_new(NULL);
    int n = ctl_version(&ts->ctl, XENVER_build_id, &arg, sizeof(arg));

    for (int i = 0; i < n && i < (int)sizeof(arg.id); i++)
        g_string_append_printf(s, "%02x", arg.id[i]);
    return g_string_free(s, FALSE);
}

static void read_version(struct toolstack *ts, struct host_info *host)
{
    int version = ctl_version(&ts->ctl, XENVER_version, NULL, 0);
    xen_extraversion_t extra = { 0 };
    xen_capabilities_info_t capabilities = { 0 };
    xen_commandline_t commandline = { 0 };
    xen_compile_info_t compile = { .compiler = { 0 } };

    ctl_version(&ts->ctl, XENVER_extraversion, extra, sizeof(extra));
    ctl_version(&ts->ctl, XENVER_capabilities, capabilities, sizeof(capabilities));
    ctl_version(&ts->ctl, XENVER_commandline, commandline, sizeof(commandline));
    ctl_version(&ts->ctl, XENVER_compile_info, &compile, sizeof(compile));
    host->hypervisor = g_strdup_printf("%d.%d%.*s", version >> 16, version & 0xffff,
                                       (int)sizeof(extra), extra);
    host->capabilities = g_strndup(capabilities, sizeof(capabilities));
    host->commandline = g_strndup(commandline, sizeof(commandline));
    host->compiler = g_strndup(compile.compiler, sizeof(compile.compiler));
    host->compile_date = g_strndup(compile.compile_date, sizeof(compile.compile_date));
    host->build_id = build_id(ts);
}

/* Every PV guest has them, by vm_assist() and by how its tables are pinned, and no answer says so.
 */
#define FEATURES_UNSAID (1U << XENFEAT_writable_page_tables | 1U << XENFEAT_pae_pgdir_above_4gb)

/* Where the hypervisor cannot be asked: what all of this ABI have offered PV guests. */
#define FEATURES_OF_OLD                                                                         \
    (FEATURES_UNSAID | 1U << XENFEAT_mmu_pt_update_preserve_ad | 1U << XENFEAT_highmem_assist | \
     1U << XENFEAT_gnttab_map_avail_bits | 1U << XENFEAT_memory_op_vnode_supported)

uint32_t host_pv_features(struct toolstack *ts)
{
    xen_feature_info_t info = { .submap_idx = 0 };

    /* The answer is about who asks: one that is no PV domain learns nothing about those. */
    if (ctl_version(&ts->ctl, XENVER_get_features, &info, sizeof(info)) ||
        info.submap & 1U << XENFEAT_auto_translated_physmap)
        return FEATURES_OF_OLD;
    return (info.submap & ~(1U << XENFEAT_dom0)) | FEATURES_UNSAID;
}

struct host_info *toolstack_host(struct toolstack *ts, GError **error)
{
    struct xen_domctl_getdomaininfo dom0;
    struct xen_sysctl_physinfo info;
    struct host_info *host;
    uint32_t scheduler = 0;

    if (ctl_physinfo(&ts->ctl, &info)) {
        fail_errno(error, "asking the hypervisor about the machine");
        return NULL;
    }
    if (!domain_find(ts, 0, &dom0, error))
        return NULL;
    host = g_new0(struct host_info, 1);
    host->cpus = info.nr_cpus;
    host->nodes = info.nr_nodes;
    host->cores_per_socket = info.cores_per_socket;
    host->threads_per_core = info.threads_per_core;
    host->cpu_khz = info.cpu_khz;
    host->total_kib = info.total_pages * KIB_PER_PAGE;
    host->free_kib = (info.free_pages + info.scrub_pages) * KIB_PER_PAGE;
    host->outstanding_claims_kib = info.outstanding_pages * KIB_PER_PAGE;
    host->dom0_kib = dom0.tot_pages * KIB_PER_PAGE;
    host->dom0_floor_kib = ts->dom0_floor_kib;
    ctl_scheduler_id(&ts->ctl, &scheduler);
    host->scheduler = g_strdup(scheduler_word(scheduler));
    read_version(ts, host);
    return host;
}

GArray *toolstack_cpu_times(struct toolstack *ts, GError **error)
{
    struct xen_sysctl_physinfo info;
    GArray *times;
    uint64_t now;
    int n = -1;

    if (ctl_physinfo(&ts->ctl, &info)) {
        fail_errno(error, "asking the hypervisor for its CPUs");
        return NULL;
    }
    times = g_array_sized_new(FALSE, TRUE, sizeof(uint64_t), info.max_cpu_id + 1);
    g_array_set_size(times, info.max_cpu_id + 1);
    n = ctl_cpu_idle(&ts->ctl, &g_array_index(times, uint64_t, 0), times->len);
    now = (uint64_t)g_get_monotonic_time() * NSEC_PER_USEC;
    if (n < 0) {
        fail_errno(error, "asking the hypervisor how long its CPUs were idle");
        g_array_unref(times);
        return NULL;
    }
    g_array_set_size(times, MIN((unsigned)n, times->len));
    /* Only differences count, so the clocks need not have started together. */
    for (unsigned i = 0; i < times->len; i++)
        g_array_index(times, uint64_t, i) = now - g_array_index(times, uint64_t, i);
    return times;
}

void host_info_free(struct host_info *host)
{
    if (!host)
        return;
    g_free(host->hypervisor);
    g_free(host->capabilities);
    g_free(host->scheduler);
    g_free(host->commandline);
    g_free(host->compiler);
    g_free(host->compile_date);
    g_free(host->build_id);
    g_free(host);
}

char *toolstack_dmesg(struct toolstack *ts, bool clear, GError **error)
{
    char *text = g_malloc(LOG_SIZE + 1);
    int length = ctl_console_read(&ts->ctl, text, LOG_SIZE, clear);

    if (length < 0) {
        fail_errno(error, "reading the hypervisor's log");
        g_free(text);
        return NULL;
    }
    text[length] = '\0';
    return g_realloc(text, length + 1);
}

bool toolstack_debug_keys(struct toolstack *ts, const char *keys, GError **error)
{
    if (ctl_debug_keys(&ts->ctl, keys))
        return fail_errno(error, "sending the keys \"%s\" to the hypervisor", keys);
    return true;
}
