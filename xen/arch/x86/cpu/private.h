/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps of cpu_init(), for this folder. */
#ifndef CPU_PRIVATE_H
#define CPU_PRIVATE_H

void desc_load(void);
void syscall_msrs_load(void);

#endif
