/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusClient: follows the daemon's object tree and keeps a sorted list of domains of it. */
#include <gui/model/client.h>
#include <gui/model/words.h>

#include <glib/gi18n.h>
#include <string.h>

#define SAMPLE_SECONDS 3

struct watch {
    char *path;
    void (*done)(BusJob *job, gpointer opaque);
    gpointer opaque;
};

struct _DomusClient {
    GObject parent;
    GCancellable *cancel;
    GBusType bus;
    GDBusObjectManager *objects;
    GListStore *domains;
    BusHost *host;
    BusManager *manager;
    enum client_state state;
    char *reason;
    guint timer;
    GPtrArray *watches;
};

G_DEFINE_FINAL_TYPE(DomusClient, domus_client, G_TYPE_OBJECT)

static guint changed_signal, message_signal;

static void watch_free(gpointer opaque)
{
    struct watch *w = opaque;

    g_free(w->path);
    g_free(w);
}

static void set_state(DomusClient *self, enum client_state state, const char *reason)
{
    self->state = state;
    g_free(self->reason);
    self->reason = g_strdup(reason);
    g_signal_emit(self, changed_signal, 0);
}

static gint by_name(gconstpointer a, gconstpointer b, gpointer opaque)
{
    (void)opaque;
    return g_utf8_collate(domus_domain_name(DOMUS_DOMAIN((gpointer)(guintptr)a)),
                          domus_domain_name(DOMUS_DOMAIN((gpointer)(guintptr)b)));
}

static gboolean find_position(DomusClient *self, const char *path, guint *position)
{
    guint i, n = g_list_model_get_n_items(G_LIST_MODEL(self->domains));

    for (i = 0; i < n; i++) {
        g_autoptr(DomusDomain) d = g_list_model_get_item(G_LIST_MODEL(self->domains), i);

        if (!strcmp(domus_domain_path(d), path)) {
            *position = i;
            return TRUE;
        }
    }
    return FALSE;
}

DomusDomain *domus_client_find(DomusClient *self, const char *path)
{
    g_autoptr(DomusDomain) d = NULL;
    guint i;

    if (!find_position(self, path, &i))
        return NULL;
    d = g_list_model_get_item(G_LIST_MODEL(self->domains), i);
    return d; /* the list keeps it */
}

static void on_watched(BusJob *job, const char *state, const char *error, DomusClient *self)
{
    const char *path = g_dbus_proxy_get_object_path(G_DBUS_PROXY(job));
    guint i;

    (void)state;
    (void)error;
    for (i = self->watches->len; i-- > 0;) {
        struct watch *w = self->watches->pdata[i];

        if (strcmp(w->path, path))
            continue;
        w->done(job, w->opaque);
        g_ptr_array_remove_index(self->watches, i);
    }
}

static gboolean job_is_over(BusJob *job)
{
    return g_strcmp0(bus_job_get_state(job), "running") != 0;
}

static void add_job(DomusClient *self, BusJob *job)
{
    DomusDomain *domain = domus_client_find(self, bus_job_get_machine(job));

    if (domain && !job_is_over(job))
        domus_domain_set_job(domain, job);
    g_signal_connect_object(job, "finished", G_CALLBACK(on_watched), self, 0);
    if (job_is_over(job))
        on_watched(job, NULL, NULL, self);
}

void domus_client_watch_job(DomusClient *self, const char *path,
                            void (*done)(BusJob *job, gpointer opaque), gpointer opaque)
{
    struct watch *w = g_new0(struct watch, 1);
    g_autoptr(GDBusInterface) job = NULL;

    w->path = g_strdup(path);
    w->done = done;
    w->opaque = opaque;
    g_ptr_array_add(self->watches, w);
    job = g_dbus_object_manager_get_interface(self->objects, path, "org.domus1.Job");
    if (job && job_is_over(BUS_JOB(job)))
        on_watched(BUS_JOB(job), NULL, NULL, self);
}

static void add_machine(DomusClient *self, BusMachine *machine)
{
    g_autoptr(DomusDomain) domain = NULL;
    g_autoptr(GDBusInterface) job = NULL;
    guint i;

    if (!bus_machine_get_domain_id(machine) ||
        find_position(self, g_dbus_proxy_get_object_path(G_DBUS_PROXY(machine)), &i))
        return;
    domain = domus_domain_new(machine);
    g_list_store_insert_sorted(self->domains, domain, by_name, NULL);
    domus_domain_refresh(domain);
    job = g_dbus_object_manager_get_interface(self->objects, bus_machine_get_job(machine),
                                              "org.domus1.Job");
    if (job)
        add_job(self, BUS_JOB(job));
}

static void on_message(BusManager *manager, const char *level, const char *path, const char *text,
                       DomusClient *self)
{
    (void)manager;
    g_signal_emit(self, message_signal, 0, level, path, text);
}

static void on_added(GDBusObjectManager *objects, GDBusObject *object, DomusClient *self)
{
    BusObject *o = BUS_OBJECT(object);
    g_autoptr(BusMachine) machine = bus_object_get_machine(o);
    g_autoptr(BusJob) job = bus_object_get_job(o);

    (void)objects;
    if (machine)
        add_machine(self, machine);
    if (job)
        add_job(self, job);
    if (!self->host)
        self->host = bus_object_get_host(o);
    if (!self->manager && (self->manager = bus_object_get_manager(o)))
        g_signal_connect_object(self->manager, "message", G_CALLBACK(on_message), self, 0);
}

