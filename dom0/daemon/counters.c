/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes that a domain's devices moved, as the kernel's back ends count them in sysfs. */
#include <string.h>

#include "private.h"

#define BACKENDS "/sys/bus/xen-backend/devices"
#define SECTOR   512

static uint64_t read_number(const char *dir, const char *name)
{
    g_autofree char *path = g_build_filename(dir, name, NULL), *text = NULL;

    return g_file_get_contents(path, &text, NULL, NULL) ? g_ascii_strtoull(text, NULL, 10) : 0;
}

static void add_disks(uint32_t domid, struct history *now)
{
    g_autofree char *prefix = g_strdup_printf("vbd-%u-", domid);
    GDir *dir = g_dir_open(BACKENDS, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = NULL;

        if (!g_str_has_prefix(name, prefix))
            continue;
        path = g_build_filename(BACKENDS, name, "statistics", NULL);
        now->disk_read += read_number(path, "rd_sect") * SECTOR;
        now->disk_write += read_number(path, "wr_sect") * SECTOR;
    }
    if (dir)
        g_dir_close(dir);
}

/* What the interface in dom0 received, the guest sent. */
static void add_nics(uint32_t domid, struct history *now)
{
    unsigned i;

    for (i = 0; i < 8; i++) {
        g_autofree char *path = g_strdup_printf("/sys/class/net/vif%u.%u/statistics", domid, i);

        if (!g_file_test(path, G_FILE_TEST_IS_DIR))
            break;
        now->net_tx += read_number(path, "rx_bytes");
        now->net_rx += read_number(path, "tx_bytes");
    }
}

void counters_read(uint32_t domid, struct history *now)
{
    add_disks(domid, now);
    add_nics(domid, now);
}
