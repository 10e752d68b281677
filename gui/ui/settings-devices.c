/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows for devices are made in code, since their number is the machine's. */
#include "settings-devices.h"

#include <glib/gi18n.h>
#include <gui/model/new-machine.h>
#include <string.h>

#include "access.h"
#include "path-entry.h"

static const char *lookup(GVariant *device, const char *key)
{
    const char *value = "";

    g_variant_lookup(device, key, "&s", &value);
    return value;
}

static void set_domain(GtkWidget *widget, DomusDomain *domain)
{
    g_object_set_data_full(G_OBJECT(widget), "domain", g_object_ref(domain), g_object_unref);
}

static DomusDomain *domain_of(GtkWidget *widget)
{
    return g_object_get_data(G_OBJECT(widget), "domain");
}

static void on_detach_disk(GtkWidget *button)
{
    domus_domain_call(
        domain_of(button), "DetachDisk",
        g_variant_new("(sbb)", g_object_get_data(G_OBJECT(button), "which"), FALSE, TRUE));
}

static void on_detach_nic(GtkWidget *button)
{
    domus_domain_call(
        domain_of(button), "DetachNic",
        g_variant_new("(sbb)", g_object_get_data(G_OBJECT(button), "which"), FALSE, TRUE));
}

static GtkWidget *add_row(GtkBox *box, const char *text)
{
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 8);
    GtkWidget *label = gtk_label_new(text);

    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_MIDDLE);
    gtk_box_pack_start(GTK_BOX(row), label, TRUE, TRUE, 0);
    gtk_box_pack_start(box, row, FALSE, FALSE, 0);
    return row;
}

static void add_remove(GtkWidget *row, DomusDomain *domain, const char *which, GCallback detach)
{
    GtkWidget *button = gtk_button_new_with_label(_("Remove"));
    g_autofree char *name = g_strdup_printf(_("Remove %s"), which);

    access_set_name(button, name);
    set_domain(button, domain);
    g_object_set_data_full(G_OBJECT(button), "which", g_strdup(which), g_free);
    g_signal_connect(button, "clicked", detach, NULL);
    gtk_box_pack_end(GTK_BOX(row), button, FALSE, FALSE, 0);
}

static void on_medium(GtkWidget *button)
{
    DomusPathEntry *path = g_object_get_data(G_OBJECT(button), "path");

    domus_domain_call(domain_of(button), "ChangeMedium",
                      g_variant_new("(ssb)", g_object_get_data(G_OBJECT(button), "which"),
                                    domus_path_entry_get(path), TRUE));
}

/* A drive: what is in it, to be changed; nothing is an empty drive. */
static void add_medium(GtkBox *box, DomusDomain *domain, GVariant *disk)
{
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 8);
    GtkWidget *path = g_object_new(DOMUS_TYPE_PATH_ENTRY, "title", _("Medium in the drive"), NULL);
    GtkWidget *button = gtk_button_new_with_label(_("Change Medium"));

    domus_path_entry_set(DOMUS_PATH_ENTRY(path), lookup(disk, "target"));
    set_domain(button, domain);
    g_object_set_data(G_OBJECT(button), "path", path);
    g_object_set_data_full(G_OBJECT(button), "which", g_strdup(lookup(disk, "vdev")), g_free);
    g_signal_connect(button, "clicked", G_CALLBACK(on_medium), NULL);
    gtk_box_pack_start(GTK_BOX(row), path, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(row), button, FALSE, FALSE, 0);
    gtk_box_pack_start(box, row, FALSE, FALSE, 0);
}

/* The first of xvda, xvdb... that no disk has; the caller frees it. */
static char *free_vdev(DomusDomain *domain)
{
    GVariant *disks = bus_machine_get_disks(domus_domain_machine(domain));
    char letter;

    for (letter = 'a'; letter < 'z'; letter++) {
        g_autofree char *name = g_strdup_printf("xvd%c", letter);
        gsize i;

        for (i = 0; i < g_variant_n_children(disks); i++) {
            g_autoptr(GVariant) disk = g_variant_get_child_value(disks, i);

            if (!strcmp(lookup(disk, "vdev"), name))
                break;
        }
        if (i == g_variant_n_children(disks))
            return g_steal_pointer(&name);
    }
    return g_strdup("xvdz");
}

