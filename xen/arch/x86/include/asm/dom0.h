/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The control domain's beginning. */
#ifndef ASM_DOM0_H
#define ASM_DOM0_H

/* Builds the control domain from the boot modules and lets it run; panics if that is not possible.
 */
void dom0_start(void);

#endif
