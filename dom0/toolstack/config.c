/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the settings of a file to a machine's configuration: each key by its row of the table, then
 * what only makes sense together. */
#include <dom0/toolstack/config.h>

#include <string.h>

#include "config-private.h"

G_DEFINE_QUARK(domus - config - error, config_error)

bool config_complain(struct key_context *ctx, const char *format, ...)
{
    g_autofree char *what = NULL, *where = NULL;
    va_list args;

    if (!ctx->error || *ctx->error)
        return false;
    va_start(args, format);
    what = g_strdup_vprintf(format, args);
    va_end(args);
    where = ctx->file ? g_strdup_printf("%s:%u: ", ctx->file, ctx->line) : g_strdup("");
    g_set_error(ctx->error, CONFIG_ERROR,
                ctx->row && ctx->row->status == KEY_APPLIED ? CONFIG_ERROR_VALUE : CONFIG_ERROR_KEY,
                "%s%s", where, what);
    return false;
}

void config_note(struct key_context *ctx, const char *format, ...)
{
    g_autofree char *what = NULL;
    va_list args;

    if (!ctx->notes)
        return;
    va_start(args, format);
    what = g_strdup_vprintf(format, args);
    va_end(args);
    g_ptr_array_add(ctx->notes, g_strdup_printf("%s:%u: %s", ctx->file, ctx->line, what));
}

static const char *const type_words[] = {
    [KEY_STRING] = "a \"text\" is allowed",
    [KEY_NUMBER] = "a number is allowed",
    [KEY_BOOLEAN] = "0 or 1 is allowed",
    [KEY_LIST] = "a [ list ] is allowed",
    [KEY_STRING_OR_LIST] = "a \"text\" or a [ list ] is allowed",
    [KEY_NUMBER_OR_STRING] = "a number or a \"text\" is allowed",
};

static bool is_number(const struct config_value *value)
{
    int64_t number;

    return value->type == VALUE_NUMBER ||
           (value->type == VALUE_STRING &&
            config_number(value->text, G_MININT64, G_MAXINT64, &number));
}

static bool has_type(const struct config_value *value, enum key_type type)
{
    switch (type) {
    case KEY_STRING: return value->type == VALUE_STRING;
    case KEY_NUMBER:
    case KEY_BOOLEAN: return is_number(value);
    case KEY_LIST: return value->type == VALUE_LIST;
    case KEY_STRING_OR_LIST: return value->type != VALUE_NUMBER;
    case KEY_NUMBER_OR_STRING: return value->type != VALUE_LIST;
    case KEY_ANY: return true;
    }
    return false;
}

static bool apply_setting(struct key_context *ctx, const struct config_setting *setting)
{
    const struct config_key *row = config_key_find(setting->key);
    const char *like;

    ctx->line = setting->line;
    ctx->row = row;
    if (!row) {
        like = config_key_like(setting->key);
        return config_complain(ctx, "%s: is no key; %s%s%s", setting->key,
                               like ? "did you mean " : "domus.cfg(5) lists those allowed",
                               like ? like : "", like ? "?" : "");
    }
    if (row->status == KEY_REFUSED)
        return config_complain(ctx, "%s: is refused; %s", row->name, row->why);
    if (!has_type(setting->value, row->type))
        return config_complain(ctx, "%s: has the wrong type; %s", row->name, type_words[row->type]);
    if (row->status == KEY_LATER) {
        config_note(ctx, "%s: has no effect yet; %s", row->name, row->why);
        return true;
    }
    return row->apply(ctx, setting->value);
}

/* type= (or builder=) is read first, since other keys depend on it. */
static bool apply_all(struct key_context *ctx, GPtrArray *settings)
{
    struct config_setting *setting, *last;
    guint pass, i;

    for (pass = 0; pass < 2; pass++) {
        for (i = 0; i < settings->len; i++) {
            setting = settings->pdata[i];
            if ((!strcmp(setting->key, "type") || !strcmp(setting->key, "builder")) == pass)
                continue;
            if (config_text_find(settings, setting->key) != setting) {
                last = config_text_find(settings, setting->key);
                ctx->line = setting->line;
                if (!last->appends)
                    config_note(ctx, "%s: is given again in line %u, which counts", setting->key,
                                last->line);
                continue;
            }
            if (!apply_setting(ctx, setting))
                return false;
        }
    }
    return true;
}

