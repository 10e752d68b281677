/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls that change a machine's configuration: what holds from its next start. */
#include <dom0/toolstack/config-text.h>

#include "private.h"

char *config_print_variant(GVariant *value)
{
    GVariantIter iter;
    GString *out;
    GVariant *item;
    const char *sign;

    if (g_variant_is_of_type(value, G_VARIANT_TYPE_VARIANT)) {
        g_autoptr(GVariant) inner = g_variant_get_variant(value);

        return config_print_variant(inner);
    }
    if (g_variant_is_of_type(value, G_VARIANT_TYPE_STRING))
        return config_text_quote(g_variant_get_string(value, NULL));
    if (g_variant_is_of_type(value, G_VARIANT_TYPE_BOOLEAN))
        return g_strdup(g_variant_get_boolean(value) ? "1" : "0");
    if (!g_variant_is_of_type(value, G_VARIANT_TYPE_ARRAY)) {
        if (!strchr("ynqiuxt", g_variant_get_type_string(value)[0]))
            return NULL;
        return g_variant_print(value, FALSE);
    }
    out = g_string_new("[ ");
    sign = "";
    g_variant_iter_init(&iter, value);
    while ((item = g_variant_iter_next_value(&iter))) {
        g_autofree char *text = config_print_variant(item);

        g_variant_unref(item);
        if (!text) {
            g_string_free(out, TRUE);
            return NULL;
        }
        g_string_append_printf(out, "%s%s", sign, text);
        sign = ", ";
    }
    g_string_append(out, " ]");
    return g_string_free(out, FALSE);
}

bool machine_take_text(struct machine *m, const char *text, GPtrArray *notes, GError **error)
{
    struct machine_config *config = machine_config_parse(text, strlen(text), m->name, notes, error);

    if (!config)
        return false;
    if (strcmp(config->name, m->name)) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_INVALID_ARGUMENT,
                    "%s: name: is %s in the new configuration; Rename changes names", m->name,
                    config->name);
        machine_config_free(config);
        return false;
    }
    if (!config->uuid_given) {
        g_autofree char *quoted = g_strdup_printf("\"%s\"", m->uuid);
        char *with = config_text_set(text, "uuid", quoted, NULL);

        machine_config_free(config);
        machine_set_config(m, with, machine_config_parse(with, strlen(with), m->name, NULL, NULL));
    } else {
        machine_set_config(m, g_strdup(text), config);
    }
    if (!machine_write_config(m, error))
        return false;
    machine_publish(m);
    return true;
}

bool machine_set_value(struct machine *m, const char *key, const char *value, GError **error)
{
    g_autofree char *text = config_text_set(m->config_text, key, value, error);

    return text && machine_take_text(m, text, NULL, error);
}

static gboolean on_set_config(BusMachine *bus, GDBusMethodInvocation *invocation, const char *text,
                              struct machine *m)
{
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    GError *error = NULL;

    if (!machine_take_text(m, text, notes, &error))
        return answer_error(invocation, error);
    g_ptr_array_add(notes, NULL);
    bus_machine_complete_set_config(bus, invocation, (const char *const *)notes->pdata);
    return TRUE;
}

char *config_with_values(const char *text, GVariant *values, GError **error)
{
    char *result = g_strdup(text);
    GVariantIter iter;
    const char *key;
    GVariant *value;

    g_variant_iter_init(&iter, values);
    while (result && g_variant_iter_loop(&iter, "{&sv}", &key, &value)) {
        g_autofree char *old = result, *printed = config_print_variant(value);
        bool remove = g_variant_is_of_type(value, G_VARIANT_TYPE_STRING) &&
                      !*g_variant_get_string(value, NULL);

        if (printed) {
            result = config_text_set(old, key, remove ? NULL : printed, error);
        } else {
            result = NULL;
            g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_INVALID_ARGUMENT,
                        "%s: a value of type %s; texts, numbers, booleans and lists are allowed",
                        key, g_variant_get_type_string(value));
        }
        if (!result) {
            g_variant_unref(value);
            break;
        }
    }
    return result;
}

static gboolean on_set_values(BusMachine *bus, GDBusMethodInvocation *invocation, GVariant *values,
                              struct machine *m)
{
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    GError *error = NULL;
    g_autofree char *text = config_with_values(m->config_text, values, &error);

