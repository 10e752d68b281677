/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusNewMachineDialog asks; making the machine is new-machine-job.c's. */
#include "new-machine-dialog.h"

#include <glib/gi18n.h>
#include <gui/model/media.h>
#include <gui/model/new-machine.h>
#include <gui/model/words.h>
#include <string.h>

#include "access.h"
#include "new-machine-job.h"
#include "path-entry.h"
#include "window.h"

#define MEDIA_COUNT (MEDIA_ISO + 1)

struct _DomusNewMachineDialog {
    GtkAssistant parent;
    DomusApplication *app;
    GCancellable *cancel;
    GtkToggleButton *media_bundled, *media_installer, *media_disk, *media_kernel, *media_iso;
    GtkStack *media_details;
    DomusPathEntry *installer_kernel, *installer_ramdisk, *image, *kernel, *ramdisk, *iso;
    DomusPathEntry *existing_disk;
    GtkEntry *options, *name;
    GtkComboBox *kind, *disk, *network, *screen;
    GtkSpinButton *memory, *vcpus, *disk_size;
    GtkLabel *recognised, *media_problem, *machine_problem, *memory_hint, *summary, *failure;
    GtkLabel *disk_hint;
    GtkWidget *media_page, *machine_page, *disk_page, *summary_page, *progress_page;
    GtkProgressBar *progress;
    GtkLabel *step;
    char *bundled, *recognised_name;
    gboolean named; /* the name was typed */
};

G_DEFINE_FINAL_TYPE(DomusNewMachineDialog, domus_new_machine_dialog, GTK_TYPE_ASSISTANT)

static BusHost *host_of(DomusNewMachineDialog *self)
{
    return domus_client_host(domus_application_client(self->app));
}

static enum new_media media_of(DomusNewMachineDialog *self)
{
    GtkToggleButton *buttons[MEDIA_COUNT] = { self->media_bundled, self->media_installer,
                                              self->media_disk, self->media_kernel,
                                              self->media_iso };
    int i;

    for (i = 0; i < MEDIA_COUNT - 1 && !gtk_toggle_button_get_active(buttons[i]); i++)
        ;
    return (enum new_media)i;
}

static gboolean is_taken(const char *name, gpointer opaque)
{
    DomusNewMachineDialog *self = opaque;
    GListModel *domains = domus_client_domains(domus_application_client(self->app));
    guint i;

    for (i = 0; i < g_list_model_get_n_items(domains); i++) {
        g_autoptr(DomusDomain) d = g_list_model_get_item(domains, i);

        if (!strcmp(domus_domain_name(d), name))
            return TRUE;
    }
    return FALSE;
}

/* The machine that has a disk already, or NULL; two that write to one disk destroy it. */
static char *user_of(DomusNewMachineDialog *self, const char *path)
{
    GListModel *domains = domus_client_domains(domus_application_client(self->app));
    guint i;

    for (i = 0; i < g_list_model_get_n_items(domains); i++) {
        g_autoptr(DomusDomain) d = g_list_model_get_item(domains, i);
        GVariant *disk, *disks = bus_machine_get_disks(domus_domain_machine(d));
        GVariantIter iter;

        g_variant_iter_init(&iter, disks);
        while ((disk = g_variant_iter_next_value(&iter))) {
            const char *target = "";
            gboolean same = g_variant_lookup(disk, "target", "&s", &target) &&
                            !strcmp(target, path);

            g_variant_unref(disk);
            if (same)
                return g_strdup(domus_domain_name(d));
        }
    }
    return NULL;
}

/* Why a kind cannot be used here, or NULL; the caller frees it. */
static char *kind_problem(DomusNewMachineDialog *self, const char *kind)
{
    GVariant *kinds = bus_host_get_kinds(host_of(self));
    const char *why = "";
    gboolean there = FALSE;

    if (kinds && g_variant_lookup(kinds, kind, "(b&s)", &there, &why) && there)
        return NULL;
    return g_strdup_printf(_("%s is not available here: %s"), kind,
                           *why ? why : _("the host does not know it"));
}

