/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ends: asked for and waited for, or of the guest's own accord, when on_...= says what follows. */
#include "private.h"

/* A machine that restarts more often than this within a minute is left off. */
#define MAX_RESTARTS   5
#define RESTART_WINDOW (60 * G_USEC_PER_SEC)

/* SHUTDOWN_* of the ABI's sched.h */
enum { POWEROFF, REBOOT, SUSPEND, CRASH, WATCHDOG, SOFT_RESET, N_REASONS };
static const char *const reason_words[N_REASONS] = { "poweroff", "reboot",   "suspend",
                                                     "crash",    "watchdog", "soft-reset" };
static const char *const action_words[] = {
    [ACTION_DESTROY] = "destroy",
    [ACTION_RESTART] = "restart",
    [ACTION_RENAME_RESTART] = "rename-restart",
    [ACTION_PRESERVE] = "preserve",
    [ACTION_COREDUMP_DESTROY] = "coredump-destroy",
    [ACTION_COREDUMP_RESTART] = "coredump-restart",
    [ACTION_SOFT_RESET] = "soft-reset",
};

static void message(struct machine *m, const char *level, const char *text)
{
    g_message("%s: %s", m->name, text);
    bus_manager_emit_message(m->daemon->manager, level, m->path, text);
}

static enum machine_action action_for(const struct machine *m, int reason)
{
    const struct machine_config *config = m->config;

    if (!config)
        return reason == REBOOT ? ACTION_RESTART : ACTION_DESTROY;
    switch (reason) {
    case REBOOT: return config->on_reboot;
    case CRASH: return config->on_crash;
    case WATCHDOG: return config->on_watchdog;
    case SOFT_RESET: return config->on_soft_reset;
    default: return config->on_poweroff;
    }
}

static bool restarts_too_often(struct machine *m)
{
    int64_t now = g_get_monotonic_time();

    if (now - m->restart_since > RESTART_WINDOW) {
        m->restart_since = now;
        m->restarts = 0;
    }
    return ++m->restarts > MAX_RESTARTS;
}

static void preserve(struct machine *m, const char *reason)
{
    m->preserved = true;
    g_free(m->reason);
    m->reason = g_strdup_printf("kept after its end: %s", reason);
    machine_write_running(m);
    machine_publish(m);
    bus_machine_emit_ended(m->bus, reason, "preserve");
}

/* The old domain is kept under a name of its own, as a machine that only runs. */
static bool set_aside(struct machine *m, GError **error)
{
    struct backend *b = m->daemon->backend;
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *when = g_date_time_format(now, "%Y%m%dT%H%M%SZ");
    g_autofree char *name = g_strdup_printf("%s-%s", m->name, when);
    g_autofree char *uuid = g_uuid_string_random();
    struct machine *old;

    if (!b->ops->rename(b->ts, (uint32_t)m->domid, name, error))
        return false;
    old = machine_new(m->daemon, uuid, name);
    old->domid = m->domid;
    old->started = m->started;
    preserve(old, "set aside");
    m->domid = -1;
    g_clear_pointer(&m->info, domain_info_free);
    machine_forget_running(m);
    return true;
}

static void act(struct machine *m, enum machine_action action, const char *reason)
{
    g_autoptr(GError) error = NULL;
    bool restart = action == ACTION_RESTART || action == ACTION_COREDUMP_RESTART ||
                   action == ACTION_RENAME_RESTART;

    if (restart && restarts_too_often(m)) {
        message(m, "error", "restarts too often (more than 5 times in a minute); it is left off");
        restart = false;
        action = ACTION_DESTROY;
    }
    if (action == ACTION_SOFT_RESET) {
        message(m, "warning", "asked for a soft reset, which is not there; it is restarted");
        restart = true;
    }
    if (action == ACTION_PRESERVE) {
        preserve(m, reason);
        return;
    }
    if (!restart) {
        life_destroy_because(m, reason, &error);
    } else {
        bus_machine_emit_ended(m->bus, reason, action_words[action]);
        if (action != ACTION_RENAME_RESTART)
            life_restart(m, &error);
        else if (set_aside(m, &error))
            life_start(m, false, &error);
    }
    if (error)
        message(m, "error", error->message);
}

void life_domain_ended(struct machine *m)
{
    int reason = m->info->shutdown_reason;
    const char *word = reason >= 0 && reason < N_REASONS ? reason_words[reason] : "unknown";

    if (m->job || m->preserved)
        return;
    if (reason == CRASH || reason == WATCHDOG) {
        g_free(m->reason);
        m->reason = g_strdup(reason == CRASH ? "it crashed" : "its watchdog ran out");
        message(m, "error", m->reason);
    }
    /* who asks for a power-off gets one, whatever the guest makes of it */
    if (m->waiting && !strcmp(bus_job_get_kind(m->waiting->bus), "shutdown"))
        act(m, ACTION_DESTROY, word);
    else
        act(m, action_for(m, reason), word);
}

struct waiting {
    unsigned timeout;
    bool force, reboot;
    int64_t domid, until;
};

static gboolean still_waiting(gpointer opaque)
{
    struct job *job = opaque;
    struct machine *m = job->machine;
    struct waiting *w = job->data;
    g_autoptr(GError) error = NULL;

    if (w->reboot && machine_state(m) == STATE_RUNNING && m->domid != w->domid) {
        job->timer = 0;
        job_finish(job, NULL);
        return G_SOURCE_REMOVE;
    }
    if (!w->until || g_get_monotonic_time() < w->until || m->job)
        return G_SOURCE_CONTINUE;
    if (w->force && !w->reboot) {
        w->until = 0;
        job_step(job, -1, "Destroying it");
        if (life_destroy(m, &error))
            return G_SOURCE_CONTINUE;
    }
    job->timer = 0;
    m->shutdown_asked = false;
    job_finish(job, error ? g_steal_pointer(&error)
                          : g_error_new(TOOLSTACK_ERROR, TOOLSTACK_ERROR_TIMEOUT,
                                        "%s: did not end within %u seconds", m->name, w->timeout));
    return G_SOURCE_REMOVE;
}

/* The store answers at once, so this may stay in the main loop. */
struct job *life_shutdown(struct machine *m, bool reboot, unsigned timeout, bool force,
                          GError **error)
{
    struct backend *b = m->daemon->backend;
    struct waiting *w;
    struct job *job;

    if (!machine_is_running(m) || m->job) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_WRONG_STATE,
                    "%s: is %s; only a running "
                    "machine can be asked",
                    m->name, machine_state_word(machine_state(m)));
        return NULL;
    }
    if (!b->ops->shutdown(b->ts, (uint32_t)m->domid, reboot ? "reboot" : "poweroff", error))
        return NULL;
    if (m->waiting)
        job_finish(m->waiting,
                   g_error_new(G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s: asked again", m->name));
    job = job_new(m->daemon, reboot ? "reboot" : "shutdown", m);
    w = g_new0(struct waiting, 1);
    w->timeout = timeout;
    w->force = force;
    w->reboot = reboot;
    w->domid = m->domid;
    w->until = timeout ? g_get_monotonic_time() + (int64_t)timeout * G_USEC_PER_SEC : 0;
    job->data = w;
    job->free_data = g_free;
    job->timer = g_timeout_add(100, still_waiting, job);
    job_step(job, -1, "Waiting for the guest");
    m->waiting = job;
    m->shutdown_asked = true;
    machine_publish(m);
    return job;
}