static void ignored_keys(struct key_context *ctx, GPtrArray *settings)
{
    static const char *const names[] = { "pv", "pvh", "hvm" };
    guint i;

    for (i = 0; i < settings->len; i++) {
        struct config_setting *setting = settings->pdata[i];
        const struct config_key *row = config_key_find(setting->key);

        if (row->status == KEY_APPLIED && !(row->kinds & 1u << ctx->config->kind)) {
            ctx->line = setting->line;
            config_note(ctx, "%s: has no effect on a machine of type %s", setting->key,
                        names[ctx->config->kind]);
        }
    }
}

static unsigned line_of(GPtrArray *settings, const char *key)
{
    struct config_setting *setting = config_text_find(settings, key);

    return setting ? setting->line : 1;
}

static void finish_cmdline(struct key_context *ctx)
{
    struct machine_config *config = ctx->config;

    if (ctx->cmdline) {
        if (ctx->root || ctx->extra)
            config_note(ctx, "cmdline: is given, so root= and extra= have no effect");
        config->cmdline = g_steal_pointer(&ctx->cmdline);
    } else if (ctx->root) {
        config->cmdline = g_strdup_printf("root=%s%s%s", ctx->root, ctx->extra ? " " : "",
                                          ctx->extra ? ctx->extra : "");
    } else {
        config->cmdline = g_steal_pointer(&ctx->extra);
    }
}

static bool finish_memory(struct key_context *ctx, GPtrArray *settings)
{
    struct machine_config *config = ctx->config;

    if (!config->memory_kib && !config->max_memory_kib)
        return config_complain(ctx, "memory: is missing; a number of MiB is needed");
    if (!config->memory_kib)
        config->memory_kib = config->max_memory_kib;
    if (!config->max_memory_kib)
        config->max_memory_kib = config->memory_kib;
    if (config->max_memory_kib < config->memory_kib) {
        ctx->line = line_of(settings, "maxmem");
        return config_complain(ctx,
                               "maxmem: is less than memory=, which is %" G_GUINT64_FORMAT
                               "; that or more is allowed",
                               config->memory_kib / 1024);
    }
    return true;
}

static bool finish_vcpus(struct key_context *ctx, GPtrArray *settings)
{
    struct machine_config *config = ctx->config;

    if (!config->vcpus)
        config->vcpus = config->max_vcpus ? config->max_vcpus : 1;
    if (!config->max_vcpus)
        config->max_vcpus = config->vcpus;
    if (config->max_vcpus < config->vcpus) {
        ctx->line = line_of(settings, "maxvcpus");
        return config_complain(ctx,
                               "maxvcpus: is less than vcpus=, which is %u; "
                               "that or more is allowed",
                               config->vcpus);
    }
    return true;
}

static bool finish_boot(struct key_context *ctx)
{
    struct machine_config *config = ctx->config;

    if (config->kernel && config->bootloader)
        return config_complain(ctx, "bootloader: and kernel= are both given; one of them is "
                                    "allowed");
    if (config->kind != MACHINE_HVM && !config->kernel && !config->bootloader)
        return config_complain(ctx, "kernel: is missing; kernel=\"FILE\", or bootloader=\"grub\" "
                                    "for the one on the machine's own disk, is needed");
    if (config->ramdisk && !config->kernel)
        return config_complain(ctx, "ramdisk: is given without kernel=");
    return true;
}

/* What emulated graphics would show is the paravirtual framebuffer of a machine without it. */
static void finish_screen(struct key_context *ctx)
{
    struct machine_config *config = ctx->config;

    if (!ctx->vga_given || config->n_screens)
        return;
    config->screens = g_new0(struct screen_config, 1);
    config->screens[0] = ctx->vga;
    config->n_screens = 1;
    memset(&ctx->vga, 0, sizeof(ctx->vga));
}

static bool finish_devices(struct key_context *ctx, GPtrArray *settings)
{
    struct machine_config *config = ctx->config;
    unsigned i, j;

    ctx->line = line_of(settings, "disk");
    for (i = 0; i < config->n_disks; i++)
        for (j = 0; j < i; j++)
            if (!strcmp(config->disks[i].vdev, config->disks[j].vdev))
                return config_complain(ctx, "disk: %s is there twice; each vdev once is allowed",
                                       config->disks[i].vdev);
    ctx->line = line_of(settings, "vif");
    for (i = 0; i < config->n_nics; i++)
        for (j = 0; j < i; j++)
            if (config->nics[i].mac && config->nics[j].mac &&
                !strcmp(config->nics[i].mac, config->nics[j].mac))
                return config_complain(ctx, "vif: mac=%s is there twice; each once is allowed",
                                       config->nics[i].mac);
    return true;
}