static void on_attach_disk(GtkWidget *button)
{
    DomusDomain *domain = domain_of(button);
    const char *path = domus_path_entry_get(g_object_get_data(G_OBJECT(button), "path"));
    g_autofree char *vdev = free_vdev(domain);
    g_autofree char *spec = g_strdup_printf("format=%s, vdev=%s, access=rw, target=%s",
                                            new_machine_format(path), vdev, path);

    if (*path)
        domus_domain_call(domain, "AttachDisk", g_variant_new("(sb)", spec, TRUE));
}

static void on_attach_nic(GtkWidget *button)
{
    domus_domain_call(domain_of(button), "AttachNic", g_variant_new("(sb)", "", TRUE));
}

static void add_disk_adder(GtkBox *box, DomusDomain *domain)
{
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 8);
    GtkWidget *path = g_object_new(DOMUS_TYPE_PATH_ENTRY, "title", _("Image of a new disk"), NULL);
    GtkWidget *button = gtk_button_new_with_label(_("Add Disk"));

    set_domain(button, domain);
    g_object_set_data(G_OBJECT(button), "path", path);
    g_signal_connect(button, "clicked", G_CALLBACK(on_attach_disk), NULL);
    gtk_box_pack_start(GTK_BOX(row), path, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(row), button, FALSE, FALSE, 0);
    gtk_box_pack_end(box, row, FALSE, FALSE, 0);
}

static void fill_disks(GtkBox *box, DomusDomain *domain)
{
    GVariant *disks = bus_machine_get_disks(domus_domain_machine(domain));
    gsize i;

    for (i = 0; disks && i < g_variant_n_children(disks); i++) {
        g_autoptr(GVariant) disk = g_variant_get_child_value(disks, i);
        gboolean cdrom = FALSE;
        g_autofree char *text = g_strdup_printf("%s – %s (%s)", lookup(disk, "vdev"),
                                                lookup(disk, "target"), lookup(disk, "format"));

        g_variant_lookup(disk, "cdrom", "b", &cdrom);
        add_remove(add_row(box, text), domain, lookup(disk, "vdev"), G_CALLBACK(on_detach_disk));
        if (cdrom)
            add_medium(box, domain, disk);
    }
    if (disks)
        add_disk_adder(box, domain);
}

static void fill_nics(GtkBox *box, DomusDomain *domain)
{
    GVariant *nics = bus_machine_get_nics(domus_domain_machine(domain));
    GtkWidget *button = gtk_button_new_with_label(_("Add Network Card"));
    gsize i;

    for (i = 0; nics && i < g_variant_n_children(nics); i++) {
        g_autoptr(GVariant) nic = g_variant_get_child_value(nics, i);
        const char *bridge = lookup(nic, "bridge");
        g_autofree char *text = g_strdup_printf("%s – %s", *bridge ? bridge : _("Default"),
                                                lookup(nic, "mac"));
        guint32 id = 0;
        g_autofree char *which = NULL;

        g_variant_lookup(nic, "devid", "u", &id);
        which = *lookup(nic, "mac") ? g_strdup(lookup(nic, "mac")) : g_strdup_printf("%u", id);
        add_remove(add_row(box, text), domain, which, G_CALLBACK(on_detach_nic));
    }
    set_domain(button, domain);
    gtk_widget_set_halign(button, GTK_ALIGN_START);
    g_signal_connect(button, "clicked", G_CALLBACK(on_attach_nic), NULL);
    gtk_box_pack_end(box, button, FALSE, FALSE, 0);
}

static void clear(GtkBox *box)
{
    gtk_container_foreach(GTK_CONTAINER(box), (GtkCallback)(void (*)(void))gtk_widget_destroy,
                          NULL);
}

void settings_devices_fill(GtkBox *disks, GtkBox *nics, DomusDomain *domain)
{
    clear(disks);
    clear(nics);
    fill_disks(disks, domain);
    fill_nics(nics, domain);
    gtk_widget_show_all(GTK_WIDGET(disks));
    gtk_widget_show_all(GTK_WIDGET(nics));
}
