/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The devices a domain has, as the store tells of them. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

static void add_u32(GVariantBuilder *b, const char *key, int64_t value)
{
    g_variant_builder_add(b, "{sv}", key,
                          g_variant_new_uint32(value < 0 || value > UINT32_MAX ? 0 : value));
}

/* The guest wrote these: what is no number, or is none of that size, counts as absent. */
static int32_t front_number(struct xs_handle *xs, const char *front, const char *key,
                            const char *other)
{
    int64_t n = store_read_number(xs, "%s/%s", front, key);

    if (n < 0)
        n = store_read_number(xs, "%s/%s", front, other);
    return n < 0 || n > INT32_MAX ? -1 : n;
}

static void add_i32(GVariantBuilder *b, const char *key, int32_t value)
{
    g_variant_builder_add(b, "{sv}", key, g_variant_new_int32(value));
}

static void add_device(GVariantBuilder *list, struct xs_handle *xs, const char *own,
                       const char *devid)
{
    g_autofree char *back = store_read(xs, "%s/backend", own);
    g_autofree char *front = store_read(xs, "%s/frontend", own);
    g_autofree char *mac = store_read(xs, "%s/mac", own);
    GVariantBuilder b;

    if (!back || !front)
        return;
    g_variant_builder_init(&b, G_VARIANT_TYPE_VARDICT);
    add_u32(&b, "devid", strtoul(devid, NULL, 10));
    add_u32(&b, "backend-id", store_read_number(xs, "%s/backend-id", front));
    add_u32(&b, "state", store_read_number(xs, "%s/state", front));
    /* Network cards have a ring and a channel for each direction, or one channel for both. */
    add_i32(&b, "event-channel", front_number(xs, front, "event-channel", "event-channel-tx"));
    add_i32(&b, "ring-ref", front_number(xs, front, "ring-ref", "tx-ring-ref"));
    add_i32(&b, "rx-ring-ref", front_number(xs, front, "rx-ring-ref", "ring-ref"));
    g_variant_builder_add(&b, "{sv}", "backend-path", g_variant_new_string(back));
    if (mac)
        g_variant_builder_add(&b, "{sv}", "mac", g_variant_new_string(mac));
    g_variant_builder_add_value(list, g_variant_builder_end(&b));
}

static int by_number(const void *a, const void *b)
{
    unsigned long x = strtoul(*(char *const *)a, NULL, 10),
                  y = strtoul(*(char *const *)b, NULL, 10);

    return x < y ? -1 : x > y;
}

GVariant *toolstack_devices(struct toolstack *ts, uint32_t domid, const char *class, GError **error)
{
    struct xen_domctl_getdomaininfo info;
    g_auto(GStrv) devids = NULL;
    struct xs_handle *xs;
    GVariantBuilder list;

    if (!domain_find(ts, domid, &info, error))
        return NULL;
    xs = store_open(error);
    if (!xs)
        return NULL;
    devids = store_list(xs, "/libxl/%u/device/%s", domid, class);
    qsort(devids, g_strv_length(devids), sizeof(*devids), by_number);
    g_variant_builder_init(&list, G_VARIANT_TYPE("aa{sv}"));
    for (char **devid = devids; *devid; devid++) {
        g_autofree char *own = g_strdup_printf("/libxl/%u/device/%s/%s", domid, class, *devid);

        add_device(&list, xs, own, *devid);
    }
    store_close(xs);
    return g_variant_builder_end(&list);
}
