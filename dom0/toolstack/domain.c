/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Domains that are there: found, listed, asked to do something, ended. */
#include "private.h"

#include <errno.h>
#include <string.h>

#define KIB_PER_PAGE 4
#define LIST_BATCH   64

bool domain_find(struct toolstack *ts, uint32_t domid, struct xen_domctl_getdomaininfo *info,
                 GError **error)
{
    if (!ctl_domain_info(&ts->ctl, domid, info))
        return true;
    if (errno == ESRCH)
        return fail(error, TOOLSTACK_ERROR_NO_DOMAIN, "there is no domain %u", domid);
    return fail_errno(error, "asking about domain %u", domid);
}

/* For operations on guests: dom0 is none. */
static bool guest_find(struct toolstack *ts, uint32_t domid, GError **error)
{
    struct xen_domctl_getdomaininfo info;

    if (!domid)
        return fail(error, TOOLSTACK_ERROR_NOT_SUPPORTED, "that cannot be done to dom0");
    return domain_find(ts, domid, &info, error);
}

static enum domain_state state_of(const struct xen_domctl_getdomaininfo *i)
{
    if (i->flags & XEN_DOMINF_dying)
        return DOMAIN_DYING;
    if (i->flags & XEN_DOMINF_shutdown)
        return DOMAIN_SHUTDOWN;
    if (i->flags & XEN_DOMINF_paused)
        return DOMAIN_PAUSED;
    return i->flags & XEN_DOMINF_running ? DOMAIN_RUNNING : DOMAIN_BLOCKED;
}

static enum machine_kind kind_of(struct xs_handle *xs, const struct xen_domctl_getdomaininfo *i)
{
    g_autofree char *type = NULL;

    if (!(i->flags & XEN_DOMINF_hvm_guest))
        return MACHINE_PV;
    type = store_read(xs, "/libxl/%u/type", i->domain);
    return !g_strcmp0(type, "pvh") ? MACHINE_PVH : MACHINE_HVM;
}

static struct domain_info *info_new(struct xs_handle *xs, const struct xen_domctl_getdomaininfo *i)
{
    struct domain_info *info = g_new0(struct domain_info, 1);
    int64_t target = -1;

    info->domid = i->domain;
    memcpy(info->uuid, i->handle, sizeof(info->uuid));
    info->name = store_read(xs, "/local/domain/%u/name", i->domain);
    if (!info->name)
        info->name = i->domain ? g_strdup_printf("(%u)", i->domain) : g_strdup("Domain-0");
    info->kind = kind_of(xs, i);
    info->state = state_of(i);
    info->shutdown_reason = -1;
    if (i->flags & XEN_DOMINF_shutdown)
        info->shutdown_reason = i->flags >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask;
    info->memory_kib = i->tot_pages * KIB_PER_PAGE;
    target = store_read_number(xs, "/local/domain/%u/memory/static-max", i->domain);
    info->max_memory_kib = target > 0 ? (uint64_t)target : i->max_pages * KIB_PER_PAGE;
    info->cpu_time_ns = i->cpu_time;
    info->vcpus_online = i->nr_online_vcpus;
    info->max_vcpu_id = i->max_vcpu_id;
    info->pool = i->cpupool;
    info->ssid = i->ssidref;
    return info;
}

void domain_info_free(struct domain_info *info)
{
    if (!info)
        return;
    g_free(info->name);
    g_free(info);
}

GPtrArray *toolstack_domains(struct toolstack *ts, GError **error)
{
    g_autoptr(GPtrArray)
        list = g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))domain_info_free);
    struct xen_domctl_getdomaininfo batch[LIST_BATCH];
    struct xs_handle *xs = store_open(error);
    uint32_t first = 0;
    int n;

    if (!xs)
        return NULL;
    do {
        n = ctl_domain_list(&ts->ctl, first, batch, LIST_BATCH);
        for (int i = 0; i < n; i++)
            g_ptr_array_add(list, info_new(xs, &batch[i]));
        if (n > 0)
            first = batch[n - 1].domain + 1;
    } while (n == LIST_BATCH);
    store_close(xs);
    if (n < 0) {
        fail_errno(error, "listing the domains");
        return NULL;
    }
    return g_steal_pointer(&list);
}

struct domain_info *toolstack_domain(struct toolstack *ts, uint32_t domid, GError **error)
{
    struct xen_domctl_getdomaininfo info;
    struct domain_info *found;
    struct xs_handle *xs;

    if (!domain_find(ts, domid, &info, error))
        return NULL;
    xs = store_open(error);
    if (!xs)
        return NULL;
    found = info_new(xs, &info);
    store_close(xs);
    return found;
}

static void remove_nodes(struct xs_handle *xs, uint32_t domid)
{
    g_autofree char *vm = store_read(xs, "/local/domain/%u/vm", domid);

    if (vm && g_str_has_prefix(vm, "/vm/"))
        store_remove(xs, "%s", vm);
    store_remove(xs, "/local/domain/%u", domid);
    store_remove(xs, "/libxl/%u", domid);
}

