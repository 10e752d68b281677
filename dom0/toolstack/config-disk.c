/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One item of disk= (xl-disk-configuration(5)): positional, by key, and in the deprecated form. */
#include <string.h>

#include "config-private.h"

enum position { TARGET, FORMAT, VDEV, ACCESS, N_POSITIONS };

static const char *const position_names[] = { "target", "format", "vdev", "access" };

/* What was read so far; values point into the parts. */
struct disk_spec {
    struct key_context *ctx;
    char *given[N_POSITIONS];
    bool deprecated; /* began with a prefix: target,vdev,access */
    bool cdrom;
    enum disk_format format;
    struct disk_config *disk;
};

static const struct {
    const char *name;
    enum disk_format format;
} formats[] = {
    { "raw", DISK_RAW },   { "aio", DISK_RAW }, { "qcow2", DISK_QCOW2 }, { "vmdk", DISK_VMDK },
    { "vhdx", DISK_VHDX }, { "vhd", DISK_VPC }, { "qed", DISK_QED },
};

static int format_find(const char *name, size_t length)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(formats); i++)
        if (strlen(formats[i].name) == length && !strncmp(formats[i].name, name, length))
            return (int)i;
    return -1;
}

char **config_split_spec(const char *spec)
{
    char **parts = g_strsplit(spec, ",", -1), **p;

    for (p = parts; *p; p++)
        g_strstrip(*p);
    return parts;
}

void config_split_pair(char *part, char **key, char **value)
{
    char *equals = strchr(part, '=');

    *key = part;
    *value = NULL;
    if (equals) {
        *equals = '\0';
        *key = g_strstrip(part);
        *value = g_strstrip(equals + 1);
    }
}

/* xvda, sdb3, hdc, d0p1, or the number itself (xen-vbd-interface(7)). */
static bool vdev_is_valid(const char *vdev)
{
    const char *p = vdev;
    int64_t number;

    if (g_ascii_isdigit(*p))
        return config_number(p, 0, (1 << 28) - 1, &number);
    if (*p == 'd' && g_ascii_isdigit(p[1])) {
        for (p++; g_ascii_isdigit(*p); p++)
            ;
        if (*p == 'p' && g_ascii_isdigit(p[1]))
            for (p++; g_ascii_isdigit(*p); p++)
                ;
        return !*p && strlen(vdev) < 16;
    }
    if (g_str_has_prefix(p, "xvd"))
        p += 3;
    else if (g_str_has_prefix(p, "hd") || g_str_has_prefix(p, "sd"))
        p += 2;
    else
        return false;
    if (!g_ascii_islower(*p))
        return false;
    while (g_ascii_islower(*p))
        p++;
    while (g_ascii_isdigit(*p))
        p++;
    return !*p && strlen(vdev) < 16;
}

/* What an old prefix says; the target goes on behind it. */
static void strip_prefixes(struct disk_spec *spec)
{
    static const char *const scripts[] = { "iscsi", "nbd", "enbd", "drbd" };
    static const char *const empty[] = { "tap", "tap2", "file", "phy" };
    char *target = spec->given[TARGET], *colon;
    size_t i, length;
    int format;

    for (;;) {
        bool known = false;

        colon = strchr(target, ':');
        if (!colon || target[0] == '/')
            break;
        length = (size_t)(colon - target);
        format = format_find(target, length);
        if (format >= 0) {
            spec->format = formats[format].format;
            known = true;
        }
        for (i = 0; i < G_N_ELEMENTS(empty) && !known; i++)
            known = strlen(empty[i]) == length && !strncmp(empty[i], target, length);
        for (i = 0; i < G_N_ELEMENTS(scripts) && !known; i++) {
            if (strlen(scripts[i]) == length && !strncmp(scripts[i], target, length)) {
                g_free(spec->disk->script);
                spec->disk->script = g_strdup_printf("block-%s", scripts[i]);
                known = true;
            }
        }
        if (!known)
            break;
        spec->deprecated = true;
        target = colon + 1;
    }
    spec->given[TARGET] = target;
}

static bool read_flag(struct disk_spec *spec, const char *flag, bool *known)
{
    struct disk_config *disk = spec->disk;

    *known = true;
    if (!strcmp(flag, "cdrom"))
        spec->cdrom = true;
    else if (!strcmp(flag, "direct-io-safe"))
        disk->direct_io_safe = true;
    else if (!strcmp(flag, "discard"))
        disk->discard = 1;
    else if (!strcmp(flag, "no-discard"))
        disk->discard = 0;
    else if (!strcmp(flag, "untrusted"))
        config_note(spec->ctx, "disk: untrusted has no effect yet; the guest trusts the back end");
    else if (!strcmp(flag, "colo"))
        return config_complain(spec->ctx, "disk: colo is refused; there is no COLO replication");
    else if (strcmp(flag, "trusted"))
        *known = false;
    return true;
}

