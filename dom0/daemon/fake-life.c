/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fake host's guests are made, end, and are saved. */
#include <string.h>
#include <unistd.h>

#include "fake.h"

static const char stream[] = "fake migration stream\n";

static uint64_t used(struct fake *f)
{
    uint64_t sum = FAKE_HV_KIB;
    guint i;

    for (i = 0; i < f->domains->len; i++)
        sum += ((struct fake_domain *)f->domains->pdata[i])->info.memory_kib;
    return sum;
}

static bool make_room(struct fake *f, uint64_t want, GError **error)
{
    struct fake_domain *dom0 = f->domains->pdata[0];
    uint64_t free = FAKE_TOTAL_KIB - used(f);
    uint64_t give = dom0->info.memory_kib - MIN(dom0->info.memory_kib, FAKE_FLOOR_KIB);

    if (want > free + give) {
        g_set_error(error, TOOLSTACK_ERROR, TOOLSTACK_ERROR_NO_MEMORY,
                    "not enough memory: %lu MiB wanted, %lu MiB free, %lu MiB more from dom0; "
                    "%lu MiB are missing",
                    (unsigned long)(want >> 10), (unsigned long)(free >> 10),
                    (unsigned long)(give >> 10), (unsigned long)((want - free - give) >> 10));
        return false;
    }
    if (want > free)
        dom0->info.memory_kib -= want - free;
    return true;
}

static bool step(const struct progress *progress, double fraction, const char *text, int ms,
                 GError **error)
{
    int i;

    if (progress)
        progress->report(progress->opaque, fraction, text);
    for (i = 0; i <= ms / 10; i++) {
        if (progress && g_cancellable_is_cancelled(progress->cancellable)) {
            g_set_error(error, TOOLSTACK_ERROR, TOOLSTACK_ERROR_CANCELLED, "cancelled: %s", text);
            return false;
        }
        g_usleep(10000);
    }
    return true;
}

static void set_fate(struct fake_domain *d)
{
    static const struct {
        const char *word;
        int reason;
    } fates[] = { { "fake-poweroff", 0 }, { "fake-reboot", 1 }, { "fake-crash", 3 } };
    unsigned i;
    int ms;

    for (i = 0; i < G_N_ELEMENTS(fates); i++) {
        ms = fake_word(d->cmdline, fates[i].word);
        if (ms >= 0) {
            d->end_at = g_get_monotonic_time() + ms * 1000;
            d->end_reason = fates[i].reason;
        }
    }
}

static uint32_t add(struct fake *f, const struct machine_config *config, bool paused)
{
    struct fake_domain *d = fake_add(f, f->next_domid++, config->name);
    unsigned i;

    memcpy(d->info.uuid, config->uuid, 16);
    d->info.kind = config->kind;
    d->info.memory_kib = config->memory_kib;
    d->info.max_memory_kib = config->max_memory_kib;
    d->info.vcpus_online = config->vcpus;
    d->info.max_vcpu_id = config->max_vcpus - 1;
    d->info.state = paused ? DOMAIN_PAUSED : DOMAIN_BLOCKED;
    g_free(d->cmdline);
    d->cmdline = g_strdup(config->cmdline ? config->cmdline : "");
    for (i = 0; i < config->n_disks; i++)
        g_ptr_array_add(d->vdevs, g_strdup(config->disks[i].vdev));
    for (i = 0; i < config->n_nics; i++)
        g_ptr_array_add(d->macs, config->nics[i].mac ? g_strdup(config->nics[i].mac)
                                                     : g_strdup_printf("00:16:3e:00:%02x:%02x",
                                                                       d->info.domid & 255, i));
    set_fate(d);
    fake_changed(f);
    return d->info.domid;
}

bool fake_create(struct toolstack *ts, const struct machine_config *config, bool paused,
                 const struct progress *progress, uint32_t *domid, GError **error)
{
    struct fake *f = fake_of(ts);
    const char *cmdline = config->cmdline ? config->cmdline : "";
    int slow = MAX(fake_word(cmdline, "fake-slow"), 0);
    bool ok;

    if (config->kind != MACHINE_PV) {
        g_set_error(error, TOOLSTACK_ERROR, TOOLSTACK_ERROR_NOT_SUPPORTED,
                    "%s: machines of this type cannot be started yet", config->name);
        return false;
    }
    if (!step(progress, 0.1, "Making room", slow / 2, error) ||
        !step(progress, 0.5, "Loading the kernel", slow / 2, error))
        return false;
    if (fake_word(cmdline, "fake-fail") >= 0) {
        g_set_error(error, TOOLSTACK_ERROR, TOOLSTACK_ERROR_FAILED,
                    "%s: cannot load %s: it is no kernel", config->name, config->kernel);
        return false;
    }
    g_mutex_lock(&f->lock);
    ok = make_room(f, config->memory_kib, error);
    if (ok)
        *domid = add(f, config, paused);
    g_mutex_unlock(&f->lock);
    return ok && step(progress, 0.9, "Connecting devices", 10, NULL);
}

