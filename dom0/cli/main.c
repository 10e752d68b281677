/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domus: the command. Its verbs, options and columns are xl's; it takes the road over the bus. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"

struct cli cli;
static const struct verb *current;

#define DEVICE_OPTIONS "[-s] [-f]"

const struct verb verbs[] = {
    { "create", verb_create, "[-pcqnd] [-f] FILE [KEY=VALUE ...]",
      "Start a machine from a configuration file" },
    { "start", verb_start, "[-pc] MACHINE", "Start a machine that is defined, or saved" },
    { "define", verb_define, "FILE [KEY=VALUE ...]", "Keep a machine, without starting it" },
    { "undefine", verb_undefine, "[-d] MACHINE", "Forget a machine; -d: its disk images too" },
    { "config-update", verb_config_update, "MACHINE FILE [KEY=VALUE ...]",
      "Change the configuration of a machine for its next start" },
    { "autostart", verb_autostart, "MACHINE on|off [ORDER [DELAY]]",
      "Start a machine with the host, or not" },
    { "list", verb_list, "[-l] [-v] [-a] [-n] [-c] [MACHINE ...]",
      "List running machines; -a: all; -l: as JSON" },
    { "destroy", verb_destroy, "[-f] MACHINE", "End a machine at once" },
    { "shutdown", verb_shutdown, "[-w] [-F] [-t SECONDS] -a|MACHINE",
      "Ask a machine to shut down; -w: wait for it" },
    { "reboot", verb_reboot, "[-w] [-F] -a|MACHINE", "Ask a machine to restart" },
    { "pause", verb_pause, "MACHINE", "Stop a machine's processors" },
    { "unpause", verb_unpause, "MACHINE", "Let them go on" },
    { "save", verb_save, "[-c|-p] MACHINE [FILE [CONFIGFILE]]",
      "Save a machine's state; without FILE, start continues it" },
    { "restore", verb_restore, "[-pc] [CONFIGFILE] FILE", "Continue a machine from a file" },
    { "console", verb_console, "[-t pv|serial] [-n NUMBER] MACHINE",
      "The text console; Ctrl-] leaves it" },
    { "rename", verb_rename, "MACHINE NAME", "Give a machine another name" },
    { "domid", verb_domid, "MACHINE", "The domain id of a name" },
    { "domname", verb_domname, "DOMID", "The name of a domain id" },
    { "mem-set", verb_mem_set, "MACHINE MEMORY", "How much memory a machine uses" },
    { "mem-max", verb_mem_max, "MACHINE MEMORY", "How much memory a machine may use" },
    { "vcpu-list", verb_vcpu_list, "[MACHINE ...]", "Virtual processors and where they run" },
    { "vcpu-set", verb_vcpu_set, "MACHINE VCPUS", "How many virtual processors are online" },
    { "vcpu-pin", verb_vcpu_pin, "[-f] MACHINE VCPU|all HARD|- [SOFT]",
      "Which CPUs a virtual processor may run on" },
    { "sched-credit", verb_sched_credit, "[-d MACHINE [-w WEIGHT] [-c CAP]]",
      "Parameters of the credit scheduler" },
    { "sched-credit2", verb_sched_credit2, "[-d MACHINE [-w WEIGHT] [-c CAP]]",
      "Parameters of the credit2 scheduler" },
    { "sched-rtds", verb_sched_rtds, "[-d MACHINE [-p PERIOD] [-b BUDGET] [-e EXTRATIME]]",
      "Parameters of the rtds scheduler" },
    { "cpupool-list", verb_cpupool_list, "[-c] [POOL]", "List CPU pools; -c: their CPUs" },
    { "cpupool-create", verb_cpupool_create, "name=NAME sched=SCHEDULER cpus=CPUS",
      "Make a CPU pool" },
    { "cpupool-destroy", verb_cpupool_destroy, "POOL", "Remove a CPU pool" },
    { "cpupool-rename", verb_cpupool_rename, "POOL NAME", "Rename a CPU pool" },
    { "cpupool-cpu-add", verb_cpupool_cpu_add, "POOL CPUS", "Add CPUs to a pool" },
    { "cpupool-cpu-remove", verb_cpupool_cpu_remove, "POOL CPUS", "Take CPUs out of a pool" },
    { "cpupool-migrate", verb_cpupool_migrate, "MACHINE POOL", "Move a machine to a pool" },
    { "block-attach", verb_block_attach, "[-s] MACHINE DISK ...",
      "Attach a disk; -s: also to the configuration" },
    { "block-detach", verb_block_detach, DEVICE_OPTIONS " MACHINE VDEV", "Detach a disk" },
    { "block-list", verb_block_list, "MACHINE ...", "List a machine's disks" },
    { "network-attach", verb_network_attach, "[-s] MACHINE [KEY=VALUE ...]",
      "Attach a network card; -s: also to the configuration" },
    { "network-detach", verb_network_detach, DEVICE_OPTIONS " MACHINE DEVID|MAC",
      "Detach a network card" },
    { "network-list", verb_network_list, "MACHINE ...", "List a machine's network cards" },
    { "cd-insert", verb_cd_insert, "MACHINE VDEV FILE", "Insert a medium" },
    { "cd-eject", verb_cd_eject, "MACHINE VDEV", "Take a medium out" },
    { "info", verb_info, "[-n]", "About the host and the hypervisor" },
    { "dmesg", verb_dmesg, "[-c]", "The hypervisor's log; -c: clear it" },
    { "debug-keys", verb_debug_keys, "KEYS", "Send console keys to the hypervisor" },
    { "top", verb_top, "[-b] [-d SECONDS] [-i TIMES]", "What machines use, again and again" },
    { "uptime", verb_uptime, "[-s] [MACHINE ...]", "Since when machines run" },
    { "trigger", verb_trigger, "MACHINE nmi|reset|init|power|sleep|s3resume [VCPU]",
      "Send an event to a machine" },
    { "end-all", verb_end_all, "[save|shutdown|destroy]",
      "End all machines, as when the host powers off" },
    { "help", verb_help, "[--long] [VERB]", "This list, or one verb" },
};
const size_t n_verbs = G_N_ELEMENTS(verbs);

