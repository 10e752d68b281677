/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One item of vif= (xl-network-configuration(5)). */
#include <string.h>

#include "config-private.h"

#define DEFAULT_INTERVAL_US 50000

static bool read_mac(struct key_context *ctx, const char *text, char **mac)
{
    unsigned i;

    for (i = 0; i < 17; i++)
        if (i % 3 == 2 ? text[i] != ':' && text[i] != '-' : !g_ascii_isxdigit(text[i]))
            break;
    if (i != 17 || text[17])
        return config_complain(ctx,
                               "vif: mac=%s is no address; six pairs of hexadecimal digits "
                               "with colons are allowed",
                               text);
    if (g_ascii_xdigit_value(text[1]) & 1)
        return config_complain(ctx,
                               "vif: mac=%s is a group's address; one with an even first byte "
                               "is allowed",
                               text);
    g_free(*mac);
    *mac = g_strdelimit(g_ascii_strdown(text, -1), "-", ':');
    return true;
}

/* "10Mb/s", "1MB/s@20ms" */
static bool read_rate(struct key_context *ctx, const char *text, struct nic_config *nic)
{
    static const struct {
        const char *unit;
        uint64_t factor, divisor;
    } rates[] = {
        { "GB/s", 1000000000, 1 }, { "MB/s", 1000000, 1 }, { "KB/s", 1000, 1 }, { "B/s", 1, 1 },
        { "Gb/s", 1000000000, 8 }, { "Mb/s", 1000000, 8 }, { "Kb/s", 1000, 8 }, { "b/s", 1, 8 },
    }, intervals[] = { { "us", 1, 1 }, { "ms", 1000, 1 }, { "s", 1000000, 1 } };
    uint64_t number, interval = DEFAULT_INTERVAL_US;
    char *rest = NULL, *at = strchr(text, '@');
    size_t i, length;

    number = g_ascii_strtoull(text, &rest, 10);
    length = at ? (size_t)(at - rest) : strlen(rest);
    if (!g_ascii_isdigit(*text) || number > 1000000000)
        goto wrong;
    for (i = 0; i < G_N_ELEMENTS(rates); i++)
        if (strlen(rates[i].unit) == length && !strncmp(rates[i].unit, rest, length))
            break;
    if (i == G_N_ELEMENTS(rates) || number > UINT64_C(1000000000000) / rates[i].factor)
        goto wrong;
    number = number * rates[i].factor / rates[i].divisor;
    if (at) {
        interval = g_ascii_strtoull(at + 1, &rest, 10);
        if (!g_ascii_isdigit(at[1]) || interval > 10000000)
            goto wrong;
        for (i = 0; i < G_N_ELEMENTS(intervals) && strcmp(intervals[i].unit, rest); i++)
            ;
        if (i == G_N_ELEMENTS(intervals))
            goto wrong;
        interval *= intervals[i].factor;
    }
    if (!number || !interval || interval > 10000000 || number * interval / 1000000 > G_MAXUINT32)
        goto wrong;
    nic->rate_bytes = number * interval / 1000000;
    nic->rate_interval_us = (uint32_t)interval;
    return true;
wrong:
    return config_complain(ctx,
                           "vif: rate=%s is no rate; NUMBER and GB/s, MB/s, KB/s, B/s, Gb/s, "
                           "Mb/s, Kb/s or b/s, then @NUMBER and us, ms or s are allowed",
                           text);
}

static bool set(char **field, const char *value)
{
    g_free(*field);
    *field = *value ? g_strdup(value) : NULL;
    return true;
}

/* A name that the kernel takes for an interface. */
static bool set_interface(struct key_context *ctx, const char *key, char **field, const char *value)
{
    const char *p;

    for (p = value; *p; p++)
        if (!g_ascii_isgraph(*p) || *p == '/' || *p == ':')
            break;
    if (*p || p - value > 15 || !strcmp(value, ".") || !strcmp(value, ".."))
        return config_complain(ctx,
                               "vif: %s=%s is no interface; up to 15 letters, digits, . - _ "
                               "are allowed",
                               key, value);
    return set(field, value);
}

