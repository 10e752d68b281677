/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in where the daemon is built without the toolstack: only the fake host is there. */
#include <dom0/daemon/backend.h>

G_DEFINE_QUARK(domus - toolstack - error, toolstack_error)

struct backend *backend_toolstack_open(uint64_t dom0_floor_kib, GError **error)
{
    (void)dom0_floor_kib;
    g_set_error(error, TOOLSTACK_ERROR, TOOLSTACK_ERROR_NOT_SUPPORTED,
                "this domusd was built without the toolstack; --backend=fake is there");
    return NULL;
}

void domain_info_free(struct domain_info *info)
{
    if (info)
        g_free(info->name);
    g_free(info);
}

void pool_info_free(struct pool_info *pool)
{
    if (!pool)
        return;
    g_free(pool->name);
    g_free(pool->scheduler);
    g_array_unref(pool->cpus);
    g_free(pool);
}

void host_info_free(struct host_info *info)
{
    if (!info)
        return;
    g_free(info->hypervisor);
    g_free(info->capabilities);
    g_free(info->scheduler);
    g_free(info->commandline);
    g_free(info->compiler);
    g_free(info->compile_date);
    g_free(info->build_id);
    g_free(info);
}
