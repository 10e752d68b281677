/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors and how they are called on the bus. */
#include "private.h"

#define NAME(word) "org.domus1.Error." word

static const GDBusErrorEntry toolstack_entries[] = {
    { TOOLSTACK_ERROR_FAILED, NAME("Failed") },
    { TOOLSTACK_ERROR_NO_DOMAIN, NAME("NotFound") },
    { TOOLSTACK_ERROR_EXISTS, NAME("Exists") },
    { TOOLSTACK_ERROR_NO_MEMORY, NAME("NoMemory") },
    { TOOLSTACK_ERROR_NOT_SUPPORTED, NAME("NotSupported") },
    { TOOLSTACK_ERROR_TIMEOUT, NAME("TimedOut") },
    { TOOLSTACK_ERROR_CANCELLED, NAME("Cancelled") },
};

static const char *const daemon_names[] = {
    [DAEMON_ERROR_FAILED] = NAME("Failed"),
    [DAEMON_ERROR_NOT_FOUND] = NAME("NotFound"),
    [DAEMON_ERROR_EXISTS] = NAME("Exists"),
    [DAEMON_ERROR_WRONG_STATE] = NAME("WrongState"),
    [DAEMON_ERROR_INVALID_ARGUMENT] = NAME("InvalidArgument"),
    [DAEMON_ERROR_NOT_AUTHORIZED] = NAME("NotAuthorized"),
    [DAEMON_ERROR_NOT_SUPPORTED] = NAME("NotSupported"),
};

G_DEFINE_QUARK(domus - daemon - error, daemon_error)

const char *error_name(const GError *error)
{
    size_t i;

    if (error->domain == TOOLSTACK_ERROR) {
        for (i = 0; i < G_N_ELEMENTS(toolstack_entries); i++)
            if (toolstack_entries[i].error_code == error->code)
                return toolstack_entries[i].dbus_error_name;
    }
    if (error->domain == CONFIG_ERROR)
        return NAME("InvalidConfig");
    if (error->domain == DAEMON_ERROR && error->code < (int)G_N_ELEMENTS(daemon_names))
        return daemon_names[error->code];
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return NAME("Cancelled");
    return NAME("Failed");
}

gboolean answer_error(GDBusMethodInvocation *invocation, GError *error)
{
    g_dbus_method_invocation_return_dbus_error(invocation, error_name(error), error->message);
    g_error_free(error);
    return TRUE;
}

gboolean answer_code(GDBusMethodInvocation *invocation, enum daemon_error code, const char *format,
                     ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    g_dbus_method_invocation_return_dbus_error(invocation, daemon_names[code], text);
    return TRUE;
}

bool options_check(GVariant *options, GError **error, const char *first, ...)
{
    GVariantIter iter;
    const char *key, *known;
    GVariant *value;
    bool found = true;
    va_list args;

    g_variant_iter_init(&iter, options);
    while (found && g_variant_iter_loop(&iter, "{&sv}", &key, &value)) {
        found = false;
        va_start(args, first);
        for (known = first; known && !found; known = va_arg(args, const char *))
            found = !strcmp(key, known);
        va_end(args);
        if (!found) {
            g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_INVALID_ARGUMENT,
                        "the option \"%s\" is not known", key);
            g_variant_unref(value);
            break;
        }
    }
    return found;
}
