/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices on paper: their numbers, addresses and nodes of the store. */
#include <dom0/toolstack/plan.h>

#include <stdlib.h>
#include <string.h>

/* Numbers as xen-vbd-interface(7) defines them. */
#define XVD_MAJOR    202
#define SD_MAJOR     8
#define HD_MAJOR_0   3
#define HD_MAJOR_1   22
#define EXTENDED     (1U << 28)
#define DISKS_MAX    (1U << 20)
#define PARTS_SMALL  16
#define XENBUS_STATE "1" /* XenbusStateInitialising */

/* Letters as a number: a is 0, z 25, aa 26. Returns what stands behind them; NULL: none. */
static const char *read_letters(const char *text, unsigned *number)
{
    unsigned n = 0;

    if (!g_ascii_islower(*text))
        return NULL;
    for (; g_ascii_islower(*text); text++) {
        n = n * 26 + (*text - 'a') + 1;
        if (n > DISKS_MAX)
            return NULL;
    }
    *number = n - 1;
    return text;
}

static const char *read_digits(const char *text, unsigned *number)
{
    unsigned n = 0;

    if (!g_ascii_isdigit(*text))
        return NULL;
    for (; g_ascii_isdigit(*text); text++) {
        n = n * 10 + (*text - '0');
        if (n > DISKS_MAX)
            return NULL;
    }
    *number = n;
    return text;
}

static int64_t xvd_number(unsigned disk, unsigned part)
{
    if (disk < PARTS_SMALL && part < PARTS_SMALL)
        return XVD_MAJOR << 8 | disk << 4 | part;
    if (disk < DISKS_MAX && part < 256)
        return EXTENDED | disk << 8 | part;
    return -1;
}

/* "d5", "d5p1": by number. */
static int64_t numbered(const char *name)
{
    unsigned disk, part = 0;
    const char *at = read_digits(name + 1, &disk);

    if (at && *at == 'p')
        at = read_digits(at + 1, &part);
    return at && !*at ? xvd_number(disk, part) : -1;
}

int64_t plan_vdev(const char *name)
{
    unsigned disk, part = 0;
    const char *at;
    bool xvd = g_str_has_prefix(name, "xvd");

    if (name[0] == 'd' && g_ascii_isdigit(name[1]))
        return numbered(name);
    if (!xvd && !g_str_has_prefix(name, "hd") && !g_str_has_prefix(name, "sd"))
        return -1;
    at = read_letters(name + (xvd ? 3 : 2), &disk);
    if (at && *at)
        at = *at == '0' ? NULL : read_digits(at, &part);
    if (!at || *at)
        return -1;
    if (xvd)
        return xvd_number(disk, part);
    if (name[0] == 's')
        return disk < 16 && part < 16 ? (int64_t)(SD_MAJOR << 8 | disk << 4 | part) : -1;
    if (disk >= 4 || part >= 64)
        return -1;
    return (disk < 2 ? HD_MAJOR_0 : HD_MAJOR_1) << 8 | (disk & 1) << 6 | part;
}

void plan_mac(const uint8_t uuid[16], unsigned index, char mac[PLAN_MAC_SIZE])
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    uint8_t hash[32], number[4] = { index, index >> 8, index >> 16, index >> 24 };
    gsize size = sizeof(hash);

    g_checksum_update(sum, uuid, 16);
    g_checksum_update(sum, number, sizeof(number));
    g_checksum_get_digest(sum, hash, &size);
    g_snprintf(mac, PLAN_MAC_SIZE, "00:16:3e:%02x:%02x:%02x", hash[0] & 0x7f, hash[1], hash[2]);
}

bool plan_mac_is_valid(const char *text)
{
    if (strlen(text) != PLAN_MAC_SIZE - 1)
        return false;
    for (unsigned i = 0; i < PLAN_MAC_SIZE - 1; i++)
        if (i % 3 == 2 ? text[i] != ':' : !g_ascii_isxdigit(text[i]))
            return false;
    /* The lowest bit of the first byte makes it a group's address. */
    return !(g_ascii_xdigit_value(text[1]) & 1);
}

const char *plan_format_word(enum disk_format format)
{
    static const char *const words[] = {
        [DISK_RAW] = "raw", [DISK_QCOW2] = "qcow2", [DISK_VMDK] = "vmdk",   [DISK_VHDX] = "vhdx",
        [DISK_VPC] = "vpc", [DISK_QED] = "qed",     [DISK_EMPTY] = "empty",
    };

    return format < G_N_ELEMENTS(words) && words[format] ? words[format] : "raw";
}

char *plan_frontend_path(const struct plan_device *d)
{
    /* The first console lies elsewhere, for history's sake. */
    if (!strcmp(d->kind, "console") && !d->devid)
        return g_strdup_printf("/local/domain/%u/console", d->domid);
    return g_strdup_printf("/local/domain/%u/device/%s/%u", d->domid, d->kind, d->devid);
}

char *plan_backend_path(const struct plan_device *d)
{
    return g_strdup_printf("/local/domain/0/backend/%s/%u/%u", d->backend_kind, d->domid, d->devid);
}

