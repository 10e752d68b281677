/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Creating a domain, step by step. All that can be checked beforehand is; after that the domain
 * exists, and whatever fails is undone by taking apart what there is, last made first.
 */
#include "private.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include <dom0/builder/pv.h>

#define EVENT_PORTS_DEFAULT 1023
#define TSC_MODE_DEFAULT    0
#define TSC_MODE_ALWAYS     1
#define TSC_MODE_NEVER      2

struct creation {
    struct toolstack *ts;
    const struct machine_config *config;
    const struct progress *progress;
    struct xs_handle *xs;
    struct plan_memory memory;
    struct build build;
    uint32_t pool;
    bool made;
    int restore_fd; /* where a saved domain comes from; -1: a new one is built */
};

static bool name_is_free(struct toolstack *ts, struct xs_handle *xs, const char *name,
                         GError **error)
{
    struct xen_domctl_getdomaininfo info[64];
    uint32_t first = 0;
    int n;

    while ((n = ctl_domain_list(&ts->ctl, first, info, G_N_ELEMENTS(info))) > 0) {
        for (int i = 0; i < n; i++) {
            g_autofree char *other = store_read(xs, "/local/domain/%u/name", info[i].domain);

            if (!g_strcmp0(other, name))
                return fail(error, TOOLSTACK_ERROR_EXISTS, "%s: domain %u has that name", name,
                            info[i].domain);
        }
        first = info[n - 1].domain + 1;
    }
    return true;
}

/* Everything that can be wrong before a domain exists. */
static bool check(struct creation *c, GError **error)
{
    const struct machine_config *config = c->config;
    const char *why;

    if (config->kind != MACHINE_PV)
        return fail(error, TOOLSTACK_ERROR_NOT_SUPPORTED,
                    "%s: type=\"%s\" is not supported yet, only \"pv\" is", config->name,
                    config->kind == MACHINE_HVM ? "hvm" : "pvh");
    if (!config->max_vcpus || config->vcpus > config->max_vcpus)
        return fail(error, TOOLSTACK_ERROR_FAILED,
                    "%s: vcpus= is larger than maxvcpus=", config->name);
    if (!plan_memory(config, &c->memory, &why))
        return fail(error, TOOLSTACK_ERROR_FAILED, "%s: %s", config->name, why);
    if (!name_is_free(c->ts, c->xs, config->name, error))
        return false;
    if (config->pool && !pool_find(c->ts, c->xs, config->pool, &c->pool, error)) {
        g_prefix_error(error, "%s: pool=: ", config->name);
        return false;
    }
    for (unsigned i = 0; i < config->n_disks; i++)
        if (!disk_check(&config->disks[i], error))
            return false;
    return c->restore_fd >= 0 ||
           (kernel_file_open(&c->build.file, config, error) &&
            build_check(&c->build.file, config, c->memory.pages, host_pv_features(c->ts), error));
}

static bool apply_tsc(struct creation *c, GError **error)
{
    static const struct {
        const char *word;
        uint32_t mode;
    } modes[] = {
        { "default", TSC_MODE_DEFAULT },
        { "always_emulate", TSC_MODE_ALWAYS },
        { "native", TSC_MODE_NEVER },
    };
    struct xen_domctl_tsc_info info = { .tsc_mode = TSC_MODE_DEFAULT };

    if (!c->config->tsc_mode)
        return true;
    for (unsigned i = 0; i < G_N_ELEMENTS(modes); i++)
        if (!strcmp(c->config->tsc_mode, modes[i].word))
            info.tsc_mode = modes[i].mode;
    if (ctl_domain_set_tsc(&c->ts->ctl, c->build.domid, &info))
        return fail_errno(error, "%s: tsc_mode=\"%s\"", c->config->name, c->config->tsc_mode);
    return true;
}

static bool apply_time(struct creation *c, GError **error)
{
    int64_t offset = c->config->rtc_offset_s;
    time_t now = time(NULL);
    struct tm local;

    if (c->config->localtime && localtime_r(&now, &local))
        offset += local.tm_gmtoff;
    if (offset && ctl_domain_set_time_offset(&c->ts->ctl, c->build.domid, offset))
        return fail_errno(error, "%s: setting its clock", c->config->name);
    return true;
}

/* Makes the domain and claims its memory, so that nobody else takes it meanwhile. */
static bool make_locked(struct creation *c, GError **error)
{
    const struct machine_config *config = c->config;
    struct xen_domctl_createdomain create = {
        .max_vcpus = config->max_vcpus,
        .cpupool_id = c->pool,
        .max_evtchn_port = config->max_event_channels ? config->max_event_channels
                                                      : EVENT_PORTS_DEFAULT,
        .max_grant_frames = config->max_grant_frames > 0 ? config->max_grant_frames : -1,
        .max_maptrack_frames = config->max_maptrack_frames >= 0 ? config->max_maptrack_frames : -1,
        .grant_opts = XEN_DOMCTL_GRANT_version(
            config->max_grant_version > 0 ? config->max_grant_version : 2),
    };

    memcpy(create.handle, config->uuid, sizeof(create.handle));
    if (!memory_make_room(c->ts, c->xs, c->memory.needed_kib, c->progress, error))
        return false;
    if (ctl_domain_create(&c->ts->ctl, &create, &c->build.domid))
        return fail_errno(error, "%s: creating a domain", config->name);
    c->made = true;
    if (ctl_domain_set_max_vcpus(&c->ts->ctl, c->build.domid, config->max_vcpus))
        return fail_errno(error, "%s: making %u vcpus", config->name, config->max_vcpus);
    if (ctl_domain_set_max_memory(&c->ts->ctl, c->build.domid, c->memory.limit_kib))
        return fail_errno(error, "%s: setting its limit of memory", config->name);
    if (ctl_memory_claim(&c->ts->ctl, c->build.domid, c->memory.pages) && errno != ENOSYS)
        return fail(error, TOOLSTACK_ERROR_NO_MEMORY,
                    "%s: its %" G_GUINT64_FORMAT " MiB are no longer free", config->name,
                    c->memory.pages >> 8);
    return true;
}

