/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cpupool-...: the host's CPU pools. */
#include <stdio.h>
#include <string.h>

#include "cli.h"

static void print_cpus(GVariant *cpus)
{
    gsize n, i;
    const guint32 *values = g_variant_get_fixed_array(cpus, &n, sizeof(guint32));

    for (i = 0; i < n; i++)
        printf("%s%u", i ? "," : "", values[i]);
    putchar('\n');
}

int verb_cpupool_list(int argc, char **argv)
{
    g_autoptr(GVariant) pools = NULL;
    bool cpus = false;
    GVariantIter iter;
    GError *error = NULL;
    guint32 id, domains;
    const char *name, *scheduler;
    GVariant *array;
    int c;

    while ((c = cli_getopt(argc, argv, "c", 0)) >= 0)
        cpus = true;
    if (c == -2)
        return 1;
    if (!bus_host_call_list_pools_sync(cli.host, &pools, NULL, &error))
        return cli_error(error);
    printf(cpus ? "%-19sCPU list\n" : "%-19sCPUs   Sched     Active   Domain count\n", "Name");
    g_variant_iter_init(&iter, pools);
    while (g_variant_iter_next(&iter, "(u&s&su@au)", &id, &name, &scheduler, &domains, &array)) {
        if (optind == argc || !strcmp(argv[optind], name)) {
            printf("%-19s", name);
            if (cpus)
                print_cpus(array);
            else
                printf("%3zu %9s       y       %4u\n", g_variant_n_children(array), scheduler,
                       domains);
        }
        g_variant_unref(array);
    }
    return 0;
}

static const char *value_of(int argc, char **argv, const char *key)
{
    size_t length = strlen(key);
    int i;

    for (i = optind; i < argc; i++)
        if (!strncmp(argv[i], key, length) && argv[i][length] == '=')
            return g_strstrip(g_strdelimit(argv[i] + length + 1, "\"'", ' '));
    return NULL;
}

int verb_cpupool_create(int argc, char **argv)
{
    const char *name, *scheduler, *list;
    GVariant *cpus;
    GError *error = NULL;
    guint id;

    if (cli_getopt(argc, argv, "", 1) == -2)
        return 1;
    name = value_of(argc, argv, "name");
    scheduler = value_of(argc, argv, "sched");
    list = value_of(argc, argv, "cpus");
    if (!name)
        return cli_usage();
    cpus = list ? cli_cpus(list) : g_variant_new_array(G_VARIANT_TYPE_UINT32, NULL, 0);
    if (!cpus)
        return 1;
    return bus_host_call_create_pool_sync(cli.host, name, scheduler ? scheduler : "", cpus, &id,
                                          NULL, &error)
               ? 0
               : cli_error(error);
}

int verb_cpupool_destroy(int argc, char **argv)
{
    GError *error = NULL;

    if (cli_getopt(argc, argv, "", 1) == -2)
        return 1;
    return bus_host_call_destroy_pool_sync(cli.host, argv[optind], NULL, &error) ? 0
                                                                                 : cli_error(error);
}

int verb_cpupool_rename(int argc, char **argv)
{
    GError *error = NULL;

    if (cli_getopt(argc, argv, "", 2) == -2)
        return 1;
    return bus_host_call_rename_pool_sync(cli.host, argv[optind], argv[optind + 1], NULL, &error)
               ? 0
               : cli_error(error);
}

int verb_cpupool_cpu_add(int argc, char **argv)
{
    GError *error = NULL;
    GVariant *cpus;

    if (cli_getopt(argc, argv, "", 2) == -2)
        return 1;
    cpus = cli_cpus(argv[optind + 1]);
    if (!cpus)
        return 1;
    return bus_host_call_add_pool_cpus_sync(cli.host, argv[optind], cpus, NULL, &error)
               ? 0
               : cli_error(error);
}

int verb_cpupool_cpu_remove(int argc, char **argv)
{
    GError *error = NULL;
    GVariant *cpus;

    if (cli_getopt(argc, argv, "", 2) == -2)
        return 1;
    cpus = cli_cpus(argv[optind + 1]);
    if (!cpus)
        return 1;
    return bus_host_call_remove_pool_cpus_sync(cli.host, argv[optind], cpus, NULL, &error)
               ? 0
               : cli_error(error);
}

int verb_cpupool_migrate(int argc, char **argv)
{
    g_autoptr(BusMachine) machine = NULL;
    GError *error = NULL;

    if (cli_getopt(argc, argv, "", 2) == -2)
        return 1;
    machine = cli_machine(argv[optind]);
    if (!machine)
        return 1;
    return bus_machine_call_move_to_pool_sync(machine, argv[optind + 1], NULL, &error)
               ? 0
               : cli_error(error);
}
