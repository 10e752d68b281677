/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sched-credit, sched-credit2, sched-rtds: a domain's parameters, read and set. */
#include <stdio.h>
#include <string.h>

#include "cli.h"

struct parameter {
    const char *name;
    bool set;
    unsigned value;
};

static void print_row(BusMachine *m, bool rtds)
{
    g_autoptr(GVariant) values = NULL;
    g_autofree char *scheduler = NULL;
    guint32 weight = 0, cap = 0, period = 0, budget = 0;
    gboolean extra = FALSE;

    if (!bus_machine_call_get_scheduling_sync(m, &scheduler, &values, NULL, NULL))
        return;
    g_variant_lookup(values, "weight", "u", &weight);
    g_variant_lookup(values, "cap", "u", &cap);
    g_variant_lookup(values, "period", "u", &period);
    g_variant_lookup(values, "budget", "u", &budget);
    g_variant_lookup(values, "extratime", "b", &extra);
    if (rtds)
        printf("%-33s %4d %9u %9u %10s\n", bus_machine_get_name(m), bus_machine_get_domain_id(m),
               period, budget, extra ? "yes" : "no");
    else
        printf("%-33s %4d %6u %4u\n", bus_machine_get_name(m), bus_machine_get_domain_id(m), weight,
               cap);
}

static int print_all(const char *scheduler, const char *what)
{
    g_autoptr(GPtrArray) machines = NULL;
    bool rtds = !strcmp(scheduler, "rtds");
    guint i;

    if (strcmp(bus_host_get_scheduler(cli.host), scheduler))
        return cli_fail("the scheduler is %s", bus_host_get_scheduler(cli.host));
    if (what) {
        BusMachine *m = cli_machine(what);

        machines = g_ptr_array_new_with_free_func(g_object_unref);
        if (m)
            g_ptr_array_add(machines, m);
        if (!m)
            return 1;
    } else {
        machines = cli_machines();
        printf("Cpupool Pool-0:\n");
    }
    printf("%-33s %4s %s\n", "Name", "ID", rtds ? "   Period    Budget  Extratime" : "Weight  Cap");
    for (i = 0; machines && i < machines->len; i++)
        if (bus_machine_get_domain_id(machines->pdata[i]) >= 0)
            print_row(machines->pdata[i], rtds);
    return 0;
}

static int change(const char *what, const struct parameter *parameters)
{
    g_autoptr(BusMachine) machine = cli_machine(what);
    GVariantBuilder values;
    GError *error = NULL;

    if (!machine)
        return 1;
    g_variant_builder_init(&values, G_VARIANT_TYPE("a{sv}"));
    for (; parameters->name; parameters++)
        if (parameters->set)
            g_variant_builder_add(&values, "{sv}", parameters->name,
                                  strcmp(parameters->name, "extratime")
                                      ? g_variant_new_uint32(parameters->value)
                                      : g_variant_new_boolean(parameters->value));
    return bus_machine_call_set_scheduling_sync(machine, g_variant_builder_end(&values), NULL,
                                                &error)
               ? 0
               : cli_error(error);
}

static int run(int argc, char **argv, const char *scheduler)
{
    struct parameter parameters[] = {
        { "weight", false, 0 }, { "cap", false, 0 },       { "period", false, 0 },
        { "budget", false, 0 }, { "extratime", false, 0 }, { NULL, false, 0 },
    };
    static const char letters[] = "wcpbe";
    const char *what = NULL, *at;
    bool any = false;
    int c;

    while ((c = cli_getopt(argc, argv, "d:w:c:p:b:e:v:", 0)) >= 0) {
        at = strchr(letters, c);
        if (c == 'd') {
            what = optarg;
        } else if (at) {
            any = parameters[at - letters].set = true;
            if (!cli_number(optarg, &parameters[at - letters].value))
                return 1;
        }
    }
    if (c == -2)
        return 1;
    if (any && !what)
        return cli_usage();
    return any ? change(what, parameters) : print_all(scheduler, what);
}

int verb_sched_credit(int argc, char **argv)
{
    return run(argc, argv, "credit");
}

int verb_sched_credit2(int argc, char **argv)
{
    return run(argc, argv, "credit2");
}

int verb_sched_rtds(int argc, char **argv)
{
    return run(argc, argv, "rtds");
}