static bool read_backend(struct disk_spec *spec, const char *value)
{
    if (!strcmp(value, "phy"))
        spec->disk->backend = DISK_BACKEND_PHY;
    else if (!strcmp(value, "qdisk") || !strcmp(value, "qemu") || !strcmp(value, "tap"))
        spec->disk->backend = DISK_BACKEND_QEMU;
    else if (*value)
        return config_complain(spec->ctx,
                               "disk: backendtype=%s is not there; phy and qdisk are "
                               "allowed",
                               value);
    return true;
}

static bool read_pair(struct disk_spec *spec, const char *key, char *value)
{
    size_t i;

    for (i = 0; i < N_POSITIONS; i++) {
        if (strcmp(key, position_names[i]))
            continue;
        if (spec->given[i] && *spec->given[i])
            return config_complain(spec->ctx, "disk: %s is given twice; once is allowed", key);
        spec->given[i] = value;
        return true;
    }
    if (!strcmp(key, "devtype")) {
        if (*value && strcmp(value, "cdrom") && strcmp(value, "disk"))
            return config_complain(spec->ctx, "disk: devtype=%s is not known; cdrom is allowed",
                                   value);
        spec->cdrom = !strcmp(value, "cdrom");
        return true;
    }
    if (!strcmp(key, "backendtype"))
        return read_backend(spec, value);
    if (!strcmp(key, "script")) {
        g_free(spec->disk->script);
        spec->disk->script = *value ? g_strdup(value) : NULL;
        return true;
    }
    if (!strcmp(key, "backend"))
        return !*value || !strcmp(value, "0") || !strcmp(value, "Domain-0") ||
               config_complain(spec->ctx,
                               "disk: backend=%s is refused; dom0 serves all disks, "
                               "there are no driver domains",
                               value);
    if (!strcmp(key, "specification"))
        return !*value || !strcmp(value, "xen") ||
               config_complain(spec->ctx, "disk: specification=%s is refused; xen is allowed",
                               value);
    if (g_str_has_prefix(key, "colo") || !strcmp(key, "active-disk") || !strcmp(key, "hidden-disk"))
        return config_complain(spec->ctx, "disk: %s= is refused; there is no COLO replication",
                               key);
    return config_complain(spec->ctx,
                           "disk: %s= is not known; target, format, vdev, access, "
                           "devtype, backendtype, backend, script and specification are allowed",
                           key);
}

/* The deprecated form has no format; where it stands in the others says what a word is. */
static bool read_positional(struct disk_spec *spec, char *part)
{
    int i = TARGET;

    while (i < N_POSITIONS && spec->given[i])
        i++;
    if (i == FORMAT && spec->deprecated && *part)
        i = spec->given[VDEV] ? ACCESS : VDEV;
    if (i >= N_POSITIONS || spec->given[i])
        return config_complain(spec->ctx,
                               "disk: '%s' is one part too many; target, format, vdev, "
                               "access are allowed without KEY=",
                               part);
    spec->given[i] = part;
    if (i == TARGET)
        strip_prefixes(spec);
    return true;
}

static bool read_parts(struct disk_spec *spec, char **parts)
{
    char *key, *value;
    bool known = false;

    for (; *parts; parts++) {
        /* an "=" behind a slash or colon is part of a path */
        if ((*parts)[strcspn(*parts, "=/:")] == '=') {
            config_split_pair(*parts, &key, &value);
            if (!read_pair(spec, key, value))
                return false;
        } else if (!read_flag(spec, *parts, &known) || (!known && !read_positional(spec, *parts))) {
            return false;
        }
    }
    return true;
}

static bool finish_access(struct disk_spec *spec)
{
    const char *access = spec->given[ACCESS];

    spec->disk->writable = !spec->cdrom;
    if (!access || !*access)
        return true;
    if (!strcmp(access, "ro") || !strcmp(access, "r"))
        spec->disk->writable = false;
    else if (strcmp(access, "rw") && strcmp(access, "w"))
        return config_complain(spec->ctx,
                               "disk: access %s is not known; ro, r, rw and w are "
                               "allowed",
                               access);
    return true;
}