char *plan_private_path(const struct plan_device *d)
{
    return g_strdup_printf("/libxl/%u/device/%s/%u", d->domid, d->kind, d->devid);
}

/* The back end's end, and the copy of it that a guest cannot change. */
static void add_back(GPtrArray *nodes, const struct plan_device *d, const char *key,
                     const char *value)
{
    g_autofree char *back = plan_backend_path(d), *own = plan_private_path(d);

    store_nodes_add(nodes, STORE_INHERIT, d->domid, value, "%s/%s", back, key);
    store_nodes_add(nodes, STORE_INHERIT, d->domid, value, "%s/%s", own, key);
}

static void add_front(GPtrArray *nodes, const struct plan_device *d, const char *key,
                      const char *value)
{
    g_autofree char *front = plan_frontend_path(d);

    store_nodes_add(nodes, STORE_INHERIT, d->domid, value, "%s/%s", front, key);
}

void plan_device_nodes(GPtrArray *nodes, const struct plan_device *d)
{
    g_autofree char *back = plan_backend_path(d), *own = plan_private_path(d);
    g_autofree char *front = plan_frontend_path(d);
    g_autofree char *domid = g_strdup_printf("%u", d->domid);

    store_nodes_add(nodes, STORE_PRIVATE, d->domid, "", "%s", own);
    store_nodes_add(nodes, STORE_INHERIT, d->domid, front, "%s/frontend", own);
    store_nodes_add(nodes, STORE_INHERIT, d->domid, back, "%s/backend", own);
    store_nodes_add(nodes, STORE_READABLE, d->domid, "", "%s", back);
    store_nodes_add(nodes, STORE_INHERIT, d->domid, front, "%s/frontend", back);
    add_back(nodes, d, "frontend-id", domid);
    add_back(nodes, d, "online", "1");
    add_back(nodes, d, "state", XENBUS_STATE);
    if (strcmp(d->kind, "console") || d->devid) {
        store_nodes_add(nodes, STORE_OWNED, d->domid, "", "%s", front);
        add_front(nodes, d, "backend", back);
        add_front(nodes, d, "backend-id", "0");
        add_front(nodes, d, "state", XENBUS_STATE);
    }
}

void plan_disk_nodes(GPtrArray *nodes, const struct plan_device *d,
                     const struct disk_config *config, const struct plan_disk *disk)
{
    const char *kind = config->cdrom ? "cdrom" : "disk";
    g_autofree char *devid = g_strdup_printf("%u", d->devid);
    g_autofree char *name = g_strdelimit(g_strdup(config->vdev), ":", '\0');

    plan_device_nodes(nodes, d);
    add_back(nodes, d, "params", disk->params);
    if (disk->target)
        add_back(nodes, d, "domus-target", disk->target);
    if (disk->physical_device)
        add_back(nodes, d, "physical-device", disk->physical_device);
    add_back(nodes, d, "removable", config->cdrom ? "1" : "0");
    add_back(nodes, d, "bootable", "1");
    add_back(nodes, d, "dev", name);
    add_back(nodes, d, "type", disk->type);
    add_back(nodes, d, "mode", config->writable && !config->cdrom ? "w" : "r");
    add_back(nodes, d, "device-type", kind);
    add_back(nodes, d, "discard-enable", config->discard ? "1" : "0");
    if (config->direct_io_safe)
        add_back(nodes, d, "direct-io-safe", "1");
    if (config->script)
        add_back(nodes, d, "script", config->script);
    add_front(nodes, d, "virtual-device", devid);
    add_front(nodes, d, "device-type", kind);
}

void plan_nic_nodes(GPtrArray *nodes, const struct plan_device *d, const struct nic_config *config,
                    const char *mac, const char *bridge)
{
    g_autofree char *handle = g_strdup_printf("%u", d->devid);
    g_autofree char *mtu = g_strdup_printf("%u", config->mtu);

    plan_device_nodes(nodes, d);
    add_back(nodes, d, "handle", handle);
    add_back(nodes, d, "mac", mac);
    add_back(nodes, d, "type", "vif");
    add_back(nodes, d, "bridge", bridge);
    /* netback wants the node to be there even though nobody runs it. */
    add_back(nodes, d, "script", config->script ? config->script : "");
    if (config->ip)
        add_back(nodes, d, "ip", config->ip);
    if (config->ifname)
        add_back(nodes, d, "vifname", config->ifname);
    if (config->rate_bytes) {
        g_autofree char *rate = g_strdup_printf("%" G_GUINT64_FORMAT ",%u", config->rate_bytes,
                                                config->rate_interval_us ? config->rate_interval_us
                                                                         : 50000);

        add_back(nodes, d, "rate", rate);
    }
    add_front(nodes, d, "handle", handle);
    add_front(nodes, d, "mac", mac);
    if (config->mtu) {
        add_back(nodes, d, "mtu", mtu);
        add_front(nodes, d, "mtu", mtu);
    }
}
