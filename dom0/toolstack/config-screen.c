/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Items of vfb=, and the keys of emulated graphics, which mean the same on a PV machine. */
#include <string.h>

#include "config-private.h"

static const char allowed[] = "vnc, vnclisten, vncdisplay, vncunused, vncpasswd, tls, sdl, "
                              "display, xauthority, opengl and keymap are allowed";

static bool set_bool(struct key_context *ctx, const char *key, const char *value, bool *field)
{
    int64_t number;

    if (!config_number(value, 0, 1, &number))
        return config_complain(ctx, "%s: %s=%s; 0 and 1 are allowed", ctx->row->name, key, value);
    *field = number;
    return true;
}

static bool set_display(struct key_context *ctx, const char *key, const char *value,
                        struct screen_config *screen)
{
    int64_t number;

    if (!config_number(value, 0, 59635, &number))
        return config_complain(ctx, "%s: %s=%s is no display; 0 to 59635 is allowed",
                               ctx->row->name, key, value);
    screen->vnc_display = (int)number;
    return true;
}

/* ADDRESS, ADDRESS:DISPLAY; IPv6 in brackets when a display follows. */
static bool set_listen(struct key_context *ctx, const char *value, struct screen_config *screen)
{
    const char *colon = strrchr(value, ':');

    g_clear_pointer(&screen->vnc_listen, g_free);
    if (colon && (strchr(value, ':') == colon || colon[-1] == ']')) {
        if (!set_display(ctx, "vnclisten", colon + 1, screen))
            return false;
        screen->vnc_listen = g_strndup(value, (gsize)(colon - value));
    } else {
        screen->vnc_listen = g_strdup(value);
    }
    return true;
}

static bool set_key(struct key_context *ctx, const char *key, const char *value,
                    struct screen_config *screen)
{
    bool ignored;

    if (!strcmp(key, "vnc"))
        return set_bool(ctx, key, value, &screen->vnc);
    if (!strcmp(key, "sdl"))
        return set_bool(ctx, key, value, &screen->sdl);
    if (!strcmp(key, "vncunused"))
        return set_bool(ctx, key, value, &screen->vnc_unused);
    if (!strcmp(key, "tls"))
        return set_bool(ctx, key, value, &screen->tls);
    if (!strcmp(key, "vncdisplay"))
        return set_display(ctx, key, value, screen);
    if (!strcmp(key, "vnclisten"))
        return set_listen(ctx, value, screen);
    if (!strcmp(key, "vncpasswd") || !strcmp(key, "keymap")) {
        char **field = *key == 'v' ? &screen->vnc_password : &screen->keymap;

        g_free(*field);
        *field = g_strdup(value);
        return true;
    }
    if (!strcmp(key, "opengl"))
        return set_bool(ctx, key, value, &ignored);
    if (!strcmp(key, "display") || !strcmp(key, "xauthority"))
        return true; /* the viewer runs in its owner's session and knows */
    return config_complain(ctx, "%s: %s= is not known; %s", ctx->row->name, key, allowed);
}

static bool parse_screen(struct key_context *ctx, const char *text, struct screen_config *screen)
{
    g_auto(GStrv) parts = config_split_spec(text);
    char **part, *key, *value;

    screen->vnc = screen->vnc_unused = true;
    screen->vnc_display = -1;
    for (part = parts; *part; part++) {
        if (!**part)
            continue;
        config_split_pair(*part, &key, &value);
        if (!value)
            return config_complain(ctx, "vfb: '%s' is not known; KEY=VALUE is allowed", key);
        if (!set_key(ctx, key, value, screen))
            return false;
    }
    return true;
}

bool config_apply_screens(struct key_context *ctx, const struct config_value *value)
{
    struct machine_config *config = ctx->config;
    guint i;

    if (value->items->len > 1)
        return config_complain(ctx, "vfb: has %u items; one screen is allowed", value->items->len);
    config->screens = g_new0(struct screen_config, value->items->len + 1);
    for (i = 0; i < value->items->len; i++) {
        const struct config_value *item = value->items->pdata[i];

        ctx->line = item->line;
        if (item->type != VALUE_STRING)
            return config_complain(ctx, "vfb: item %u is no text; a list of texts is allowed",
                                   i + 1);
        config->n_screens = i + 1;
        if (!parse_screen(ctx, item->text, &config->screens[i]))
            return false;
    }
    return true;
}

/* vnc=, sdl=, ... on a line of their own. They make a screen only where one of the two is on. */
bool config_apply_vga(struct key_context *ctx, const struct config_value *value)
{
    if (!set_key(ctx, ctx->row->name, value->text, &ctx->vga))
        return false;
    if (!strcmp(ctx->row->name, "vnc") || !strcmp(ctx->row->name, "sdl"))
        ctx->vga_given |= ctx->vga.sdl || (ctx->vga.vnc && !strcmp(ctx->row->name, "vnc"));
    return true;
}
