/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the wizard's answers to a configuration, and the numbers it checks. */
#include <gui/model/new-machine.h>
#include <gui/model/words.h>

#include <glib/gi18n.h>
#include <string.h>

#define GRUB_PV  "/usr/lib/grub-xen/grub-x86_64-xen.bin"
#define GRUB_PVH "/usr/lib/grub-xen/grub-i386-xen_pvh.bin"

void new_machine_clear(struct new_machine *m)
{
    g_free(m->name);
    g_free(m->kind);
    g_free(m->disk_path);
    g_free(m->kernel);
    g_free(m->ramdisk);
    g_free(m->options);
    g_free(m->iso);
    g_free(m->bridge);
    memset(m, 0, sizeof(*m));
}

/* xl.cfg has two kinds of quotes and no escapes that all readers know; what has both is refused. */
static void add_string(GString *out, const char *key, const char *value)
{
    char quote = strchr(value, '"') ? '\'' : '"';

    g_string_append_printf(out, "%s = %c%s%c\n", key, quote, value, quote);
}

static void add_kernel(GString *out, const struct new_machine *m, gboolean direct)
{
    g_autofree char *options = NULL;

    if (!direct) {
        add_string(out, "kernel", g_strcmp0(m->kind, "pvh") ? GRUB_PV : GRUB_PVH);
        return;
    }
    add_string(out, "kernel", m->kernel);
    if (m->ramdisk && *m->ramdisk)
        add_string(out, "ramdisk", m->ramdisk);
    options = g_strdup_printf("%s%sconsole=tty0 console=hvc0 xen-fbfront.video=%u,%u,%u",
                              m->options ? m->options : "", m->options && *m->options ? " " : "",
                              (m->width * m->height * 4 + (1 << 20) - 1) >> 20, m->width,
                              m->height);
    add_string(out, "extra", options);
}

static const char *disk_format(const struct new_machine *m)
{
    if (m->disk == DISK_EXISTING)
        return new_machine_format(m->disk_path);
    return m->disk == DISK_NEW_QCOW2 ? "qcow2" : "raw";
}

static void add_disks(GString *out, const struct new_machine *m)
{
    g_autofree char *disk = NULL, *cd = NULL;

    if (m->disk != DISK_NONE && m->disk_path)
        disk = g_strdup_printf("'format=%s, vdev=xvda, access=rw, target=%s'", disk_format(m),
                               m->disk_path);
    if (m->media == MEDIA_ISO && m->iso)
        cd = g_strdup_printf("'format=raw, vdev=hdc, devtype=cdrom, access=ro, target=%s'", m->iso);
    g_string_append_printf(out, "disk = [%s%s%s]\n", disk ? disk : "", disk && cd ? ", " : "",
                           cd ? cd : "");
}

char *new_machine_config(const struct new_machine *m, gboolean installing)
{
    GString *out = g_string_new(NULL);

    add_string(out, "name", m->name);
    add_string(out, "type", m->kind ? m->kind : "pv");
    if (m->media == MEDIA_KERNEL || installing)
        add_kernel(out, m, TRUE);
    else if (g_strcmp0(m->kind, "hvm"))
        add_kernel(out, m, FALSE);
    g_string_append_printf(out, "memory = %u\nvcpus = %u\n", m->memory_mib, m->vcpus);
    add_disks(out, m);
    if (m->network && m->bridge && *m->bridge)
        g_string_append_printf(out, "vif = ['bridge=%s']\n", m->bridge);
    else
        g_string_append(out, m->network ? "vif = ['']\n" : "vif = []\n");
    g_string_append(out, "vfb = ['vnc=1']\n");
    if (installing)
        g_string_append(out, "on_reboot = \"destroy\"\n");
    return g_string_free(out, FALSE);
}

gboolean new_machine_fits(guint64 memory_kib, guint64 available_kib, char **problem)
{
    g_autofree char *wanted = NULL, *there = NULL, *missing = NULL;

    *problem = NULL;
    if (memory_kib <= available_kib)
        return TRUE;
    wanted = words_kib(memory_kib);
    there = words_kib(available_kib / 1024 * 1024);
    missing = words_kib((memory_kib - available_kib + 1023) / 1024 * 1024);
    *problem = g_strdup_printf(_("%s do not fit: a new machine can have %s now. Take %s less, or "
                                 "switch off another machine."),
                               wanted, there, missing);
    return FALSE;
}

unsigned new_machine_memory(enum new_media media, guint64 available_kib)
{
    static const unsigned steps[] = { 4096, 2048, 1024, 768, 512, 384, 256, 192, 128 };
    unsigned best = media == MEDIA_BUNDLED ? 512 : media == MEDIA_ISO ? 4096 : 2048;
    gsize i;

    /* at most half of what is there, so that a second machine and the desktop have room */
    for (i = 0; i < G_N_ELEMENTS(steps); i++)
        if (steps[i] <= best && (guint64)steps[i] * 2 * 1024 <= available_kib)
            return steps[i];
    return 128;
}

const char *new_machine_name_problem(const char *name)
{
    const char *p;

    if (!*name)
        return _("A machine needs a name.");
    for (p = name; g_ascii_isalnum(*p) || (*p && strchr("-_.+:@ ", *p)); p++)
        ;
    if (*p)
        return _("Letters, digits, spaces and - _ . + : @ can be used.");
    if (p - name > 64)
        return _("A name has at most 64 letters.");
    if (strchr(".- ", *name) || p[-1] == ' ')
        return _("A name cannot begin with a dot, a dash or a space, nor end with a space.");
    return strspn(name, "0123456789") == (gsize)(p - name) ? _("A name cannot be a number.") : NULL;
}

char *new_machine_free_name(const char *base, gboolean (*taken)(const char *name, gpointer opaque),
                            gpointer opaque)
{
    char *name = g_strdup(base);
    unsigned i;

    for (i = 2; taken(name, opaque); i++) {
        g_free(name);
        name = g_strdup_printf("%s-%u", base, i);
    }
    return name;
}

const char *new_machine_format(const char *path)
{
    static const char *const formats[][2] = {
        { ".qcow2", "qcow2" }, { ".vmdk", "vmdk" }, { ".vhdx", "vhdx" }, { ".vhd", "vpc" }
    };
    gsize i;

    for (i = 0; path && i < G_N_ELEMENTS(formats); i++)
        if (g_str_has_suffix(path, formats[i][0]))
            return formats[i][1];
    return "raw";
}
