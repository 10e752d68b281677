/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domusd.conf: groups of KEY=VALUE lines, checked as a whole before anything starts. */
#include <dom0/daemon/settings.h>

#include <string.h>

#define DEFAULT_PATH  "/etc/domus/domusd.conf"
#define FLOOR_MIN_MIB 128
#define FLOOR_MAX_MIB (1U << 24)

static bool complain(GError **error, const char *path, const char *what)
{
    g_set_error(error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE, "%s: %s", path, what);
    return false;
}

/* A misspelt key would silently do nothing. */
static bool check_keys(GKeyFile *file, const char *path, GError **error)
{
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);

    for (char **group = groups; *group; group++) {
        g_auto(GStrv) keys = g_key_file_get_keys(file, *group, NULL, NULL);

        for (char **key = keys; key && *key; key++) {
            g_autofree char *what = NULL;

            if (!strcmp(*group, "memory") && !strcmp(*key, "dom0-floor"))
                continue;
            what = g_strdup_printf("[%s] %s is not known; [memory] dom0-floor is", *group, *key);
            return complain(error, path, what);
        }
    }
    return true;
}

static bool take_floor(GKeyFile *file, const char *path, struct settings *settings, GError **error)
{
    g_autofree char *text = g_key_file_get_string(file, "memory", "dom0-floor", NULL);
    guint64 mib;

    if (!text)
        return true;
    if (!g_ascii_string_to_unsigned(text, 10, FLOOR_MIN_MIB, FLOOR_MAX_MIB, &mib, NULL))
        return complain(error, path, "[memory] dom0-floor is a number of MiB from 128 on");
    settings->dom0_floor_kib = mib << 10;
    return true;
}

bool settings_load(const char *path, struct settings *settings, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) why = NULL;

    *settings = (struct settings){ 0 };
    path = path ? path : DEFAULT_PATH;
    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &why))
        return g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOENT) ||
               complain(error, path, why->message);
    return check_keys(file, path, error) && take_floor(file, path, settings, error);
}