static void on_removed(GDBusObjectManager *objects, GDBusObject *object, DomusClient *self)
{
    guint i;

    (void)objects;
    if (find_position(self, g_dbus_object_get_object_path(object), &i))
        g_list_store_remove(self->domains, i);
}

static void forget(DomusClient *self)
{
    g_list_store_remove_all(self->domains);
    g_clear_object(&self->host);
    g_clear_object(&self->manager);
}

/* The daemon came or went: everything is read again. */
static void on_owner(DomusClient *self)
{
    g_autofree char *owner = g_dbus_object_manager_client_get_name_owner(
        G_DBUS_OBJECT_MANAGER_CLIENT(self->objects));
    GList *list, *l;

    if (!owner) {
        forget(self);
        set_state(self, CLIENT_ABSENT, _("The service domusd does not run."));
        return;
    }
    list = g_dbus_object_manager_get_objects(self->objects);
    for (l = list; l; l = l->next)
        on_added(self->objects, l->data, self);
    g_list_free_full(list, g_object_unref);
    set_state(self, self->host && self->manager ? CLIENT_READY : CLIENT_CONNECTING, NULL);
}

static void on_late_object(DomusClient *self)
{
    if (self->state != CLIENT_READY && self->host && self->manager)
        set_state(self, CLIENT_READY, NULL);
}

static void on_objects(GObject *source, GAsyncResult *result, gpointer opaque)
{
    g_autoptr(DomusClient) self = opaque;
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusObjectManager)
        objects = bus_object_manager_client_new_for_bus_finish(result, &error);

    (void)source;
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (!objects) {
        set_state(self, CLIENT_ABSENT, error->message);
        return;
    }
    self->objects = g_steal_pointer(&objects);
    g_signal_connect_object(self->objects, "object-added", G_CALLBACK(on_added), self, 0);
    g_signal_connect_object(self->objects, "object-added", G_CALLBACK(on_late_object), self,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(self->objects, "object-removed", G_CALLBACK(on_removed), self, 0);
    g_signal_connect_object(self->objects, "notify::name-owner", G_CALLBACK(on_owner), self,
                            G_CONNECT_SWAPPED);
    on_owner(self);
}

void domus_client_retry(DomusClient *self)
{
    if (self->objects) { /* it follows the name by itself; a call starts the daemon */
        g_dbus_connection_call(g_dbus_object_manager_client_get_connection(
                                   G_DBUS_OBJECT_MANAGER_CLIENT(self->objects)),
                               "org.domus1", "/org/domus1", "org.freedesktop.DBus.Peer", "Ping",
                               NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
        return;
    }
    set_state(self, CLIENT_CONNECTING, NULL);
    bus_object_manager_client_new_for_bus(self->bus, G_DBUS_OBJECT_MANAGER_CLIENT_FLAGS_NONE,
                                          "org.domus1", "/org/domus1", self->cancel, on_objects,
                                          g_object_ref(self));
}

static gboolean on_timer(gpointer opaque)
{
    DomusClient *self = opaque;
    guint i, n = g_list_model_get_n_items(G_LIST_MODEL(self->domains));

    for (i = 0; i < n; i++) {
        g_autoptr(DomusDomain) d = g_list_model_get_item(G_LIST_MODEL(self->domains), i);

        if (domus_domain_is_on(d))
            domus_domain_refresh(d);
    }
    return G_SOURCE_CONTINUE;
}

static void domus_client_dispose(GObject *object)
{
    DomusClient *self = DOMUS_CLIENT(object);

    g_cancellable_cancel(self->cancel);
    g_clear_handle_id(&self->timer, g_source_remove);
    g_clear_object(&self->host);
    g_clear_object(&self->manager);
    g_clear_object(&self->objects);
    g_clear_object(&self->domains);
    G_OBJECT_CLASS(domus_client_parent_class)->dispose(object);
}

static void domus_client_finalize(GObject *object)
{
    DomusClient *self = DOMUS_CLIENT(object);

    g_clear_object(&self->cancel);
    g_ptr_array_unref(self->watches);
    g_free(self->reason);
    G_OBJECT_CLASS(domus_client_parent_class)->finalize(object);
}

static void domus_client_class_init(DomusClientClass *class)
{
    G_OBJECT_CLASS(class)->dispose = domus_client_dispose;
    G_OBJECT_CLASS(class)->finalize = domus_client_finalize;
    changed_signal = g_signal_new("changed", DOMUS_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
    message_signal = g_signal_new("message", DOMUS_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING,
                                  G_TYPE_STRING);
}

static void domus_client_init(DomusClient *self)
{
    self->cancel = g_cancellable_new();
    self->domains = g_list_store_new(DOMUS_TYPE_DOMAIN);
    self->watches = g_ptr_array_new_with_free_func(watch_free);
    self->timer = g_timeout_add_seconds(SAMPLE_SECONDS, on_timer, self);
}

DomusClient *domus_client_new(gboolean session)
{
    DomusClient *self = g_object_new(DOMUS_TYPE_CLIENT, NULL);

    self->bus = session ? G_BUS_TYPE_SESSION : G_BUS_TYPE_SYSTEM;
    domus_client_retry(self);
    return self;
}

enum client_state domus_client_state(DomusClient *self, const char **reason)
{
    if (reason)
        *reason = self->reason;
    return self->state;
}

GListModel *domus_client_domains(DomusClient *self)
{
    return G_LIST_MODEL(self->domains);
}

BusHost *domus_client_host(DomusClient *self)
{
    return self->host;
}

BusManager *domus_client_manager(DomusClient *self)
{
    return self->manager;
}
