/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the boot code to the hypervisor proper. */
#ifndef ASM_BOOT_H
#define ASM_BOOT_H

#include <hv/types.h>

/* The first C code. @magic and @info are the loader's; @image_base is where IMAGE_BASE lies. */
__noreturn void boot_main(uint32_t magic, uint32_t info, uint32_t image_base);

/* init/: runs the start-up steps. @boot_error: not 0 if the loader's information was unusable. */
__noreturn void start_hypervisor(int boot_error);

/* Marks of the image (linker script). */
extern char image_start[], image_rodata[], image_data[], image_end[];
extern char percpu_start[], percpu_end[];
extern char cpu0_stack[];

#endif
