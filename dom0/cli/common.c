/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What verbs have in common. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

/* The proxy's own D-Bus calls may take as long as the toolstack does. */
static BusMachine *proxy(const char *path, GError **error)
{
    BusMachine *machine = bus_machine_proxy_new_sync(cli.bus, G_DBUS_PROXY_FLAGS_NONE, "org.domus1",
                                                     path, NULL, error);

    if (machine)
        g_dbus_proxy_set_default_timeout(G_DBUS_PROXY(machine), 120000);
    return machine;
}

BusMachine *cli_machine(const char *what)
{
    g_autofree char *path = NULL;
    BusMachine *machine = NULL;
    GError *error = NULL;

    if (bus_manager_call_find_machine_sync(cli.manager, what, &path, NULL, &error))
        machine = proxy(path, &error);
    if (!machine)
        cli_error(error);
    return machine;
}

static gint by_domid(gconstpointer a, gconstpointer b)
{
    BusMachine *x = *(BusMachine *const *)a, *y = *(BusMachine *const *)b;
    gint i = bus_machine_get_domain_id(x), j = bus_machine_get_domain_id(y);

    if (i != j)
        return (guint)i < (guint)j ? -1 : 1; /* -1 is the last */
    return strcmp(bus_machine_get_name(x), bus_machine_get_name(y));
}

GPtrArray *cli_machines(void)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(g_object_unref);
    GError *error = NULL;
    GDBusObjectManager *objects = bus_object_manager_client_new_sync(
        cli.bus, G_DBUS_OBJECT_MANAGER_CLIENT_FLAGS_NONE, "org.domus1", "/org/domus1", NULL,
        &error);
    GList *all, *l;

    if (!objects) {
        cli_error(error);
        g_ptr_array_unref(list);
        return NULL;
    }
    all = g_dbus_object_manager_get_objects(objects);
    for (l = all; l; l = l->next) {
        BusMachine *machine = bus_object_get_machine(l->data);

        if (machine)
            g_ptr_array_add(list, machine);
    }
    g_list_free_full(all, g_object_unref);
    g_ptr_array_sort(list, by_domid);
    return list;
}

static void show_step(BusJob *job)
{
    const char *step = bus_job_get_step(job);
    double progress = bus_job_get_progress(job);

    if (cli.quiet || !isatty(2) || !step || !*step)
        return;
    if (progress >= 0)
        fprintf(stderr, "\r\033[K%3.0f%% %s", progress * 100, step);
    else
        fprintf(stderr, "\r\033[K%s", step);
}

int cli_wait(const char *path)
{
    GError *error = NULL;
    g_autoptr(BusJob) job = bus_job_proxy_new_sync(cli.bus, G_DBUS_PROXY_FLAGS_NONE, "org.domus1",
                                                   path, NULL, &error);

    if (!job)
        return cli_error(error);
    while (!g_strcmp0(bus_job_get_state(job), "running")) {
        show_step(job);
        g_main_context_iteration(NULL, TRUE);
    }
    if (!cli.quiet && isatty(2))
        fprintf(stderr, "\r\033[K");
    if (!bus_job_get_state(job))
        return cli_fail("domusd went away while it worked");
    if (!strcmp(bus_job_get_state(job), "done"))
        return 0;
    return cli_fail("%s", bus_job_get_error(job));
}

bool cli_memory(const char *text, uint64_t *kib)
{
    char *rest = NULL;
    guint64 number = g_ascii_strtoull(text, &rest, 0);
    unsigned shift;

    if (!g_ascii_isdigit(*text) || number > G_MAXUINT32)
        goto wrong;
    switch (g_ascii_tolower(*rest)) {
    case 'b':
        *kib = number >> 10;
        return !rest[1] ? true : (cli_fail("%s is no amount of memory", text), false);
    case 'k': shift = 0; break;
    case 'm':
    case '\0': shift = 10; break;
    case 'g': shift = 20; break;
    case 't': shift = 30; break;
    default: goto wrong;
    }
    if (*rest && rest[1])
        goto wrong;
    *kib = number << shift;
    return true;
wrong:
    cli_fail("%s is no amount of memory; a number of MiB, or one with b, k, m, g or t is allowed",
             text);
    return false;
}

bool cli_number(const char *text, unsigned *number)
{
    char *rest = NULL;
    guint64 value = g_ascii_strtoull(text, &rest, 0);

    if (!g_ascii_isdigit(*text) || *rest || value > G_MAXINT32) {
        cli_fail("%s is no number", text);
        return false;
    }
    *number = (unsigned)value;
    return true;
}

GVariant *cli_cpus(const char *text)
{
    g_auto(GStrv) items = g_strsplit(text, ",", -1);
    GVariantBuilder list;
    char **item;

    g_variant_builder_init(&list, G_VARIANT_TYPE("au"));
    for (item = items; *item; item++) {
        unsigned first, last, i;
        char *dash = strchr(*item, '-');

        if (dash)
            *dash = '\0';
        if (!cli_number(*item, &first) || !cli_number(dash ? dash + 1 : *item, &last) ||
            last > 4095) {
            g_variant_builder_clear(&list);
            return NULL;
        }
        for (i = first; i <= last; i++)
            g_variant_builder_add(&list, "u", i);
    }
    return g_variant_builder_end(&list);
}

GVariant *cli_no_options(void)
{
    return g_variant_new_array(G_VARIANT_TYPE("{sv}"), NULL, 0);
}
