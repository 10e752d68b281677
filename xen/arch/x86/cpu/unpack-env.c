/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the decompressors, built for user programs, expect of the CPU besides SSE. */
#include <hv/decompress.h>

#include <asm/msr.h>

/* What user programs find at FS: the stack protector reads the word at 0x28. */
static uint64_t thread_block[8] = { [5] = 0x5d0c2ea97b31f600ULL };
static uint64_t saved_fs_base;

void arch_unpack_enter(void)
{
    saved_fs_base = rdmsr(MSR_FS_BASE);
    wrmsr(MSR_FS_BASE, (uintptr_t)thread_block);
}

void arch_unpack_leave(void)
{
    wrmsr(MSR_FS_BASE, saved_fs_base);
}
