/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysctl's list of domains. */
#include "sysctl.h"

#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/guest-access.h>

SYSCTL_HANDLER(getdomaininfolist)
{
    struct xen_sysctl_getdomaininfolist *list = &op->u.getdomaininfolist;
    struct xen_domctl_getdomaininfo info;
    domid_t from = list->first_domain;
    struct domain *d;
    int rc = 0;

    list->num_domains = 0;
    while (!rc && list->num_domains < list->max_domains && (d = domain_get_from(from)) != NULL) {
        domain_get_info(d, &info);
        from = (domid_t)(d->id + 1);
        domain_put(d);
        rc = guest_write(list->buffer, list->num_domains, &info);
        if (!rc)
            list->num_domains++;
    }
    return rc;
}