int cli_fail(const char *format, ...)
{
    va_list args;

    fprintf(stderr, "domus%s%s: ", current ? " " : "", current ? current->name : "");
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return 1;
}

int cli_error(GError *error)
{
    g_dbus_error_strip_remote_error(error);
    cli_fail("%s", error->message);
    g_error_free(error);
    return 1;
}

int cli_usage(void)
{
    fprintf(stderr, "Usage: domus %s %s\n", current->name, current->arguments);
    return 1;
}

int cli_getopt(int argc, char **argv, const char *options, int least)
{
    int c = getopt(argc, argv, options);

    if (c == '?' || (c < 0 && argc - optind < least)) {
        cli_usage();
        return -2;
    }
    return c;
}

static int print_help(void)
{
    size_t i;

    printf("Usage: domus [--session | --address ADDRESS] VERB [ARGUMENTS]\n\n");
    for (i = 0; i < n_verbs; i++)
        printf(" %-19s %s\n", verbs[i].name, verbs[i].summary);
    return 0;
}

static const struct verb *find_verb(const char *name)
{
    size_t i;

    for (i = 0; i < n_verbs; i++)
        if (!strcmp(verbs[i].name, name))
            return &verbs[i];
    return NULL;
}

int verb_help(int argc, char **argv)
{
    const struct verb *verb;

    if (argc < 2 || !strcmp(argv[1], "--long"))
        return print_help();
    verb = find_verb(argv[1]);
    if (!verb)
        return cli_fail("there is no verb %s", argv[1]);
    printf("Usage: domus %s %s\n\n%s.\n", verb->name, verb->arguments, verb->summary);
    return 0;
}

static int connect_bus(bool session, const char *address)
{
    GError *error = NULL;
    GDBusProxyFlags flags = G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START_AT_CONSTRUCTION;

    if (address)
        cli.bus = g_dbus_connection_new_for_address_sync(
            address,
            G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
            NULL, NULL, &error);
    else
        cli.bus = g_bus_get_sync(session ? G_BUS_TYPE_SESSION : G_BUS_TYPE_SYSTEM, NULL, &error);
    if (cli.bus)
        cli.host = bus_host_proxy_new_sync(cli.bus, G_DBUS_PROXY_FLAGS_NONE, "org.domus1",
                                           "/org/domus1/Host", NULL, &error);
    if (cli.host)
        cli.manager = bus_manager_proxy_new_sync(cli.bus, flags, "org.domus1",
                                                 "/org/domus1/Manager", NULL, &error);
    if (error)
        return cli_error(error);
    if (!g_dbus_proxy_get_cached_property(G_DBUS_PROXY(cli.host), "Cpus"))
        return cli_fail("domusd does not answer; is domusd.service running?");
    g_dbus_proxy_set_default_timeout(G_DBUS_PROXY(cli.host), 120000);
    g_dbus_proxy_set_default_timeout(G_DBUS_PROXY(cli.manager), 120000);
    return 0;
}

int main(int argc, char **argv)
{
    static const struct option global[] = {
        { "session", no_argument, NULL, 's' },
        { "address", required_argument, NULL, 'a' },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
    };
    const char *address = NULL;
    bool session = false;
    int c;

    /* xl's own global options are taken and mean nothing here */
    while ((c = getopt_long(argc, argv, "+vfNtTh", global, NULL)) != -1) {
        switch (c) {
        case 's': session = true; break;
        case 'a': address = optarg; break;
        case 'h': return print_help();
        case '?': return 1;
        default: break;
        }
    }
    if (optind == argc) {
        print_help();
        return 1;
    }
    current = find_verb(argv[optind]);
    if (!current) {
        fprintf(stderr, "domus: there is no verb %s; \"domus help\" lists them\n", argv[optind]);
        return 1;
    }
    if (current->run != verb_help && connect_bus(session, address))
        return 1;
    argc -= optind;
    argv += optind;
    optind = 0; /* getopt() begins anew */
    return current->run(argc, argv);
}
