/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "private.h"
#include <hv/errno.h>

long memop_exchange(struct memop *m __unused)
{
    return -ENOSYS;
}
