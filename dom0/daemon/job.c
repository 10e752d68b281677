/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Jobs: long operations as objects on the bus, in a thread or waiting for a guest. */
#include "private.h"

/* How long a finished job can be looked at, and how many of them there are at most. */
#define KEEP_US  (5 * 60 * G_USEC_PER_SEC)
#define KEEP_MAX 64

struct step {
    struct job *job;
    char *text;
    double fraction;
};

static void job_free(struct job *job)
{
    g_dbus_object_manager_server_unexport(job->daemon->objects, job->path);
    g_clear_handle_id(&job->timer, g_source_remove);
    g_clear_pointer(&job->machine, machine_unref);
    g_object_unref(job->bus);
    g_object_unref(job->cancellable);
    g_free(job->path);
    g_free(job);
}

static void forget_old(struct daemon *d)
{
    int64_t now = g_get_monotonic_time();
    guint i = 0, finished = 0;

    for (guint n = 0; n < d->jobs->len; n++)
        finished += ((struct job *)d->jobs->pdata[n])->finished != 0;
    while (i < d->jobs->len) {
        struct job *job = d->jobs->pdata[i];

        if (job->finished && (now - job->finished > KEEP_US || finished > KEEP_MAX)) {
            finished--;
            g_ptr_array_remove_index(d->jobs, i);
            job_free(job);
        } else {
            i++;
        }
    }
}

static gboolean on_cancel(BusJob *bus, GDBusMethodInvocation *invocation, struct job *job)
{
    if (job->finished)
        return answer_code(invocation, DAEMON_ERROR_WRONG_STATE, "the job is over: %s",
                           bus_job_get_state(bus));
    g_cancellable_cancel(job->cancellable);
    bus_job_complete_cancel(bus, invocation);
    if (!job->run)
        job_finish(job, g_error_new(G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s was cancelled",
                                    bus_job_get_kind(bus)));
    return TRUE;
}

static gboolean step_in_main(gpointer opaque)
{
    struct step *step = opaque;

    job_step(step->job, step->fraction, step->text);
    return G_SOURCE_REMOVE;
}

static void step_free(gpointer opaque)
{
    struct step *step = opaque;

    g_free(step->text);
    g_free(step);
}

/* From the job's thread. Steps are told before the end is, so the job is still there. */
static void report(void *opaque, double fraction, const char *text)
{
    struct step *step = g_new0(struct step, 1);

    step->job = opaque;
    step->fraction = fraction;
    step->text = g_strdup(text);
    g_idle_add_full(G_PRIORITY_DEFAULT, step_in_main, step, step_free);
}

struct job *job_new(struct daemon *d, const char *kind, struct machine *m)
{
    struct job *job = g_new0(struct job, 1);
    g_autoptr(BusObjectSkeleton) object = NULL;

    forget_old(d);
    job->daemon = d;
    job->machine = m ? machine_ref(m) : NULL;
    job->cancellable = g_cancellable_new();
    job->progress.report = report;
    job->progress.opaque = job;
    job->progress.cancellable = job->cancellable;
    job->path = g_strdup_printf("/org/domus1/jobs/J_%u", ++d->next_job);
    job->bus = bus_job_skeleton_new();
    bus_job_set_kind(job->bus, kind);
    bus_job_set_machine(job->bus, m ? m->path : "/");
    bus_job_set_state(job->bus, "running");
    bus_job_set_step(job->bus, "");
    bus_job_set_error(job->bus, "");
    bus_job_set_error_name(job->bus, "");
    bus_job_set_details(job->bus, "");
    bus_job_set_result(job->bus, g_variant_new_array(G_VARIANT_TYPE("{sv}"), NULL, 0));
    g_signal_connect(job->bus, "handle-cancel", G_CALLBACK(on_cancel), job);
    object = bus_object_skeleton_new(job->path);
    bus_object_skeleton_set_job(object, job->bus);
    authority_guard(d, G_DBUS_OBJECT_SKELETON(object));
    g_dbus_object_manager_server_export(d->objects, G_DBUS_OBJECT_SKELETON(object));
    g_ptr_array_add(d->jobs, job);
    return job;
}

void job_step(struct job *job, double fraction, const char *step)
{
    if (job->finished)
        return;
    bus_job_set_progress(job->bus, fraction);
    if (step)
        bus_job_set_step(job->bus, step);
}

void job_finish(struct job *job, GError *error)
{
    const char *name = error ? error_name(error) : "";
    const char *state = !error                                ? "done"
                        : g_str_has_suffix(name, "Cancelled") ? "cancelled"
                                                              : "failed";
    struct machine *m = job->machine;

    if (job->finished) {
        g_clear_error(&error);
        return;
    }
    g_clear_handle_id(&job->timer, g_source_remove);
    job->finished = g_get_monotonic_time();
    if (m && m->job == job)
        m->job = NULL;
    if (m && m->waiting == job)
        m->waiting = NULL;
    if (!error)
        bus_job_set_progress(job->bus, 1);
    bus_job_set_error(job->bus, error ? error->message : "");
    bus_job_set_error_name(job->bus, name);
    bus_job_set_state(job->bus, state);
    if (m && !m->removed)
        machine_publish(m);
    g_dbus_interface_skeleton_flush(G_DBUS_INTERFACE_SKELETON(job->bus));
    bus_job_emit_finished(job->bus, state, error ? error->message : "");
    if (error)
        g_message("%s%s%s: %s", bus_job_get_kind(job->bus), m ? " " : "", m ? m->name : "",
                  error->message);
    g_clear_error(&error);
}

static void in_thread(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    struct job *job = data;
    GError *error = NULL;

    (void)source;
    (void)cancellable;
    if (job->run(job, &error))
        g_task_return_boolean(task, TRUE);
    else
        g_task_return_error(task, error);
}

static void after_thread(GObject *source, GAsyncResult *result, gpointer opaque)
{
    struct job *job = opaque;
    GError *error = NULL;

    (void)source;
    g_task_propagate_boolean(G_TASK(result), &error);
    /* it is no longer at work on the machine when others look at it */
    if (job->machine && job->machine->job == job)
        job->machine->job = NULL;
    if (job->done)
        job->done(job, error);
    if (job->free_data)
        job->free_data(job->data);
    job->data = NULL;
    job_finish(job, error);
}

void job_run(struct job *job, void *data, GDestroyNotify free_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, NULL, after_thread, job);

    job->data = data;
    job->free_data = free_data;
    g_task_set_task_data(task, job, NULL);
    g_task_run_in_thread(task, in_thread);
    if (job->machine && !job->machine->removed)
        machine_publish(job->machine);
}