static void fill_disk(DomusNewMachineDialog *self, struct new_machine *m)
{
    const char *id = gtk_combo_box_get_active_id(self->disk);
    const char *images = bus_manager_get_images_directory(
        domus_client_manager(domus_application_client(self->app)));

    m->disk_gib = (unsigned)gtk_spin_button_get_value_as_int(self->disk_size);
    if (m->media == MEDIA_BUNDLED || m->media == MEDIA_DISK) {
        m->disk = DISK_EXISTING;
        m->disk_path = g_strdup(m->media == MEDIA_BUNDLED ? self->bundled
                                                          : domus_path_entry_get(self->image));
        return;
    }
    m->disk = !g_strcmp0(id, "qcow2")      ? DISK_NEW_QCOW2
              : !g_strcmp0(id, "raw")      ? DISK_NEW_RAW
              : !g_strcmp0(id, "existing") ? DISK_EXISTING
                                           : DISK_NONE;
    if (m->disk == DISK_EXISTING)
        m->disk_path = g_strdup(domus_path_entry_get(self->existing_disk));
    else if (m->disk != DISK_NONE)
        m->disk_path = g_strdup_printf("%s/%s.%s", images ? images : "", m->name,
                                       m->disk == DISK_NEW_QCOW2 ? "qcow2" : "img");
}

static void fill(DomusNewMachineDialog *self, struct new_machine *m)
{
    const char *bridge = gtk_combo_box_get_active_id(self->network);
    const char *screen = gtk_combo_box_get_active_id(self->screen);

    m->media = media_of(self);
    m->name = g_strdup(gtk_entry_get_text(self->name));
    m->kind = g_strdup(gtk_combo_box_get_active_id(self->kind));
    m->memory_mib = (unsigned)gtk_spin_button_get_value_as_int(self->memory);
    m->vcpus = (unsigned)gtk_spin_button_get_value_as_int(self->vcpus);
    m->kernel = g_strdup(
        domus_path_entry_get(m->media == MEDIA_KERNEL ? self->kernel : self->installer_kernel));
    m->ramdisk = g_strdup(
        domus_path_entry_get(m->media == MEDIA_KERNEL ? self->ramdisk : self->installer_ramdisk));
    m->options = g_strdup(m->media == MEDIA_KERNEL ? gtk_entry_get_text(self->options) : "");
    m->iso = g_strdup(domus_path_entry_get(self->iso));
    m->network = g_strcmp0(bridge, "none") != 0;
    m->bridge = g_strdup(m->network ? bridge : NULL);
    if (!screen || sscanf(screen, "%ux%u", &m->width, &m->height) != 2)
        m->width = 1024, m->height = 768;
    fill_disk(self, m);
}

static char *media_problem(DomusNewMachineDialog *self)
{
    DomusPathEntry *needed[MEDIA_COUNT] = { NULL, self->installer_kernel, self->image, self->kernel,
                                            self->iso };
    enum new_media media = media_of(self);
    const char *path = needed[media] ? domus_path_entry_get(needed[media]) : self->bundled;
    g_autofree char *user = NULL;

    if (!*path)
        return g_strdup(_("Choose a file."));
    if (!g_path_is_absolute(path) || strpbrk(path, "'\"\n,"))
        return g_strdup(_("The file's whole path is needed, without quotes and commas."));
    if (media == MEDIA_ISO)
        return kind_problem(self, "hvm");
    user = media == MEDIA_BUNDLED || media == MEDIA_DISK ? user_of(self, path) : NULL;
    return user ? g_strdup_printf(_("The machine “%s” has this disk already."), user) : NULL;
}

static char *machine_problem(DomusNewMachineDialog *self)
{
    const char *name = gtk_entry_get_text(self->name), *why = new_machine_name_problem(name);
    guint64 kib = (guint64)gtk_spin_button_get_value_as_int(self->memory) * 1024;
    char *problem;

    if (why)
        return g_strdup(why);
    if (is_taken(name, self))
        return g_strdup_printf(_("There is a machine “%s” already."), name);
    problem = kind_problem(self, gtk_combo_box_get_active_id(self->kind));
    if (!problem)
        new_machine_fits(kib, bus_host_get_memory_available(host_of(self)), &problem);
    return problem;
}

static void show_problem(GtkLabel *label, const char *problem)
{
    gtk_label_set_text(label, problem ? problem : "");
    gtk_widget_set_visible(GTK_WIDGET(label), problem != NULL);
}

static void update_disk_page(DomusNewMachineDialog *self)
{
    gboolean given = media_of(self) == MEDIA_BUNDLED || media_of(self) == MEDIA_DISK;
    const char *id = gtk_combo_box_get_active_id(self->disk);
    gboolean existing = !given && !g_strcmp0(id, "existing");
    const char *path = domus_path_entry_get(self->existing_disk);
    g_autofree char *user = existing ? user_of(self, path) : NULL;

    gtk_widget_set_sensitive(GTK_WIDGET(self->disk), !given);
    gtk_widget_set_sensitive(GTK_WIDGET(self->disk_size),
                             !given && (!g_strcmp0(id, "qcow2") || !g_strcmp0(id, "raw")));
    gtk_widget_set_sensitive(GTK_WIDGET(self->existing_disk), existing);
    gtk_label_set_text(self->disk_hint,
                       given ? _("The machine starts from the image that was chosen.")
                       : user
                           ? _("Another machine has this disk already.")
                           : _("A qcow2 image grows as it is used; a raw one is a little faster."));
    gtk_assistant_set_page_complete(GTK_ASSISTANT(self), self->disk_page,
                                    !existing || (!user && g_path_is_absolute(path)));
}

