/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting, saving, restoring and destroying a machine: one job at a time changes its life. */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* What a job's thread works with; all its own. */
struct work {
    const struct backend_ops *ops;
    struct toolstack *ts;
    struct machine_config *config;
    char *text; /* of config */
    uint32_t domid;
    int64_t destroy_first; /* a domain that makes room for the new one, or -1 */
    bool paused, keep;
    int fd;
    char *path; /* of fd's file, when it is ours */
    char *reason;
};

static void work_free(void *opaque)
{
    struct work *work = opaque;

    machine_config_free(work->config);
    if (work->fd >= 0)
        close(work->fd);
    g_free(work->text);
    g_free(work->path);
    g_free(work->reason);
    g_free(work);
}

static struct work *work_new(struct machine *m)
{
    struct work *work = g_new0(struct work, 1);

    work->ops = m->daemon->backend->ops;
    work->ts = m->daemon->backend->ts;
    work->domid = (uint32_t)m->domid;
    work->destroy_first = -1;
    work->fd = -1;
    return work;
}

static bool check_free(struct machine *m, bool running, GError **error)
{
    if (!m->domid) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_INVALID_ARGUMENT,
                    "Domain-0 is the control domain; this is for machines");
        return false;
    }
    if (m->job) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_WRONG_STATE, "%s: is %s; wait for that",
                    m->name, machine_state_word(machine_state(m)));
        return false;
    }
    if (machine_is_running(m) == running)
        return true;
    g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_WRONG_STATE,
                running ? "%s: does not run" : "%s: runs already", m->name);
    return false;
}

static void set_reason(struct machine *m, const char *reason)
{
    g_free(m->reason);
    m->reason = g_strdup(reason);
}

static bool run_start(struct job *job, GError **error)
{
    struct work *work = job->data;

    if (work->destroy_first >= 0 &&
        !work->ops->destroy(work->ts, (uint32_t)work->destroy_first, NULL, error))
        return false;
    if (work->fd >= 0) {
        const struct saved_machine saved = { work->config, work->fd };

        return work->ops->restore(work->ts, &saved, work->paused, &job->progress, &work->domid,
                                  error);
    }
    return work->ops->create(work->ts, work->config, work->paused, &job->progress, &work->domid,
                             error);
}

static void done_start(struct job *job, GError *error)
{
    struct machine *m = job->machine;
    struct work *work = job->data;

    if (error) {
        set_reason(m, error->message);
        m->domid = -1;
        life_ended(m, "destroy", "destroy");
        return;
    }
    if (work->path)
        g_unlink(work->path);
    m->domid = work->domid;
    m->started = (uint64_t)(g_get_real_time() / G_USEC_PER_SEC);
    m->preserved = m->shutdown_asked = false;
    set_reason(m, "");
    g_free(m->running_text);
    m->running_text = g_steal_pointer(&work->text);
    machine_write_running(m);
    refresh(m->daemon);
}

/* The job that builds the domain of the machine's configuration. */
static struct job *begin(struct machine *m, const char *kind, struct work *work, GError **error)
{
    struct job *job;

    if (!m->config) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_WRONG_STATE, "%s: has no configuration",
                    m->name);
        work_free(work);
        return NULL;
    }
    work->text = m->once_text ? g_steal_pointer(&m->once_text) : g_strdup(m->config_text);
    work->config = machine_config_parse(work->text, strlen(work->text), m->name, NULL, error);
    if (!work->config) {
        work_free(work);
        return NULL;
    }
    job = job_new(m->daemon, kind, m);
    m->job = job;
    job->run = run_start;
    job->done = done_start;
    job_run(job, work, work_free);
    return job;
}

struct job *life_start(struct machine *m, bool paused, GError **error)
{
    g_autofree char *saved = machine_saved_path(m);
    struct work *work;
    int fd;

    if (!check_free(m, false, error))
        return NULL;
    if (g_file_test(saved, G_FILE_TEST_EXISTS)) {
        g_autofree char *text = NULL;

        fd = open(saved, O_RDONLY | O_CLOEXEC);
        text = fd >= 0 ? save_head_read(fd, error) : NULL;
        if (!text) {
            if (fd >= 0)
                close(fd);
            g_prefix_error(error,
                           "%s: its saved state cannot be read (discard-saved starts it "
                           "without): ",
                           m->name);
            return NULL;
        }
        return life_restore(m, fd, paused, true, error);
    }
    work = work_new(m);
    work->paused = paused;
    return begin(m, "start", work, error);
}

