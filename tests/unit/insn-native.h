/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs one instruction on the real processor with chosen registers, flags and memory. */
#ifndef INSN_NATIVE_H
#define INSN_NATIVE_H

#include <stdbool.h>
#include <stdint.h>

struct native_state {
    uint64_t regs[16]; /* in the order of the encodings: rax, rcx, rdx, rbx, rsp, … */
    uint64_t flags;
};

#define NATIVE_DATA_BYTES 8192
#define NATIVE_GS_BASE    0x12345000ULL

/* One mapping below 4 GiB: code first, then data; guarded by unmapped pages. */
struct native_arena {
    uint8_t *code;
    uint8_t *data;
};

/* Maps the arena, takes the fault signals, sets the GS base. Returns false if it cannot. */
bool native_open(struct native_arena *arena);

/* Executes the bytes at arena->code. Returns 0, or the signal that they raised. */
int native_run(const struct native_arena *arena, const uint8_t *bytes, unsigned int len,
               struct native_state *state);

#endif
