/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has the machine's memory, as far as the control domain may ask. */
#ifndef BENCH_MEMORY_H
#define BENCH_MEMORY_H

/* Prints "MEMORY ram N KiB" and so on, a line for each that the hypervisor tells. */
void memory_print(void);

#endif
