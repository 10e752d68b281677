/* SPDX-License-Identifier: GPL-2.0-or-later */
/* States, sizes, times and errors in words. */
#include <gui/model/words.h>

#include <gio/gio.h>
#include <glib/gi18n.h>

struct pair {
    const char *name, *words;
};

static const char *find(const struct pair *pairs, gsize n, const char *name)
{
    gsize i;

    for (i = 0; i < n; i++)
        if (!g_strcmp0(pairs[i].name, name))
            return _(pairs[i].words);
    return NULL;
}

const char *words_state(const char *state)
{
    static const struct pair pairs[] = {
        { "off", N_("Off") },           { "saved", N_("Saved") },
        { "starting", N_("Starting") }, { "running", N_("Running") },
        { "paused", N_("Paused") },     { "stopping", N_("Shutting down") },
        { "saving", N_("Saving") },     { "restoring", N_("Restoring") },
        { "crashed", N_("Crashed") },   { "dying", N_("Ending") },
    };
    const char *words = find(pairs, G_N_ELEMENTS(pairs), state);

    return words ? words : _("Unknown");
}

char *words_kib(guint64 kib)
{
    if (kib < 1024)
        return g_strdup_printf("%" G_GUINT64_FORMAT " KiB", kib);
    if (kib < 10 * 1024 * 1024 && kib % (1024 * 1024) && kib < 1024 * 1024)
        return g_strdup_printf("%" G_GUINT64_FORMAT " MiB", kib / 1024);
    return g_strdup_printf(kib % (1024 * 1024) ? "%.1f GiB" : "%.0f GiB",
                           (double)kib / (1024 * 1024));
}

char *words_seconds(gint64 seconds)
{
    if (seconds < 60)
        return g_strdup_printf(_("%d s"), (int)MAX(seconds, 0));
    if (seconds < 3600)
        return g_strdup_printf(_("%d min"), (int)(seconds / 60));
    if (seconds < 48 * 3600)
        return g_strdup_printf(_("%d h %d min"), (int)(seconds / 3600), (int)(seconds % 3600 / 60));
    return g_strdup_printf(_("%d days"), (int)(seconds / 86400));
}

const char *words_error_title(const char *error_name)
{
    static const struct pair pairs[] = {
        { "org.domus1.Error.NotFound", N_("Something that is needed is not there") },
        { "org.domus1.Error.Exists", N_("This exists already") },
        { "org.domus1.Error.NoMemory", N_("There is not enough memory") },
        { "org.domus1.Error.NotSupported", N_("This is not possible on this computer") },
        { "org.domus1.Error.TimedOut", N_("It took too long") },
        { "org.domus1.Error.Cancelled", N_("It was cancelled") },
        { "org.domus1.Error.InvalidConfig", N_("The configuration has a mistake") },
        { "org.domus1.Error.InvalidArgument", N_("A value is not allowed") },
        { "org.domus1.Error.WrongState", N_("This cannot be done now") },
        { "org.domus1.Error.NotAuthorized", N_("You are not allowed to do this") },
        { "org.freedesktop.DBus.Error.ServiceUnknown", N_("The Domus service does not run") },
        { "org.freedesktop.DBus.Error.NoReply", N_("The Domus service does not answer") },
    };
    const char *words = find(pairs, G_N_ELEMENTS(pairs), error_name);

    return words ? words : _("It did not work");
}

char *words_error(const GError *error, char **name)
{
    g_autoptr(GError) copy = g_error_copy(error);

    *name = g_dbus_error_get_remote_error(error);
    g_dbus_error_strip_remote_error(copy);
    return g_strdup(copy->message);
}
