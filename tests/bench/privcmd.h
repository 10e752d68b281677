/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypercalls of the control domain's programs, through the kernel's /dev/xen/privcmd. */
#ifndef BENCH_PRIVCMD_H
#define BENCH_PRIVCMD_H

#include <stddef.h>
#include <stdint.h>

#include <xen/xen.h>

#include <xen/version.h>

/* What the hypercall says, or -1: no hypervisor, or an error (errno). */
long privcmd_call(unsigned int call, unsigned long first, void *second);

/* The same way into the kernel and back, without a hypercall. */
void privcmd_nothing(void);

#endif
