/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor as source of domains: rings by grant or foreign mapping, event channels, deaths.
 */
#ifndef XENSTORE_XEN_H
#define XENSTORE_XEN_H

#include "domain.h"

/*
 * Opens the devices. `*evtchn_fd` and `*virq_port` are a predecessor's event channel descriptor and
 * the port at which domains' ends are told; where the first is -1, both become new ones. 0 or
 * -errno.
 */
int xen_open(int *evtchn_fd, uint32_t *virq_port);

extern const struct domain_source xen_domains;

/* Where dom0's kernel listens. 0 or -errno. */
int xen_kernel_port(uint32_t *port);

#endif
