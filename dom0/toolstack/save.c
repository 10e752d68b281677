/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Saving a domain. */
#include "private.h"

bool toolstack_save(struct toolstack *ts, uint32_t domid, int fd, bool keep_running,
                    const struct progress *progress, GError **error)
{
    (void)ts, (void)fd, (void)keep_running, (void)progress;
    return fail(error, TOOLSTACK_ERROR_NOT_SUPPORTED, "domain %u: saving is not there yet", domid);
}

bool toolstack_restore(struct toolstack *ts, const struct machine_config *config, int fd,
                       bool paused, const struct progress *progress, uint32_t *domid,
                       GError **error)
{
    (void)ts, (void)fd, (void)paused, (void)progress, (void)domid;
    return fail(error, TOOLSTACK_ERROR_NOT_SUPPORTED, "%s: restoring is not there yet",
                config->name);
}
