/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of this folder share: the end of a domain. */
#ifndef DOMAIN_PRIVATE_H
#define DOMAIN_PRIVATE_H

#include <hv/domain.h>

/* Registers the softirq that frees domains. */
void domain_destroy_init(void);
/* Takes it out of the list of domains. Harmless twice. */
void domain_leave(struct domain *d);
/* Frees it, and what was made of it so far; nobody can find it, and it has no frames. */
void domain_free(struct domain *d);

#endif
