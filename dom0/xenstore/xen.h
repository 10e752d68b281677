/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor as source of domains: rings by grant or foreign mapping, event channels, deaths.
 */
#ifndef XENSTORE_XEN_H
#define XENSTORE_XEN_H

#include "domain.h"

/*
 * Opens the devices. `*evtchn_fd` is the event channel descriptor of a predecessor, or -1, and then
 * becomes that of a new one. 0 or -errno.
 */
int xen_open(int *evtchn_fd);

extern const struct domain_source xen_domains;

/* Where dom0's kernel listens. 0 or -errno. */
int xen_kernel_port(uint32_t *port);

#endif