static bool finish_format(struct disk_spec *spec)
{
    const char *name = spec->given[FORMAT];
    int format;

    if (name && *name) {
        format = format_find(name, strlen(name));
        if (format < 0)
            return config_complain(spec->ctx,
                                   "disk: format %s is not known; raw, qcow2, vmdk, "
                                   "vhdx, vhd and qed are allowed",
                                   name);
        spec->format = formats[format].format;
    }
    spec->disk->format = spec->format;
    if (spec->disk->backend == DISK_BACKEND_PHY && spec->format != DISK_RAW)
        return config_complain(spec->ctx, "disk: backendtype=phy serves raw images only; qdisk is "
                                          "allowed for this format");
    return true;
}

static bool finish_target(struct disk_spec *spec)
{
    const char *target = spec->given[TARGET];
    struct disk_config *disk = spec->disk;

    if (!target || !*target) {
        disk->format = DISK_EMPTY;
        return spec->cdrom ||
               config_complain(spec->ctx, "disk: target is missing; only a cdrom may be empty");
    }
    if (*target == '/' || disk->script || strchr(target, ':'))
        disk->target = g_strdup(target);
    else
        disk->target = g_strconcat("/dev/", target, NULL);
    return true;
}

static bool finish_vdev(struct disk_spec *spec)
{
    char *vdev = spec->given[VDEV], *colon = vdev ? strchr(vdev, ':') : NULL;

    if (colon) { /* hdc:cdrom */
        *colon = '\0';
        if (!strcmp(colon + 1, "cdrom"))
            spec->cdrom = true;
        else if (colon[1] && strcmp(colon + 1, "disk"))
            return config_complain(spec->ctx, "disk: %s:%s: cdrom is allowed behind the colon",
                                   vdev, colon + 1);
    }
    if (!vdev || !*vdev)
        return config_complain(spec->ctx, "disk: vdev is missing; xvda, sdb, hdc and the like are "
                                          "allowed");
    if (!vdev_is_valid(vdev))
        return config_complain(spec->ctx,
                               "disk: vdev %s is not known; xvda, sdb, hdc and the like "
                               "are allowed",
                               vdev);
    spec->disk->vdev = g_strdup(vdev);
    spec->disk->cdrom = spec->cdrom;
    return true;
}

static bool parse_disk(struct key_context *ctx, const char *text, struct disk_config *disk)
{
    struct disk_spec spec = { .ctx = ctx, .disk = disk, .format = DISK_RAW };
    g_autofree char *copy = g_strdup(text);
    g_auto(GStrv) parts = NULL;
    char *named, *rest = NULL;

    disk->discard = -1;
    /* target= takes all the rest, commas too */
    named = g_str_has_prefix(copy, "target=") ? copy : strstr(copy, ",target=");
    if (!named)
        named = strstr(copy, ", target=");
    if (named) {
        rest = strchr(named, '=') + 1;
        *named = '\0';
    }
    parts = config_split_spec(copy);
    if (!read_parts(&spec, parts))
        return false;
    if (rest) {
        if (spec.given[TARGET] && *spec.given[TARGET])
            return config_complain(ctx, "disk: target is given twice; once is allowed");
        spec.given[TARGET] = rest;
    }
    return finish_vdev(&spec) && finish_access(&spec) && finish_format(&spec) &&
           finish_target(&spec);
}

bool config_apply_disks(struct key_context *ctx, const struct config_value *value)
{
    struct machine_config *config = ctx->config;
    guint i;

    config->disks = g_new0(struct disk_config, value->items->len + 1);
    for (i = 0; i < value->items->len; i++) {
        const struct config_value *item = value->items->pdata[i];

        ctx->line = item->line;
        if (item->type != VALUE_STRING)
            return config_complain(ctx, "disk: item %u is no text; a list of texts is allowed",
                                   i + 1);
        config->n_disks = i + 1;
        if (!parse_disk(ctx, item->text, &config->disks[i]))
            return false;
    }
    return true;
}

struct disk_config *disk_config_parse(const char *text, GError **error)
{
    struct disk_config *disk = g_new0(struct disk_config, 1);
    g_autoptr(GError) first = NULL;
    struct key_context ctx = { .error = &first, .row = config_key_find("disk") };

    if (parse_disk(&ctx, text, disk))
        return disk;
    g_propagate_error(error, g_steal_pointer(&first));
    disk_config_free(disk);
    return NULL;
}
