/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which CPUs there are and which of them run. */
#include <hv/cpumask.h>

unsigned int nr_cpu_ids = 1;
struct cpumask cpu_online_map = { { 1 } }; /* the boot CPU runs from the first instruction */
