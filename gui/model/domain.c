/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusDomain: a machine on the bus, with its job, its failure and its samples. */
#include <gui/model/domain.h>
#include <gui/model/words.h>

#include <string.h>

struct _DomusDomain {
    GObject parent;
    BusMachine *machine;
    BusJob *job;
    GCancellable *cancel;
    char *failure, *failure_name, *failure_details;
    GArray *samples;
    gboolean asked; /* a refresh is under way */
};

G_DEFINE_FINAL_TYPE(DomusDomain, domus_domain, G_TYPE_OBJECT)

static guint changed_signal;

static void changed(DomusDomain *self)
{
    g_signal_emit(self, changed_signal, 0);
}

static void domus_domain_dispose(GObject *object)
{
    DomusDomain *self = DOMUS_DOMAIN(object);

    g_cancellable_cancel(self->cancel);
    if (self->job)
        g_signal_handlers_disconnect_by_data(self->job, self);
    if (self->machine)
        g_signal_handlers_disconnect_by_data(self->machine, self);
    g_clear_object(&self->job);
    g_clear_object(&self->machine);
    G_OBJECT_CLASS(domus_domain_parent_class)->dispose(object);
}

static void domus_domain_finalize(GObject *object)
{
    DomusDomain *self = DOMUS_DOMAIN(object);

    g_clear_object(&self->cancel);
    g_free(self->failure);
    g_free(self->failure_name);
    g_free(self->failure_details);
    g_array_unref(self->samples);
    G_OBJECT_CLASS(domus_domain_parent_class)->finalize(object);
}

static void domus_domain_class_init(DomusDomainClass *class)
{
    G_OBJECT_CLASS(class)->dispose = domus_domain_dispose;
    G_OBJECT_CLASS(class)->finalize = domus_domain_finalize;
    changed_signal = g_signal_new("changed", DOMUS_TYPE_DOMAIN, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
}

static void domus_domain_init(DomusDomain *self)
{
    self->cancel = g_cancellable_new();
    self->samples = g_array_new(FALSE, FALSE, sizeof(struct domain_sample));
}

DomusDomain *domus_domain_new(BusMachine *machine)
{
    DomusDomain *self = g_object_new(DOMUS_TYPE_DOMAIN, NULL);

    self->machine = g_object_ref(machine);
    g_signal_connect_swapped(machine, "g-properties-changed", G_CALLBACK(changed), self);
    return self;
}

BusMachine *domus_domain_machine(DomusDomain *self)
{
    return self->machine;
}

const char *domus_domain_path(DomusDomain *self)
{
    return g_dbus_proxy_get_object_path(G_DBUS_PROXY(self->machine));
}

const char *domus_domain_name(DomusDomain *self)
{
    const char *name = bus_machine_get_name(self->machine);

    return name ? name : "";
}

const char *domus_domain_state(DomusDomain *self)
{
    const char *state = bus_machine_get_state(self->machine);

    return state ? state : "off";
}

gboolean domus_domain_is_on(DomusDomain *self)
{
    const char *state = domus_domain_state(self);

    return strcmp(state, "off") && strcmp(state, "saved");
}

static void on_finished(BusJob *job, const char *state, const char *error, DomusDomain *self)
{
    if (!strcmp(state, "failed"))
        domus_domain_fail(self, bus_job_get_error_name(job), error, bus_job_get_details(job));
    domus_domain_set_job(self, NULL);
}

void domus_domain_set_job(DomusDomain *self, BusJob *job)
{
    if (job == self->job)
        return;
    if (self->job)
        g_signal_handlers_disconnect_by_data(self->job, self);
    g_set_object(&self->job, job);
    if (job) {
        g_signal_connect_swapped(job, "g-properties-changed", G_CALLBACK(changed), self);
        g_signal_connect(job, "finished", G_CALLBACK(on_finished), self);
        domus_domain_forgive(self);
    }
    changed(self);
}

BusJob *domus_domain_job(DomusDomain *self)
{
    return self->job;
}

const char *domus_domain_failure(DomusDomain *self, const char **title, const char **details)
{
    *title = words_error_title(self->failure_name);
    *details = self->failure_details;
    return self->failure;
}

void domus_domain_fail(DomusDomain *self, const char *name, const char *text, const char *details)
{
    g_free(self->failure);
    g_free(self->failure_name);
    g_free(self->failure_details);
    self->failure = g_strdup(text);
    self->failure_name = g_strdup(name);
    self->failure_details = g_strdup_printf("%s%s%s", name ? name : "", details ? "\n" : "",
                                            details ? details : "");
    changed(self);
}

void domus_domain_forgive(DomusDomain *self)
{
    if (!self->failure)
        return;
    g_clear_pointer(&self->failure, g_free);
    changed(self);
}

static void on_called(GObject *proxy, GAsyncResult *result, gpointer opaque)
{
    g_autoptr(DomusDomain) self = opaque;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) answer = g_dbus_proxy_call_finish(G_DBUS_PROXY(proxy), result, &error);

    if (!answer && !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        g_autofree char *name = NULL;
        g_autofree char *text = words_error(error, &name);

        domus_domain_fail(self, name, text, NULL);
    }
}

void domus_domain_call(DomusDomain *self, const char *method, GVariant *arguments)
{
    domus_domain_forgive(self);
    g_dbus_proxy_call(G_DBUS_PROXY(self->machine), method, arguments, G_DBUS_CALL_FLAGS_NONE,
                      G_MAXINT, self->cancel, on_called, g_object_ref(self));
}

GArray *domus_domain_samples(DomusDomain *self)
{
    return self->samples;
}

static void on_samples(GObject *proxy, GAsyncResult *result, gpointer opaque)
{
    g_autoptr(DomusDomain) self = opaque;
    g_autoptr(GVariant) list = NULL;
    struct domain_sample s;
    GVariantIter iter;
    guint interval;

    self->asked = FALSE;
    if (!bus_machine_call_statistics_finish(BUS_MACHINE(proxy), &interval, &list, result, NULL))
        return;
    g_array_set_size(self->samples, 0);
    g_variant_iter_init(&iter, list);
    while (g_variant_iter_next(&iter, "(tdttttt)", &s.time, &s.busy, &s.memory_kib, &s.read,
                               &s.written, &s.received, &s.sent))
        g_array_append_val(self->samples, s);
    changed(self);
}

void domus_domain_refresh(DomusDomain *self)
{
    if (self->asked || !self->machine)
        return;
    self->asked = TRUE;
    bus_machine_call_statistics(self->machine, 3600, self->cancel, on_samples, g_object_ref(self));
}