static bool finish(struct key_context *ctx, GPtrArray *settings)
{
    ctx->line = 1;
    ctx->row = config_key_find("name"); /* an error from here on is one of values */
    if (!ctx->config->name)
        return config_complain(ctx, "name: is missing; a \"text\" is needed");
    finish_cmdline(ctx);
    finish_screen(ctx);
    ignored_keys(ctx, settings);
    ctx->line = line_of(settings, "bootloader");
    return finish_boot(ctx) && finish_memory(ctx, settings) && finish_vcpus(ctx, settings) &&
           finish_devices(ctx, settings);
}

static struct machine_config *config_new(void)
{
    struct machine_config *config = g_new0(struct machine_config, 1);

    config->kind = MACHINE_PV;
    config->cpu_weight = config->cap = -1;
    config->max_grant_frames = config->max_maptrack_frames = config->max_grant_version = -1;
    config->on_poweroff = config->on_crash = config->on_watchdog = ACTION_DESTROY;
    config->on_reboot = ACTION_RESTART;
    config->on_soft_reset = ACTION_SOFT_RESET;
    config->claim_all = true;
    return config;
}

static void screen_clear(struct screen_config *screen)
{
    g_free(screen->vnc_listen);
    g_free(screen->vnc_password);
    g_free(screen->keymap);
}

struct machine_config *machine_config_parse(const char *text, size_t length, const char *file,
                                            GPtrArray *notes, GError **error)
{
    g_autoptr(GPtrArray) settings = NULL;
    g_autoptr(GError) first = NULL;
    struct key_context ctx = { .file = file, .notes = notes, .error = &first };
    bool ok;

    settings = config_text_parse(text, length, file, error);
    if (!settings)
        return NULL;
    ctx.config = config_new();
    ctx.vga.vnc = true;
    ctx.vga.vnc_display = -1;
    ok = apply_all(&ctx, settings) && finish(&ctx, settings);
    g_free(ctx.root);
    g_free(ctx.extra);
    g_free(ctx.cmdline);
    screen_clear(&ctx.vga);
    if (ok)
        return ctx.config;
    machine_config_free(ctx.config);
    g_propagate_error(error, g_steal_pointer(&first));
    return NULL;
}

struct machine_config *machine_config_load(const char *path, GPtrArray *notes, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) why = NULL;
    gsize length;

    if (!g_file_get_contents(path, &text, &length, &why)) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_FILE, "%s", why->message);
        return NULL;
    }
    return machine_config_parse(text, length, path, notes, error);
}

static void disk_clear(struct disk_config *disk)
{
    g_free(disk->target);
    g_free(disk->vdev);
    g_free(disk->script);
}

static void nic_clear(struct nic_config *nic)
{
    g_free(nic->mac);
    g_free(nic->bridge);
    g_free(nic->model);
    g_free(nic->ip);
    g_free(nic->script);
    g_free(nic->ifname);
}

void disk_config_free(struct disk_config *disk)
{
    if (disk)
        disk_clear(disk);
    g_free(disk);
}

void nic_config_free(struct nic_config *nic)
{
    if (nic)
        nic_clear(nic);
    g_free(nic);
}

void machine_config_free(struct machine_config *config)
{
    unsigned i;

    if (!config)
        return;
    for (i = 0; i < config->n_disks; i++)
        disk_clear(&config->disks[i]);
    for (i = 0; i < config->n_nics; i++)
        nic_clear(&config->nics[i]);
    for (i = 0; i < config->n_screens; i++)
        screen_clear(&config->screens[i]);
    g_free(config->disks);
    g_free(config->nics);
    g_free(config->screens);
    g_free(config->name);
    g_free(config->cpus);
    g_free(config->cpus_soft);
    g_free(config->pool);
    g_free(config->kernel);
    g_free(config->ramdisk);
    g_free(config->cmdline);
    g_free(config->bootloader);
    g_strfreev(config->bootloader_args);
    g_free(config->tsc_mode);
    g_free(config->notes);
    g_free(config);
}
