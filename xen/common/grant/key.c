/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Console key 'g': the grant tables of all domains. */
#include <hv/debug.h>
#include <hv/domain.h>
#include <hv/grant.h>
#include <hv/printk.h>

static void dump(void)
{
    if (!domains_try_visit(grant_dump))
        printk("the list of domains is locked\n");
}
DEFINE_CONSOLE_KEY(grants, 'g', "grant tables", dump);
