/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rename, domid, domname. */
#include <stdio.h>

#include "cli.h"

int verb_rename(int argc, char **argv)
{
    g_autoptr(BusMachine) machine = NULL;
    GError *error = NULL;

    if (cli_getopt(argc, argv, "", 2) == -2)
        return 1;
    machine = cli_machine(argv[optind]);
    if (!machine)
        return 1;
    return bus_machine_call_rename_sync(machine, argv[optind + 1], NULL, &error) ? 0
                                                                                 : cli_error(error);
}

int verb_domid(int argc, char **argv)
{
    g_autoptr(BusMachine) machine = NULL;

    if (cli_getopt(argc, argv, "", 1) == -2)
        return 1;
    machine = cli_machine(argv[optind]);
    if (!machine)
        return 1;
    if (bus_machine_get_domain_id(machine) < 0)
        return cli_fail("%s: does not run", argv[optind]);
    printf("%d\n", bus_machine_get_domain_id(machine));
    return 0;
}

int verb_domname(int argc, char **argv)
{
    g_autoptr(BusMachine) machine = NULL;
    unsigned domid;

    if (cli_getopt(argc, argv, "", 1) == -2 || !cli_number(argv[optind], &domid))
        return 1;
    machine = cli_machine(argv[optind]);
    if (!machine)
        return 1;
    printf("%s\n", bus_machine_get_name(machine));
    return 0;
}
