/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ABI's error numbers under their plain names; <hv/errno.h> is what others include. */
#ifndef ABI_ERRNO_H
#define ABI_ERRNO_H

#ifndef EPERM /* a host test may have the C library's names, which are the same numbers */
#define XEN_ERRNO(name, value) name = value,
enum hv_errno {
#include <xen/errno.h>
};
#undef XEN_ERRNO
#endif

#endif