    if (!text || !machine_take_text(m, text, notes, &error))
        return answer_error(invocation, error);
    g_ptr_array_add(notes, NULL);
    bus_machine_complete_set_config_values(bus, invocation, (const char *const *)notes->pdata);
    return TRUE;
}

static gboolean on_set_autostart(BusMachine *bus, GDBusMethodInvocation *invocation, gboolean on,
                                 guint order, guint delay, struct machine *m)
{
    g_autofree char *o = order ? g_strdup_printf("%u", order) : NULL;
    g_autofree char *w = delay ? g_strdup_printf("%u", delay) : NULL;
    GError *error = NULL;

    if (!m->defined)
        return answer_code(invocation, DAEMON_ERROR_WRONG_STATE,
                           "%s: is known only while it runs; "
                           "define it first",
                           m->name);
    if (!machine_set_value(m, "domus_autostart", on ? "1" : NULL, &error) ||
        !machine_set_value(m, "domus_autostart_order", o, &error) ||
        !machine_set_value(m, "domus_autostart_delay", w, &error))
        return answer_error(invocation, error);
    bus_machine_complete_set_autostart(bus, invocation);
    return TRUE;
}

static gboolean on_set_notes(BusMachine *bus, GDBusMethodInvocation *invocation, const char *notes,
                             struct machine *m)
{
    g_autofree char *quoted = config_text_quote(notes);
    GError *error = NULL;

    if (!machine_set_value(m, "domus_notes", *notes ? quoted : NULL, &error))
        return answer_error(invocation, error);
    bus_machine_complete_set_notes(bus, invocation);
    return TRUE;
}

static gboolean on_rename(BusMachine *bus, GDBusMethodInvocation *invocation, const char *name,
                          struct machine *m)
{
    struct backend *b = m->daemon->backend;
    g_autofree char *quoted = config_text_quote(name), *text = NULL, *with_name = NULL;
    struct machine_config *config;
    GError *error = NULL;

    if (!m->domid || m->job)
        return answer_code(invocation, DAEMON_ERROR_WRONG_STATE, "%s: cannot be renamed now",
                           m->name);
    if (machine_find(m->daemon, name) && machine_find(m->daemon, name) != m)
        return answer_code(invocation, DAEMON_ERROR_EXISTS, "the name %s is taken", name);
    text = config_text_set(m->config ? m->config_text : "kernel='/'\nmemory=1\n", "name", quoted,
                           &error);
    config = text ? machine_config_parse(text, strlen(text), m->name, NULL, &error) : NULL;
    if (!config)
        return answer_error(invocation, error);
    if (machine_is_running(m) && !b->ops->rename(b->ts, (uint32_t)m->domid, name, &error)) {
        machine_config_free(config);
        return answer_error(invocation, error);
    }
    if (m->config) {
        machine_config_free(m->config);
        g_free(m->config_text);
        m->config = config;
        m->config_text = g_steal_pointer(&text);
    } else {
        machine_config_free(config);
    }
    if (m->running_text) {
        with_name = config_text_set(m->running_text, "name", quoted, NULL);
        g_free(m->running_text);
        m->running_text = g_steal_pointer(&with_name);
    }
    if (!machine_rename_config(m, name, &error))
        return answer_error(invocation, error);
    if (machine_is_running(m))
        machine_write_running(m);
    refresh(m->daemon);
    machine_publish(m);
    bus_machine_complete_rename(bus, invocation);
    return TRUE;
}

void machine_config_connect(struct machine *m)
{
    g_signal_connect(m->bus, "handle-set-config", G_CALLBACK(on_set_config), m);
    g_signal_connect(m->bus, "handle-set-config-values", G_CALLBACK(on_set_values), m);
    g_signal_connect(m->bus, "handle-set-autostart", G_CALLBACK(on_set_autostart), m);
    g_signal_connect(m->bus, "handle-set-notes", G_CALLBACK(on_set_notes), m);
    g_signal_connect(m->bus, "handle-rename", G_CALLBACK(on_rename), m);
    g_signal_connect(m->bus, "handle-statistics", G_CALLBACK(statistics_machine), m);
}