static bool make(struct creation *c, GError **error)
{
    bool ok;

    g_mutex_lock(&c->ts->memory_lock);
    ok = make_locked(c, error);
    g_mutex_unlock(&c->ts->memory_lock);
    if (!ok || !vcpu_apply_config(c->ts, c->build.domid, c->config, error))
        return false;
    /* A restored domain's clocks come with it. */
    return c->restore_fd >= 0 || (apply_tsc(c, error) && apply_time(c, error));
}

/* The map a guest is told ends at maxmem=, so that its balloon can grow to it. */
static bool set_map(struct creation *c, GError **error)
{
    if (ctl_memory_set_map(&c->ts->ctl, c->build.domid, c->memory.static_max_kib << 10))
        return fail_errno(error, "%s: setting its memory map", c->config->name);
    return true;
}

static bool fill(struct creation *c, GError **error)
{
    struct build *b = &c->build;
    bool ok;

    b->ts = c->ts;
    b->config = c->config;
    b->pages = c->memory.pages;
    if (c->restore_fd >= 0)
        ok = set_map(c, error) && restore_fill(b, c->restore_fd, c->progress, error);
    else
        ok = build_populate(b, error) && set_map(c, error) && build_channels(b, error) &&
             step(c->progress, 0.4, "loading the kernel", error) && build_kernel(b, error);
    /* What was not used of the claim is free again. */
    if (ok)
        ctl_memory_claim(&c->ts->ctl, b->domid, 0);
    return ok;
}

static bool publish(struct creation *c, GError **error)
{
    g_autofree char *now = g_strdup_printf("%.2f", (double)g_get_real_time() / G_USEC_PER_SEC);
    const struct plan_domain domain = { c->build.domid, now };
    g_autoptr(GPtrArray) nodes = store_nodes_new();

    plan_domain_nodes(nodes, c->config, &domain);
    plan_channel_nodes(nodes, c->build.domid, &c->build.channels);
    if (!store_write_nodes(c->xs, nodes, error))
        return false;
    if (!xs_introduce_domain(c->xs, c->build.domid, c->build.channels.store_frame,
                             c->build.channels.store_port))
        return fail_errno(error, "%s: introducing it to the store", c->config->name);
    return true;
}

static bool add_devices(struct creation *c, GError **error)
{
    const struct machine_config *config = c->config;

    for (unsigned i = 0; i < config->n_disks; i++)
        if (!disk_add(c->ts, c->xs, c->build.domid, &config->disks[i], error))
            return false;
    for (unsigned i = 0; i < config->n_nics; i++)
        if (!nic_add(c->xs, c->build.domid, i, config->uuid, &config->nics[i], error))
            return false;
    return true;
}

static bool start(struct creation *c, bool paused, GError **error)
{
    if (!paused && ctl_domain_unpause(&c->ts->ctl, c->build.domid))
        return fail_errno(error, "%s: starting it", c->config->name);
    return true;
}

static bool run(struct creation *c, bool paused, uint32_t *domid, GError **error)
{
    bool ok;

    c->xs = store_open(error);
    if (!c->xs)
        return false;
    ok = step(c->progress, 0.0, "checking", error) && check(c, error) &&
         step(c->progress, 0.1, "making room", error) && make(c, error) &&
         step(c->progress, 0.2, "giving it memory", error) && fill(c, error) && publish(c, error) &&
         step(c->progress, 0.7, "connecting devices", error) && add_devices(c, error) &&
         step(c->progress, 0.9, "starting", error) && start(c, paused, error);
    if (!ok && c->made)
        toolstack_destroy(c->ts, c->build.domid, NULL, NULL);
    kernel_file_close(&c->build.file);
    g_free(c->build.p2m);
    store_close(c->xs);
    if (ok) {
        *domid = c->build.domid;
        step(c->progress, 1.0, "started", NULL);
    }
    return ok;
}

bool toolstack_create(struct toolstack *ts, const struct machine_config *config, bool paused,
                      const struct progress *progress, uint32_t *domid, GError **error)
{
    struct creation c = { .ts = ts, .config = config, .progress = progress, .restore_fd = -1 };

    return run(&c, paused, domid, error);
}

bool toolstack_restore(struct toolstack *ts, const struct saved_machine *saved, bool paused,
                       const struct progress *progress, uint32_t *domid, GError **error)
{
    struct creation c = {
        .ts = ts,
        .config = saved->config,
        .progress = progress,
        .restore_fd = saved->fd,
    };

    return run(&c, paused, domid, error);
}