static void update(DomusNewMachineDialog *self)
{
    static const char *const details[MEDIA_COUNT] = { "bundled", "installer", "disk", "kernel",
                                                      "iso" };
    g_autofree char *media = media_problem(self);
    g_autofree char *machine = machine_problem(self);

    gtk_stack_set_visible_child_name(self->media_details, details[media_of(self)]);
    show_problem(self->media_problem, media);
    show_problem(self->machine_problem, machine);
    gtk_assistant_set_page_complete(GTK_ASSISTANT(self), self->media_page, !media);
    gtk_assistant_set_page_complete(GTK_ASSISTANT(self), self->machine_page, !machine);
    update_disk_page(self);
}

static char *base_name(DomusNewMachineDialog *self)
{
    enum new_media media = media_of(self);
    g_autofree char *name = NULL;
    char *dot;

    if (media == MEDIA_ISO && self->recognised_name)
        name = g_strdup(self->recognised_name);
    else if (media == MEDIA_DISK)
        name = g_path_get_basename(domus_path_entry_get(self->image));
    else
        return g_strdup(media == MEDIA_BUNDLED || media == MEDIA_INSTALLER ? "debian" : "machine");
    dot = strrchr(name, '.');
    if (dot && media == MEDIA_DISK)
        *dot = '\0';
    g_strcanon(name, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_.", '-');
    return new_machine_name_problem(name) ? g_strdup("machine") : g_steal_pointer(&name);
}

/* What follows from the medium: the name, the memory, the kind. What was typed stays. */
static void on_media(DomusNewMachineDialog *self)
{
    guint64 available = bus_host_get_memory_available(host_of(self));
    g_autofree char *base = base_name(self), *name = NULL, *size = NULL, *hint = NULL;

    if (!self->named) {
        name = new_machine_free_name(base, is_taken, self);
        gtk_entry_set_text(self->name, name);
        self->named = FALSE;
    }
    gtk_spin_button_set_value(self->memory, new_machine_memory(media_of(self), available));
    gtk_combo_box_set_active_id(self->kind, media_of(self) == MEDIA_ISO ? "hvm" : "pv");
    size = words_kib(available / 1024 * 1024);
    hint = g_strdup_printf(_("A new machine can have %s now."), size);
    gtk_label_set_text(self->memory_hint, hint);
    update(self);
}

static void on_recognised(const char *name, gpointer opaque)
{
    DomusNewMachineDialog *self = opaque;
    g_autofree char *text = name ? g_strdup_printf(_("Recognised: %s"), name)
                                 : g_strdup(
                                       _("This medium is not known; it may work all the same."));

    g_free(self->recognised_name);
    self->recognised_name = g_strdup(name);
    gtk_label_set_text(self->recognised, text);
    on_media(self);
}

static void on_iso(DomusNewMachineDialog *self)
{
    const char *path = domus_path_entry_get(self->iso);

    g_cancellable_cancel(self->cancel);
    g_object_unref(self->cancel);
    self->cancel = g_cancellable_new();
    gtk_label_set_text(self->recognised, "");
    if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
        media_recognise(path, self->cancel, on_recognised, self);
    update(self);
}

static void on_name_key(DomusNewMachineDialog *self)
{
    self->named = gtk_widget_has_focus(GTK_WIDGET(self->name));
    update(self);
}

static void summarise(DomusNewMachineDialog *self)
{
    static const char *const media[MEDIA_COUNT] = { N_("Debian, ready to use"),
                                                    N_("Debian's installer"), N_("A disk image"),
                                                    N_("A kernel and a ramdisk"),
                                                    N_("An installation medium") };
    struct new_machine m = { 0 };
    g_autofree char *memory = NULL, *text = NULL, *disk = NULL;

    fill(self, &m);
    memory = words_kib((guint64)m.memory_mib * 1024);
    if (m.disk == DISK_NEW_QCOW2 || m.disk == DISK_NEW_RAW)
        disk = g_strdup_printf(_("a new one of %u GiB, %s"), m.disk_gib, m.disk_path);
    text = g_strdup_printf(
        _("Name: %s\nStarts: %s\nKind: %s\nMemory: %s\nProcessors: %u\nDisk: %s\nNetwork: %s"),
        m.name, _(media[m.media]), m.kind, memory, m.vcpus,
        disk          ? disk
        : m.disk_path ? m.disk_path
                      : _("none"),
        !m.network  ? _("none")
        : *m.bridge ? m.bridge
                    : _("default"));
    gtk_label_set_text(self->summary, text);
    new_machine_clear(&m);
}

static void on_prepare(DomusNewMachineDialog *self, GtkWidget *page)
{
    if (page == self->summary_page)
        summarise(self);
}

static void on_progress(const char *step, double part, gpointer opaque)
{
    DomusNewMachineDialog *self = opaque;

    gtk_label_set_text(self->step, step);
    if (part >= 0)
        gtk_progress_bar_set_fraction(self->progress, part);
    else
        gtk_progress_bar_pulse(self->progress);
}

static void on_made(const char *path, const char *error, gpointer opaque)
{
    DomusNewMachineDialog *self = opaque;
    DomusDomain *domain = path ? domus_client_find(domus_application_client(self->app), path)
                               : NULL;
    GtkWindow *parent = gtk_window_get_transient_for(GTK_WINDOW(self));

    if (error) {
        gtk_label_set_text(self->failure, error);
        gtk_widget_show(GTK_WIDGET(self->failure));
        gtk_widget_hide(self->progress_page);
        gtk_widget_set_sensitive(GTK_WIDGET(self), TRUE);
        return;
    }
    if (DOMUS_IS_WINDOW(parent))
        domus_window_select(DOMUS_WINDOW(parent), path);
    if (domain)
        domus_application_open_console(self->app, domain);
    gtk_widget_destroy(GTK_WIDGET(self));
}

static void on_apply(DomusNewMachineDialog *self)
{
    struct new_machine m = { 0 };

    fill(self, &m);
    gtk_widget_hide(GTK_WIDGET(self->failure));
    gtk_widget_show(self->progress_page);
    gtk_widget_set_sensitive(GTK_WIDGET(self), FALSE);
    new_machine_job_start(domus_application_client(self->app), &m, on_progress, on_made,
                          G_OBJECT(self));
    new_machine_clear(&m);
}

static void fill_networks(DomusNewMachineDialog *self)
{
    GtkComboBoxText *box = GTK_COMBO_BOX_TEXT(self->network);
    const char *const *bridge = bus_host_get_bridges(host_of(self));

    for (; bridge && *bridge; bridge++) {
        g_autofree char *text = g_strdup_printf(_("Bridge %s"), *bridge);

        gtk_combo_box_text_append(box, *bridge, text);
    }
    gtk_combo_box_set_active(self->network, 0);
}

static void set_defaults(DomusNewMachineDialog *self)
{
    g_autofree char *kernel = NULL, *ramdisk = NULL, *user = NULL;

    self->bundled = g_settings_get_string(domus_application_settings(self->app), "bundled-image");
    media_find_installer(&kernel, &ramdisk);
    domus_path_entry_set(self->installer_kernel, kernel);
    domus_path_entry_set(self->installer_ramdisk, ramdisk);
    user = user_of(self, self->bundled);
    if (user || !g_file_test(self->bundled, G_FILE_TEST_EXISTS)) {
        gtk_widget_set_sensitive(GTK_WIDGET(self->media_bundled), user != NULL);
        gtk_toggle_button_set_active(kernel ? self->media_installer : self->media_disk, TRUE);
    }
    gtk_spin_button_set_range(self->memory, 64,
                              (double)(bus_host_get_memory_total(host_of(self)) >> 10));
    gtk_spin_button_set_range(self->vcpus, 1, 4.0 * MAX(bus_host_get_cpus(host_of(self)), 1));
    gtk_spin_button_set_value(self->vcpus, MIN(MAX(bus_host_get_cpus(host_of(self)), 1), 2));
    fill_networks(self);
}

/* A disk that was chosen as the medium needs no page of its own. */
static gint next_page(gint page, gpointer opaque)
{
    DomusNewMachineDialog *self = opaque;
    gboolean given = media_of(self) == MEDIA_BUNDLED || media_of(self) == MEDIA_DISK;

    return page == 1 && given ? 3 : page + 1;
}

/* GTK calls the button Apply; there is no other way to its label. */
static void name_create_button(GtkWidget *widget, gpointer opaque)
{
    const char *label = GTK_IS_BUTTON(widget) ? gtk_button_get_label(GTK_BUTTON(widget)) : NULL;

    if (label && !strcmp(label, g_dgettext("gtk30", "_Apply")))
        gtk_button_set_label(GTK_BUTTON(widget), _("C_reate"));
    else if (GTK_IS_CONTAINER(widget))
        gtk_container_forall(GTK_CONTAINER(widget), name_create_button, opaque);
}

static void domus_new_machine_dialog_dispose(GObject *object)
{
    DomusNewMachineDialog *self = DOMUS_NEW_MACHINE_DIALOG(object);

    g_cancellable_cancel(self->cancel);
    G_OBJECT_CLASS(domus_new_machine_dialog_parent_class)->dispose(object);
}

static void domus_new_machine_dialog_finalize(GObject *object)
{
    DomusNewMachineDialog *self = DOMUS_NEW_MACHINE_DIALOG(object);

    g_clear_object(&self->cancel);
    g_free(self->bundled);
    g_free(self->recognised_name);
    G_OBJECT_CLASS(domus_new_machine_dialog_parent_class)->finalize(object);
}

static void bind_children(GtkWidgetClass *w)
{
    static const struct {
        const char *name;
        gssize offset;
    } children[] = {
#define CHILD(name) { #name, G_STRUCT_OFFSET(DomusNewMachineDialog, name) }
        CHILD(media_bundled),
        CHILD(media_installer),
        CHILD(media_disk),
        CHILD(media_kernel),
        CHILD(media_iso),
        CHILD(media_details),
        CHILD(installer_kernel),
        CHILD(installer_ramdisk),
        CHILD(image),
        CHILD(kernel),
        CHILD(ramdisk),
        CHILD(iso),
        CHILD(existing_disk),
        CHILD(options),
        CHILD(name),
        CHILD(kind),
        CHILD(disk),
        CHILD(network),
        CHILD(screen),
        CHILD(memory),
        CHILD(vcpus),
        CHILD(disk_size),
        CHILD(recognised),
        CHILD(media_problem),
        CHILD(machine_problem),
        CHILD(memory_hint),
        CHILD(summary),
        CHILD(failure),
        CHILD(disk_hint),
        CHILD(media_page),
        CHILD(machine_page),
        CHILD(disk_page),
        CHILD(summary_page),
        CHILD(progress_page),
        CHILD(progress),
        CHILD(step),
#undef CHILD
    };
    gsize i;

    for (i = 0; i < G_N_ELEMENTS(children); i++)
        gtk_widget_class_bind_template_child_full(w, children[i].name, FALSE, children[i].offset);
}

static void domus_new_machine_dialog_class_init(DomusNewMachineDialogClass *class)
{
    GtkWidgetClass *w = GTK_WIDGET_CLASS(class);

    g_type_ensure(DOMUS_TYPE_PATH_ENTRY);
    G_OBJECT_CLASS(class)->dispose = domus_new_machine_dialog_dispose;
    G_OBJECT_CLASS(class)->finalize = domus_new_machine_dialog_finalize;
    gtk_widget_class_set_template_from_resource(w, "/org/domus1/Manager/ui/new-machine-dialog.ui");
    bind_children(w);
    gtk_widget_class_bind_template_callback(w, on_media);
    gtk_widget_class_bind_template_callback(w, on_iso);
    gtk_widget_class_bind_template_callback(w, update);
    gtk_widget_class_bind_template_callback(w, on_name_key);
    gtk_widget_class_bind_template_callback(w, on_prepare);
    gtk_widget_class_bind_template_callback(w, on_apply);
}

static void domus_new_machine_dialog_init(DomusNewMachineDialog *self)
{
    self->cancel = g_cancellable_new();
    self->app = DOMUS_APPLICATION(g_application_get_default());
    self->bundled = g_strdup("");
    gtk_widget_init_template(GTK_WIDGET(self));
    access_name_by_tooltips(GTK_WIDGET(self));
}

void domus_new_machine_dialog_show(DomusApplication *app, GtkWindow *parent)
{
    DomusNewMachineDialog *self = g_object_new(DOMUS_TYPE_NEW_MACHINE_DIALOG, "use-header-bar", 1,
                                               "transient-for", parent, "modal", TRUE,
                                               "application", app, NULL);

    g_free(self->bundled);
    set_defaults(self);
    on_media(self);
    gtk_assistant_set_forward_page_func(GTK_ASSISTANT(self), next_page, self, NULL);
    name_create_button(gtk_window_get_titlebar(GTK_WINDOW(self)), NULL);
    g_signal_connect(self, "cancel", G_CALLBACK(gtk_widget_destroy), NULL);
    gtk_window_present(GTK_WINDOW(self));
}
