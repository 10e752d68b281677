/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memory_op: how much memory a domain has, and which. */
#ifndef HV_MEMORY_H
#define HV_MEMORY_H

long do_memory_op(unsigned long cmd, unsigned long arg, unsigned long a3, unsigned long a4,
                  unsigned long a5);

#endif