bool fake_destroy(struct toolstack *ts, uint32_t domid, const struct progress *progress,
                  GError **error)
{
    struct fake *f = fake_of(ts);
    struct fake_domain *d;

    (void)progress;
    g_mutex_lock(&f->lock);
    d = domid ? fake_domain(f, domid, error) : NULL;
    if (d)
        g_ptr_array_remove(f->domains, d);
    if (d)
        fake_changed(f);
    g_mutex_unlock(&f->lock);
    return d;
}

bool fake_shutdown(struct toolstack *ts, uint32_t domid, const char *word, GError **error)
{
    struct fake *f = fake_of(ts);
    struct fake_domain *d;

    g_mutex_lock(&f->lock);
    d = fake_domain(f, domid, error);
    if (d && fake_word(d->cmdline, "fake-ignore") < 0) {
        d->end_at = g_get_monotonic_time() + 150000;
        d->end_reason = !strcmp(word, "reboot");
    }
    g_mutex_unlock(&f->lock);
    return d;
}

static bool set_state(struct toolstack *ts, uint32_t domid, enum domain_state state, GError **error)
{
    struct fake *f = fake_of(ts);
    struct fake_domain *d;

    g_mutex_lock(&f->lock);
    d = fake_domain(f, domid, error);
    if (d && d->info.state <= DOMAIN_PAUSED) {
        d->info.state = state;
        fake_changed(f);
    }
    g_mutex_unlock(&f->lock);
    return d;
}

bool fake_pause(struct toolstack *ts, uint32_t domid, GError **error)
{
    return set_state(ts, domid, DOMAIN_PAUSED, error);
}

bool fake_unpause(struct toolstack *ts, uint32_t domid, GError **error)
{
    return set_state(ts, domid, DOMAIN_BLOCKED, error);
}

bool fake_rename(struct toolstack *ts, uint32_t domid, const char *name, GError **error)
{
    struct fake *f = fake_of(ts);
    struct fake_domain *d;

    g_mutex_lock(&f->lock);
    d = fake_domain(f, domid, error);
    if (d) {
        g_free(d->info.name);
        d->info.name = g_strdup(name);
        fake_changed(f);
    }
    g_mutex_unlock(&f->lock);
    return d;
}

/* "nmi" makes a fake guest crash. */
bool fake_trigger(struct toolstack *ts, uint32_t domid, const char *word, int vcpu, GError **error)
{
    struct fake *f = fake_of(ts);
    struct fake_domain *d;

    (void)vcpu;
    g_mutex_lock(&f->lock);
    d = fake_domain(f, domid, error);
    if (d && !strcmp(word, "nmi")) {
        d->end_at = g_get_monotonic_time();
        d->end_reason = 3;
    }
    g_mutex_unlock(&f->lock);
    return d;
}

bool fake_save(struct toolstack *ts, uint32_t domid, int fd, bool keep_running,
               const struct progress *progress, GError **error)
{
    if (!step(progress, 0.3, "Saving the memory", 50, error))
        return false;
    if (write(fd, stream, sizeof(stream) - 1) != sizeof(stream) - 1) {
        g_set_error(error, TOOLSTACK_ERROR, TOOLSTACK_ERROR_FAILED, "cannot write the state");
        return false;
    }
    return keep_running || fake_destroy(ts, domid, NULL, error);
}

bool fake_restore(struct toolstack *ts, const struct saved_machine *saved, bool paused,
                  const struct progress *progress, uint32_t *domid, GError **error)
{
    char text[sizeof(stream)] = "";

    if (read(saved->fd, text, sizeof(stream) - 1) != sizeof(stream) - 1 || strcmp(text, stream)) {
        g_set_error(error, TOOLSTACK_ERROR, TOOLSTACK_ERROR_FAILED,
                    "%s: its saved state is damaged", saved->config->name);
        return false;
    }
    return fake_create(ts, saved->config, paused, progress, domid, error);
}
