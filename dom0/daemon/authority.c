/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may call what: polkit decides; where there is no polkit, root alone may. */
#include "private.h"

/* Methods that are not here need org.domus1.manage. */
static const char *const observe[] = { "Log",         "Statistics",        "CpuHistory",
                                       "ListPools",   "GetPoolScheduling", "CheckConfig",
                                       "FindMachine", "ListVCpus",         "GetScheduling",
                                       "ListDevices", "ConsoleLog",        NULL };
static const char *const control[] = { "Start",        "Shutdown",   "Reboot", "Pause",
                                       "Unpause",      "Destroy",    "Save",   "OpenConsole",
                                       "OpenScreen",   "ScreenFile", "Cancel", "ChangeMedium",
                                       "DiscardSaved", "Trigger",    NULL };

struct question {
    struct daemon *daemon;
    GDBusMethodInvocation *invocation;
    GDBusInterfaceSkeleton *skeleton;
    const char *action;
};

static const char *action_of(const char *method)
{
    if (g_strv_contains(observe, method))
        return "org.domus1.observe";
    if (g_strv_contains(control, method))
        return "org.domus1.control";
    return "org.domus1.manage";
}

static void refuse(struct question *q, const char *why)
{
    answer_code(q->invocation, DAEMON_ERROR_NOT_AUTHORIZED, "%s needs %s: %s",
                g_dbus_method_invocation_get_method_name(q->invocation), q->action, why);
    g_object_unref(q->skeleton);
    g_free(q);
}

/* The call goes on as if it had not been held up. */
static void allow(struct question *q)
{
    GDBusMethodInvocation *i = q->invocation;
    GDBusInterfaceVTable *vtable = g_dbus_interface_skeleton_get_vtable(q->skeleton);

    vtable->method_call(
        g_dbus_method_invocation_get_connection(i), g_dbus_method_invocation_get_sender(i),
        g_dbus_method_invocation_get_object_path(i), g_dbus_method_invocation_get_interface_name(i),
        g_dbus_method_invocation_get_method_name(i), g_dbus_method_invocation_get_parameters(i), i,
        q->skeleton);
    g_object_unref(q->skeleton);
    g_free(q);
}

static void on_uid(GObject *source, GAsyncResult *result, gpointer opaque)
{
    g_autoptr(GVariant)
        answer = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, NULL);
    guint32 uid = 1;

    if (answer)
        g_variant_get(answer, "(u)", &uid);
    if (uid == 0)
        allow(opaque);
    else
        refuse(opaque, "there is no polkit to ask, so only root may");
}

static void on_polkit(GObject *source, GAsyncResult *result, gpointer opaque)
{
    struct question *q = opaque;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant)
        answer = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    gboolean yes = FALSE, challenge = FALSE;

    if (!answer) {
        g_dbus_connection_call(
            q->daemon->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
            "GetConnectionUnixUser",
            g_variant_new("(s)", g_dbus_method_invocation_get_sender(q->invocation)),
            G_VARIANT_TYPE("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_uid, q);
        return;
    }
    g_variant_get(answer, "((bba{ss}))", &yes, &challenge, NULL);
    if (yes)
        allow(q);
    else
        refuse(q, challenge ? "nobody was there to authenticate" : "polkit refused");
}

static gboolean on_authorize(GDBusObjectSkeleton *object, GDBusInterfaceSkeleton *skeleton,
                             GDBusMethodInvocation *invocation, struct daemon *d)
{
    const char *sender = g_dbus_method_invocation_get_sender(invocation);
    GDBusMessageFlags flags = g_dbus_message_get_flags(
        g_dbus_method_invocation_get_message(invocation));
    struct question *q;
    GVariantBuilder subject, details;

    (void)object;
    if (!d->checks_authority)
        return TRUE;
    q = g_new0(struct question, 1);
    q->daemon = d;
    q->invocation = invocation;
    q->skeleton = g_object_ref(skeleton);
    q->action = action_of(g_dbus_method_invocation_get_method_name(invocation));
    g_variant_builder_init(&subject, G_VARIANT_TYPE("a{sv}"));
    g_variant_builder_add(&subject, "{sv}", "name", g_variant_new_string(sender));
    g_variant_builder_init(&details, G_VARIANT_TYPE("a{ss}"));
    g_dbus_connection_call(
        d->bus, "org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority",
        "org.freedesktop.PolicyKit1.Authority", "CheckAuthorization",
        g_variant_new("((sa{sv})sa{ss}us)", "system-bus-name", &subject, q->action, &details,
                      flags & G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION ? 1 : 0, ""),
        G_VARIANT_TYPE("((bba{ss}))"), G_DBUS_CALL_FLAGS_NONE, 120000, NULL, on_polkit, q);
    return FALSE;
}

void authority_guard(struct daemon *d, GDBusObjectSkeleton *object)
{
    g_signal_connect(object, "authorize-method", G_CALLBACK(on_authorize), d);
}