/* In the reverse order of creation; each step works on whatever is there, so it can be repeated. */
bool toolstack_destroy(struct toolstack *ts, uint32_t domid, const struct progress *progress,
                       GError **error)
{
    struct xs_handle *xs;
    bool ok = true;

    if (!guest_find(ts, domid, error))
        return false;
    xs = store_open(error);
    if (!xs)
        return false;
    /* Stopped first: nothing it does matters any more, and its back ends may close at once. */
    ctl_domain_pause(&ts->ctl, domid);
    step(progress, 0.2, "disconnecting devices", NULL);
    backend_remove_all(xs, domid);
    disk_cleanup(xs, domid);
    step(progress, 0.6, "giving its memory back", NULL);
    if (ctl_domain_destroy(&ts->ctl, domid))
        ok = fail_errno(error, "domain %u: destroying it", domid);
    xs_release_domain(xs, domid);
    remove_nodes(xs, domid);
    store_close(xs);
    return ok;
}

bool toolstack_shutdown(struct toolstack *ts, uint32_t domid, const char *word, GError **error)
{
    struct xs_handle *xs;
    bool ok;

    if (!guest_find(ts, domid, error))
        return false;
    xs = store_open(error);
    if (!xs)
        return false;
    ok = store_write(xs, error, word, "/local/domain/%u/control/shutdown", domid);
    store_close(xs);
    return ok;
}

bool toolstack_pause(struct toolstack *ts, uint32_t domid, GError **error)
{
    if (!guest_find(ts, domid, error))
        return false;
    if (ctl_domain_pause(&ts->ctl, domid))
        return fail_errno(error, "domain %u: pausing it", domid);
    return true;
}

bool toolstack_unpause(struct toolstack *ts, uint32_t domid, GError **error)
{
    if (!guest_find(ts, domid, error))
        return false;
    if (ctl_domain_unpause(&ts->ctl, domid))
        return fail_errno(error, "domain %u: letting it go on", domid);
    return true;
}

bool toolstack_rename(struct toolstack *ts, uint32_t domid, const char *name, GError **error)
{
    g_autoptr(GPtrArray) nodes = store_nodes_new();
    g_autoptr(GPtrArray) domains = NULL;
    g_autofree char *vm = NULL;
    struct xs_handle *xs;
    bool ok;

    if (!guest_find(ts, domid, error))
        return false;
    domains = toolstack_domains(ts, error);
    for (unsigned i = 0; domains && i < domains->len; i++) {
        const struct domain_info *d = g_ptr_array_index(domains, i);

        if (d->domid != domid && !strcmp(d->name, name))
            return fail(error, TOOLSTACK_ERROR_EXISTS, "%s: domain %u has that name", name,
                        d->domid);
    }
    xs = domains ? store_open(error) : NULL;
    if (!xs)
        return false;
    vm = store_read(xs, "/local/domain/%u/vm", domid);
    store_nodes_add(nodes, STORE_INHERIT, domid, name, "/local/domain/%u/name", domid);
    if (vm)
        store_nodes_add(nodes, STORE_INHERIT, domid, name, "%s/name", vm);
    ok = store_write_nodes(xs, nodes, error);
    store_close(xs);
    return ok;
}

/* A key for the guest's magic SysRq, by the store. */
static bool send_sysrq(uint32_t domid, const char *key, GError **error)
{
    struct xs_handle *xs = store_open(error);
    bool ok;

    if (!xs)
        return false;
    ok = store_write(xs, error, key, "/local/domain/%u/control/sysrq", domid);
    store_close(xs);
    return ok;
}

bool toolstack_trigger(struct toolstack *ts, uint32_t domid, const char *word, int vcpu,
                       GError **error)
{
    static const char *const words[] = {
        [XEN_DOMCTL_SENDTRIGGER_NMI] = "nmi",     [XEN_DOMCTL_SENDTRIGGER_RESET] = "reset",
        [XEN_DOMCTL_SENDTRIGGER_INIT] = "init",   [XEN_DOMCTL_SENDTRIGGER_POWER] = "power",
        [XEN_DOMCTL_SENDTRIGGER_SLEEP] = "sleep",
    };

    if (!guest_find(ts, domid, error))
        return false;
    if (g_str_has_prefix(word, "sysrq-") && strlen(word) == 7)
        return send_sysrq(domid, word + 6, error);
    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strcmp(words[i], word))
            continue;
        if (ctl_domain_send_trigger(&ts->ctl, domid, i, vcpu < 0 ? 0 : vcpu))
            return fail_errno(error, "domain %u: trigger %s", domid, word);
        return true;
    }
    return fail(error, TOOLSTACK_ERROR_NOT_SUPPORTED,
                "trigger %s: there are nmi, reset, init, power, sleep and sysrq-KEY", word);
}
