/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of CPUs in xl.cfg's syntax: "0-3,^2", "all", "node:1". Pure. */
#ifndef DOM0_TOOLSTACK_CPU_LIST_H
#define DOM0_TOOLSTACK_CPU_LIST_H

#include <stdbool.h>
#include <stdint.h>

#define CPU_LIST_MAX  4096U
#define CPU_LIST_SIZE (CPU_LIST_MAX / 8)

/* The machine a list is about: CPUs 0 to cpus - 1, each with its NUMA node; nodes NULL: all 0. */
struct cpu_set {
    unsigned cpus;
    const uint32_t *nodes;
};

/* Fills `map` (CPU_LIST_SIZE bytes); false with a sentence, to be freed, in *why. */
bool cpu_list_parse(const char *text, const struct cpu_set *set, uint8_t *map, char **why);
/* "all", "0-2,5", ""; freed with g_free(). */
char *cpu_list_format(const uint8_t *map, unsigned cpus);

#endif
