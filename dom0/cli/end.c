/* SPDX-License-Identifier: GPL-2.0-or-later */
/* destroy, shutdown, reboot, pause, unpause, end-all. */
#include <stdio.h>
#include <string.h>

#include "cli.h"

int verb_destroy(int argc, char **argv)
{
    g_autoptr(BusMachine) machine = NULL;
    g_autofree char *job = NULL;
    GError *error = NULL;
    int c;

    while ((c = cli_getopt(argc, argv, "f", 1)) >= 0)
        ;
    machine = c == -2 ? NULL : cli_machine(argv[optind]);
    if (!machine)
        return 1;
    if (!bus_machine_call_destroy_sync(machine, &job, NULL, &error))
        return cli_error(error);
    return cli_wait(job);
}

/* Asks one machine; the job to wait for, or NULL after a message. */
static char *ask(BusMachine *machine, bool reboot, unsigned timeout)
{
    GVariantBuilder options;
    GError *error = NULL;
    char *job = NULL;

    g_variant_builder_init(&options, G_VARIANT_TYPE("a{sv}"));
    g_variant_builder_add(&options, "{sv}", "timeout", g_variant_new_uint32(timeout));
    g_variant_builder_add(&options, "{sv}", "force", g_variant_new_boolean(timeout > 0));
    if (reboot ? !bus_machine_call_reboot_sync(machine, g_variant_builder_end(&options), &job, NULL,
                                               &error)
               : !bus_machine_call_shutdown_sync(machine, g_variant_builder_end(&options), &job,
                                                 NULL, &error))
        cli_error(error);
    else if (!cli.quiet)
        printf("%s domain %d\n", reboot ? "Rebooting" : "Shutting down",
               bus_machine_get_domain_id(machine));
    return job;
}

static GPtrArray *chosen(bool all, const char *what)
{
    g_autoptr(GPtrArray) machines = NULL;
    GPtrArray *list = g_ptr_array_new_with_free_func(g_object_unref);
    BusMachine *one;
    guint i;

    if (!all) {
        one = cli_machine(what);
        if (one)
            g_ptr_array_add(list, one);
        return list;
    }
    machines = cli_machines();
    for (i = 0; machines && i < machines->len; i++)
        if (bus_machine_get_domain_id(machines->pdata[i]) > 0)
            g_ptr_array_add(list, g_object_ref(machines->pdata[i]));
    return list;
}

static int ask_some(int argc, char **argv, bool reboot)
{
    g_autoptr(GPtrArray) machines = NULL;
    g_autoptr(GPtrArray) jobs = g_ptr_array_new_with_free_func(g_free);
    bool all = false, wait = false;
    unsigned timeout = 0;
    int c, result = 0;
    guint i;

    while ((c = cli_getopt(argc, argv, "awFt:", 0)) >= 0) {
        if (c == 'a')
            all = true;
        else if (c == 'w')
            wait = true;
        else if (c == 't' && !cli_number(optarg, &timeout))
            return 1;
    }
    if (c == -2)
        return 1;
    if (all == (optind < argc))
        return cli_usage();
    machines = chosen(all, argv[optind]);
    if (!machines->len)
        return !all;
    for (i = 0; i < machines->len; i++) {
        char *job = ask(machines->pdata[i], reboot, timeout);

        if (job)
            g_ptr_array_add(jobs, job);
        else
            result = 1;
    }
    for (i = 0; (wait || timeout) && i < jobs->len; i++)
        result |= cli_wait(jobs->pdata[i]);
    return result;
}

int verb_shutdown(int argc, char **argv)
{
    return ask_some(argc, argv, false);
}

int verb_reboot(int argc, char **argv)
{
    return ask_some(argc, argv, true);
}

static int set_paused(int argc, char **argv, bool pause)
{
    g_autoptr(BusMachine) machine = NULL;
    GError *error = NULL;

    if (cli_getopt(argc, argv, "", 1) == -2)
        return 1;
    machine = cli_machine(argv[optind]);
    if (!machine)
        return 1;
    if (pause ? bus_machine_call_pause_sync(machine, NULL, &error)
              : bus_machine_call_unpause_sync(machine, NULL, &error))
        return 0;
    return cli_error(error);
}

int verb_pause(int argc, char **argv)
{
    return set_paused(argc, argv, true);
}

int verb_unpause(int argc, char **argv)
{
    return set_paused(argc, argv, false);
}

int verb_end_all(int argc, char **argv)
{
    g_autofree char *job = NULL;
    GError *error = NULL;

    if (cli_getopt(argc, argv, "", 0) == -2)
        return 1;
    if (!bus_manager_call_end_all_sync(cli.manager, optind < argc ? argv[optind] : "", &job, NULL,
                                       &error))
        return cli_error(error);
    return cli_wait(job);
}