static bool read_key(struct key_context *ctx, const char *key, const char *value,
                     struct nic_config *nic)
{
    int64_t number;

    if (!strcmp(key, "mac"))
        return !*value || read_mac(ctx, value, &nic->mac);
    if (!strcmp(key, "bridge"))
        return set_interface(ctx, key, &nic->bridge, value);
    if (!strcmp(key, "vifname"))
        return set_interface(ctx, key, &nic->ifname, value);
    if (!strcmp(key, "model"))
        return set(&nic->model, value);
    if (!strcmp(key, "ip"))
        return set(&nic->ip, value);
    if (!strcmp(key, "script"))
        return set(&nic->script, value);
    if (!strcmp(key, "rate"))
        return read_rate(ctx, value, nic);
    if (!strcmp(key, "mtu")) {
        if (!config_number(value, 68, 65521, &number))
            return config_complain(ctx, "vif: mtu=%s; 68 to 65521 is allowed", value);
        nic->mtu = (unsigned)number;
        return true;
    }
    if (!strcmp(key, "type"))
        return !strcmp(value, "ioemu") || !strcmp(value, "vif") ||
               config_complain(ctx, "vif: type=%s; ioemu and vif are allowed", value);
    if (!strcmp(key, "backend"))
        return !*value || !strcmp(value, "0") || !strcmp(value, "Domain-0") ||
               config_complain(ctx,
                               "vif: backend=%s is refused; dom0 serves all cards, there are "
                               "no driver domains",
                               value);
    if (!strcmp(key, "gatewaydev") || !strcmp(key, "netdev") || !strcmp(key, "devid")) {
        config_note(ctx, "vif: %s= has no effect yet", key);
        return true;
    }
    return config_complain(ctx,
                           "vif: %s= is not known; mac, bridge, model, type, vifname, script, "
                           "ip, backend, rate, devid, mtu, gatewaydev and trusted are allowed",
                           key);
}

static bool parse_nic(struct key_context *ctx, const char *text, struct nic_config *nic)
{
    g_auto(GStrv) parts = config_split_spec(text);
    char **part, *key, *value;

    for (part = parts; *part; part++) {
        if (!**part || !strcmp(*part, "trusted"))
            continue;
        if (!strcmp(*part, "untrusted")) {
            config_note(ctx, "vif: untrusted has no effect yet; the guest trusts the back end");
            continue;
        }
        config_split_pair(*part, &key, &value);
        if (!value)
            return config_complain(ctx, "vif: '%s' is not known; KEY=VALUE is allowed", key);
        if (!read_key(ctx, key, value, nic))
            return false;
    }
    return true;
}

bool config_apply_nics(struct key_context *ctx, const struct config_value *value)
{
    struct machine_config *config = ctx->config;
    guint i;

    config->nics = g_new0(struct nic_config, value->items->len + 1);
    for (i = 0; i < value->items->len; i++) {
        const struct config_value *item = value->items->pdata[i];

        ctx->line = item->line;
        if (item->type != VALUE_STRING)
            return config_complain(ctx, "vif: item %u is no text; a list of texts is allowed",
                                   i + 1);
        config->n_nics = i + 1;
        if (!parse_nic(ctx, item->text, &config->nics[i]))
            return false;
    }
    return true;
}

struct nic_config *nic_config_parse(const char *spec, GError **error)
{
    struct nic_config *nic = g_new0(struct nic_config, 1);
    g_autoptr(GError) first = NULL;
    struct key_context ctx = { .error = &first, .row = config_key_find("vif") };

    if (parse_nic(&ctx, spec, nic))
        return nic;
    g_propagate_error(error, g_steal_pointer(&first));
    nic_config_free(nic);
    return NULL;
}