/* Behind the end of a domain, or at a person's wish: the old one goes, the new one comes. */
struct job *life_restart(struct machine *m, GError **error)
{
    struct work *work;

    if (!check_free(m, true, error))
        return NULL;
    work = work_new(m);
    work->destroy_first = m->domid;
    return begin(m, "reboot", work, error);
}

struct job *life_restore(struct machine *m, int fd, bool paused, bool remove_file, GError **error)
{
    struct work *work;

    if (!check_free(m, false, error)) {
        close(fd);
        return NULL;
    }
    work = work_new(m);
    work->fd = fd;
    work->paused = paused;
    work->path = remove_file ? machine_saved_path(m) : NULL;
    return begin(m, "restore", work, error);
}

static bool run_destroy(struct job *job, GError **error)
{
    struct work *work = job->data;

    return work->ops->destroy(work->ts, work->domid, &job->progress, error);
}

static void done_destroy(struct job *job, GError *error)
{
    struct work *work = job->data;

    if (!error || g_error_matches(error, TOOLSTACK_ERROR, TOOLSTACK_ERROR_NO_DOMAIN))
        life_ended(job->machine, work->reason, "destroy");
}

struct job *life_destroy_because(struct machine *m, const char *reason, GError **error)
{
    struct work *work;
    struct job *job;

    if (!check_free(m, true, error))
        return NULL;
    work = work_new(m);
    work->reason = g_strdup(reason);
    job = job_new(m->daemon, "destroy", m);
    m->job = job;
    job->run = run_destroy;
    job->done = done_destroy;
    job_run(job, work, work_free);
    return job;
}

struct job *life_destroy(struct machine *m, GError **error)
{
    return life_destroy_because(m, "destroy", error);
}

static bool run_save(struct job *job, GError **error)
{
    struct work *work = job->data;

    if (!save_head_write(work->fd, work->text, error))
        return false;
    if (!work->ops->save(work->ts, work->domid, work->fd, work->keep, &job->progress, error))
        return false;
    if (work->path && fsync(work->fd)) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "%s: %s", work->path,
                    g_strerror(errno));
        return false;
    }
    return true;
}

static void done_save(struct job *job, GError *error)
{
    struct work *work = job->data;

    if (work->path) {
        g_autofree char *partial = g_strconcat(work->path, ".partial", NULL);

        if (error)
            g_unlink(partial);
        else
            g_rename(partial, work->path);
    }
    if (!error && !work->keep)
        life_ended(job->machine, "suspend", "save");
    else
        refresh(job->daemon);
}

/* fd -1: to the machine's own file. Takes the fd. */
struct job *life_save(struct machine *m, int fd, bool keep, GError **error)
{
    struct work *work;
    struct job *job;

    if (!check_free(m, true, error)) {
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    work = work_new(m);
    work->keep = keep;
    work->fd = fd;
    work->text = g_strdup(m->running_text ? m->running_text : m->config_text);
    if (fd < 0) {
        g_autofree char *partial = NULL;

        work->path = machine_saved_path(m);
        partial = g_strconcat(work->path, ".partial", NULL);
        work->fd = open(partial, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (work->fd < 0) {
            g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_FAILED, "%s: %s", partial,
                        g_strerror(errno));
            work_free(work);
            return NULL;
        }
    }
    job = job_new(m->daemon, "save", m);
    m->job = job;
    job->run = run_save;
    job->done = done_save;
    job_run(job, work, work_free);
    return job;
}

void life_ended(struct machine *m, const char *reason, const char *action)
{
    struct daemon *d = m->daemon;

    if (m->removed)
        return;
    g_clear_pointer(&m->info, domain_info_free);
    m->domid = -1;
    m->started = 0;
    m->preserved = m->shutdown_asked = false;
    g_clear_pointer(&m->running_text, g_free);
    machine_forget_running(m);
    machine_publish(m);
    bus_machine_emit_ended(m->bus, reason, action);
    if (m->waiting && !strcmp(bus_job_get_kind(m->waiting->bus), "shutdown"))
        job_finish(m->waiting, NULL);
    else if (m->waiting)
        job_finish(m->waiting,
                   g_error_new(DAEMON_ERROR, DAEMON_ERROR_FAILED,
                               "%s: ended (%s) and did not start again", m->name, reason));
    if (!m->defined && machine_state(m) != STATE_SAVED)
        machine_remove(m);
    host_publish(d);
}
