/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vcpu-list, vcpu-set, vcpu-pin. */
#include <stdio.h>
#include <string.h>

#include "cli.h"

static int print_vcpus(BusMachine *m)
{
    g_autoptr(GVariant) vcpus = NULL;
    GVariantIter iter;
    GError *error = NULL;
    guint32 vcpu, cpu;
    gboolean online, blocked, running;
    guint64 time;
    const char *hard, *soft;

    if (!bus_machine_call_list_vcpus_sync(m, &vcpus, NULL, &error))
        return cli_error(error);
    g_variant_iter_init(&iter, vcpus);
    while (g_variant_iter_next(&iter, "(uubbbt&s&s)", &vcpu, &cpu, &online, &blocked, &running,
                               &time, &hard, &soft)) {
        printf("%-32s %5d %5u", bus_machine_get_name(m), bus_machine_get_domain_id(m), vcpu);
        if (online)
            printf(" %5u %3c%c- ", cpu, running ? 'r' : '-', blocked ? 'b' : '-');
        else
            printf(" %5c %3c-- ", '-', '-');
        printf(" %9.1f  %s / %s\n", (double)time / 1e9, hard, soft);
    }
    return 0;
}

int verb_vcpu_list(int argc, char **argv)
{
    g_autoptr(GPtrArray) machines = NULL;
    int i, result = 0;
    guint n;

    if (cli_getopt(argc, argv, "", 0) == -2)
        return 1;
    if (optind == argc) {
        machines = cli_machines();
        if (!machines)
            return 1;
    } else {
        machines = g_ptr_array_new_with_free_func(g_object_unref);
    }
    for (i = optind; i < argc; i++) {
        BusMachine *m = cli_machine(argv[i]);

        if (!m)
            return 1;
        g_ptr_array_add(machines, m);
    }
    printf("%-32s %5s %5s %5s %5s %9s %s\n", "Name", "ID", "VCPU", "CPU", "State", "Time(s)",
           "Affinity (Hard / Soft)");
    for (n = 0; n < machines->len; n++)
        if (bus_machine_get_domain_id(machines->pdata[n]) >= 0)
            result |= print_vcpus(machines->pdata[n]);
    return result;
}

int verb_vcpu_set(int argc, char **argv)
{
    g_autoptr(BusMachine) machine = NULL;
    GError *error = NULL;
    unsigned n;
    int c;

    while ((c = cli_getopt(argc, argv, "i", 2)) >= 0)
        ;
    if (c == -2 || !cli_number(argv[optind + 1], &n))
        return 1;
    machine = cli_machine(argv[optind]);
    if (!machine)
        return 1;
    return bus_machine_call_set_vcpus_sync(machine, n, FALSE, NULL, &error) ? 0 : cli_error(error);
}

/* "-" leaves an affinity as it is. */
int verb_vcpu_pin(int argc, char **argv)
{
    g_autoptr(BusMachine) machine = NULL;
    const char *hard, *soft;
    GError *error = NULL;
    unsigned vcpu = 0;
    bool all;
    int c;

    while ((c = cli_getopt(argc, argv, "f", 3)) >= 0)
        ;
    if (c == -2)
        return 1;
    all = !strcmp(argv[optind + 1], "all");
    if (!all && !cli_number(argv[optind + 1], &vcpu))
        return 1;
    hard = strcmp(argv[optind + 2], "-") ? argv[optind + 2] : "";
    soft = argc - optind > 3 && strcmp(argv[optind + 3], "-") ? argv[optind + 3] : "";
    machine = cli_machine(argv[optind]);
    if (!machine)
        return 1;
    return bus_machine_call_pin_vcpu_sync(machine, all ? -1 : (int)vcpu, hard, soft, NULL, &error)
               ? 0
               : cli_error(error);
}
