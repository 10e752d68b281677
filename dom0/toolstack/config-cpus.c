/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cpus= and cpus_soft=: the syntax of a CPU list is checked here; what "all" and nodes are, only
 * the host knows. */
#include <string.h>

#include "config-private.h"

#define MAX_CPU 4095

static const char *skip_number(const char *p, unsigned *number)
{
    if (!g_ascii_isdigit(*p))
        return NULL;
    for (*number = 0; g_ascii_isdigit(*p); p++) {
        *number = *number * 10 + (unsigned)(*p - '0');
        if (*number > MAX_CPU)
            return NULL;
    }
    return p;
}

/* "all", "none", "3", "0-3", "node:1", "nodes:0-3", each with ^ before it to leave it out. */
static bool item_is_valid(const char *item)
{
    unsigned first, last;
    const char *p = item;

    if (*p == '^')
        p++;
    if (g_str_has_prefix(p, "nodes:"))
        p += 6;
    else if (g_str_has_prefix(p, "node:"))
        p += 5;
    if (!strcmp(p, "all") || (!strcmp(p, "none") && p == item))
        return true;
    if (*p == '^')
        p++;
    p = skip_number(p, &first);
    if (p && *p == '-') {
        p = skip_number(p + 1, &last);
        return p && !*p && first <= last;
    }
    return p && !*p;
}

static bool check_list(struct key_context *ctx, const char *text)
{
    g_auto(GStrv) items = config_split_spec(text);
    char **item;

    for (item = items; *item; item++)
        if (!item_is_valid(*item))
            break;
    if (*item || !items[0])
        return config_complain(ctx, "%s: '%s' is no CPU list; all, 0-3,5,^1 and node:1 are allowed",
                               ctx->row->name, text);
    return true;
}

bool config_apply_cpus(struct key_context *ctx, const struct config_value *value)
{
    char **field = (char **)((char *)ctx->config + ctx->row->field);
    GString *joined = g_string_new(NULL);
    guint i, n = value->type == VALUE_LIST ? value->items->len : 1;

    for (i = 0; i < n; i++) {
        const struct config_value *item = value->type == VALUE_LIST ? value->items->pdata[i]
                                                                    : value;

        ctx->line = item->line;
        if (item->type == VALUE_LIST) {
            config_complain(ctx, "%s: a list in a list; \"0-3\" is allowed", ctx->row->name);
            goto free_joined;
        }
        if (!check_list(ctx, item->text))
            goto free_joined;
        g_string_append_printf(joined, "%s%s", i ? ";" : "", item->text);
    }
    g_free(*field);
    *field = g_string_free(joined, !n);
    return true;
free_joined:
    g_string_free(joined, TRUE);
    return false;
}
