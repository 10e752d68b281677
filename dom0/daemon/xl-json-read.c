/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xl's JSON, read into a configuration's text. The JSON becomes a table of paths first
 * ("c_info.name", "disks.0.vdev"); what is not asked for there is left out.
 */
#include <dom0/daemon/xl-json.h>

#include <dom0/toolstack/config-text.h>
#include <string.h>

#define DEPTH_MAX 16
#define ITEMS_MAX 4096

struct reader {
    const char *at, *end;
    GHashTable *values; /* path: text of the value */
    GString *path;
    unsigned depth, items;
};

static void skip_space(struct reader *r)
{
    while (r->at < r->end && strchr(" \t\r\n", *r->at) && *r->at)
        r->at++;
}

static bool accept(struct reader *r, char c)
{
    skip_space(r);
    if (r->at == r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

/* Four hexadecimal digits behind \u; no more than the characters that one of them can be. */
static bool read_unicode(struct reader *r, GString *out)
{
    gunichar c = 0;

    if (r->end - r->at < 4)
        return false;
    for (unsigned i = 0; i < 4; i++, r->at++) {
        if (!g_ascii_isxdigit(*r->at))
            return false;
        c = c << 4 | (gunichar)g_ascii_xdigit_value(*r->at);
    }
    if (!c || !g_unichar_validate(c))
        return false;
    g_string_append_unichar(out, c);
    return true;
}

static bool read_escape(struct reader *r, GString *out)
{
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    const char *found;
    char c;

    if (r->at == r->end)
        return false;
    c = *r->at++;
    if (c == 'u')
        return read_unicode(r, out);
    found = c ? strchr(letters, c) : NULL;
    if (found)
        g_string_append_c(out, meant[found - letters]);
    return found;
}

/* Behind the opening quote. */
static bool read_string(struct reader *r, GString *out)
{
    while (r->at < r->end && *r->at) {
        char c = *r->at++;

        if (c == '"')
            return g_utf8_validate(out->str, (gssize)out->len, NULL);
        if (c != '\\')
            g_string_append_c(out, c);
        else if (!read_escape(r, out))
            return false;
    }
    return false;
}

static void keep(struct reader *r, const char *text)
{
    g_hash_table_replace(r->values, g_strdup(r->path->str), g_strdup(text));
}

/* A number or true, false, null. */
static bool read_word(struct reader *r)
{
    const char *start = r->at;
    g_autofree char *word = NULL;

    while (r->at < r->end && (g_ascii_isalnum(*r->at) || (*r->at && strchr("+-.", *r->at))))
        r->at++;
    word = g_strndup(start, (gsize)(r->at - start));
    keep(r, word);
    return *word;
}

static bool read_value(struct reader *r);

/* What stands at a key or index: its path is one longer. */
static bool read_member(struct reader *r, const char *key)
{
    gsize length = r->path->len;
    bool ok;

    if (++r->items > ITEMS_MAX)
        return false;
    g_string_append_printf(r->path, "%s%s", length ? "." : "", key);
    ok = read_value(r);
    g_string_truncate(r->path, length);
    return ok;
}

static bool read_object(struct reader *r)
{
    if (accept(r, '}'))
        return true;
    do {
        g_autoptr(GString) key = g_string_new(NULL);

        if (!accept(r, '"') || !read_string(r, key) || !accept(r, ':') || !read_member(r, key->str))
            return false;
    } while (accept(r, ','));
    return accept(r, '}');
}

static bool read_array(struct reader *r)
{
    unsigned index = 0;

    if (accept(r, ']'))
        return true;
    do {
        g_autofree char *key = g_strdup_printf("%u", index++);

        if (!read_member(r, key))
            return false;
    } while (accept(r, ','));
    return accept(r, ']');
}

static bool read_value(struct reader *r)
{
    g_autoptr(GString) text = g_string_new(NULL);
    bool ok;

    if (accept(r, '"')) {
        ok = read_string(r, text);
        keep(r, text->str);
        return ok;
    }
    if (++r->depth > DEPTH_MAX)
        return false;
    if (accept(r, '{'))
        ok = read_object(r);
    else if (accept(r, '['))
        ok = read_array(r);
    else
        ok = read_word(r);
    r->depth--;
    return ok;
}

static const char *get(GHashTable *values, const char *format, ...) G_GNUC_PRINTF(2, 3);
static const char *get(GHashTable *values, const char *format, ...)
{
    g_autofree char *path = NULL;
    va_list args;

    va_start(args, format);
    path = g_strdup_vprintf(format, args);
    va_end(args);
    return g_hash_table_lookup(values, path);
}

static void put_text(GString *out, const char *key, const char *value)
{
    g_autofree char *quoted = value ? config_text_quote(value) : NULL;

    if (value)
        g_string_append_printf(out, "%s = %s\n", key, quoted);
}

/* A number, divided; what is none is left out. */
static void put_number(GString *out, const char *key, const char *value, uint64_t divisor)
{
    guint64 n;

    if (value && g_ascii_string_to_unsigned(value, 10, 0, UINT64_MAX, &n, NULL))
        g_string_append_printf(out, "%s = %" G_GUINT64_FORMAT "\n", key, n / divisor);
}

static bool is_true(const char *value)
{
    return value && (!strcmp(value, "1") || !g_ascii_strcasecmp(value, "true"));
}

static void put_disks(GString *out, GHashTable *v)
{
    g_string_append(out, "disk = [\n");
    for (unsigned i = 0; get(v, "disks.%u.vdev", i); i++) {
        const char *format = get(v, "disks.%u.format", i), *path = get(v, "disks.%u.pdev_path", i);
        const char *script = get(v, "disks.%u.script", i);
        g_autoptr(GString) one = g_string_new(NULL);
        g_autofree char *quoted = NULL;

        g_string_printf(one, "vdev=%s, access=%s", get(v, "disks.%u.vdev", i),
                        is_true(get(v, "disks.%u.readwrite", i)) ? "rw" : "ro");
        if (is_true(get(v, "disks.%u.is_cdrom", i)))
            g_string_append(one, ", devtype=cdrom");
        if (format && strcmp(format, "empty"))
            g_string_append_printf(one, ", format=%s", format);
        if (script)
            g_string_append_printf(one, ", script=%s", script);
        if (path)
            g_string_append_printf(one, ", target=%s", path);
        quoted = config_text_quote(one->str);
        g_string_append_printf(out, "    %s,\n", quoted);
    }
    g_string_append(out, "]\n");
}

static void put_nics(GString *out, GHashTable *v)
{
    static const char *const keys[] = { "mac", "bridge", "ip", "script", "mtu" };

    g_string_append(out, "vif = [\n");
    for (unsigned i = 0; get(v, "nics.%u.devid", i); i++) {
        g_autoptr(GString) one = g_string_new(NULL);
        const char *ifname = get(v, "nics.%u.ifname", i);
        g_autofree char *quoted = NULL;

        for (unsigned k = 0; k < G_N_ELEMENTS(keys); k++) {
            const char *value = get(v, "nics.%u.%s", i, keys[k]);

            if (value)
                g_string_append_printf(one, "%s%s=%s", one->len ? "," : "", keys[k], value);
        }
        if (ifname)
            g_string_append_printf(one, "%svifname=%s", one->len ? "," : "", ifname);
        quoted = config_text_quote(one->str);
        g_string_append_printf(out, "    %s,\n", quoted);
    }
    g_string_append(out, "]\n");
}

static void put_vcpus(GString *out, GHashTable *v)
{
    unsigned online = 0;

    while (get(v, "b_info.avail_vcpus.%u", online))
        online++;
    put_number(out, "maxvcpus", get(v, "b_info.max_vcpus"), 1);
    if (online)
        g_string_append_printf(out, "vcpus = %u\n", online);
    /* xl writes the defaults out too, which not every scheduler has. */
    if (g_strcmp0(get(v, "b_info.sched_params.weight"), "256"))
        put_number(out, "cpu_weight", get(v, "b_info.sched_params.weight"), 1);
    if (g_strcmp0(get(v, "b_info.sched_params.cap"), "0"))
        put_number(out, "cap", get(v, "b_info.sched_params.cap"), 1);
}

static void put_ends(GString *out, GHashTable *v)
{
    static const char *const keys[] = { "on_poweroff", "on_reboot", "on_crash", "on_watchdog" };

    for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *word = g_strdup(get(v, "%s", keys[i]));

        put_text(out, keys[i], word ? g_strdelimit(word, "_", '-') : NULL);
    }
}

static char *to_config(GHashTable *v)
{
    GString *out = g_string_new(NULL);

    put_text(out, "name", get(v, "c_info.name"));
    put_text(out, "uuid", get(v, "c_info.uuid"));
    put_text(out, "type", get(v, "c_info.type"));
    put_text(out, "pool", get(v, "c_info.pool_name"));
    put_number(out, "memory", get(v, "b_info.target_memkb"), 1024);
    put_number(out, "maxmem", get(v, "b_info.max_memkb"), 1024);
    put_vcpus(out, v);
    put_text(out, "kernel", get(v, "b_info.kernel"));
    put_text(out, "ramdisk", get(v, "b_info.ramdisk"));
    put_text(out, "cmdline", get(v, "b_info.cmdline"));
    put_disks(out, v);
    put_nics(out, v);
    put_ends(out, v);
    return g_string_free(out, FALSE);
}

char *xl_json_read(const char *json, size_t length, GError **error)
{
    g_autoptr(GHashTable) values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GString) path = g_string_new(NULL);
    struct reader r = { json, json + length, values, path, 0, 0 };

    if (read_value(&r) && (skip_space(&r), r.at == r.end || !*r.at) && get(values, "c_info.name"))
        return to_config(values);
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_SYNTAX,
                "the configuration in xl's file cannot be read: something is wrong at byte %zu",
                (size_t)(r.at - json));
    return NULL;
}
