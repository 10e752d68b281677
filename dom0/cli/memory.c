/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mem-set and mem-max. */
#include "cli.h"

static int set(int argc, char **argv, bool max)
{
    g_autoptr(BusMachine) machine = NULL;
    GError *error = NULL;
    uint64_t kib;
    bool ok;

    if (cli_getopt(argc, argv, "", 2) == -2 || !cli_memory(argv[optind + 1], &kib))
        return 1;
    machine = cli_machine(argv[optind]);
    if (!machine)
        return 1;
    if (max)
        ok = bus_machine_call_set_max_memory_sync(machine, kib, FALSE, NULL, &error);
    else
        ok = bus_machine_call_set_memory_sync(machine, kib, FALSE, NULL, &error);
    return ok ? 0 : cli_error(error);
}

int verb_mem_set(int argc, char **argv)
{
    return set(argc, argv, false);
}

int verb_mem_max(int argc, char **argv)
{
    return set(argc, argv, true);
}
