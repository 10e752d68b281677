/* SPDX-License-Identifier: GPL-2.0-or-later */
/* info, dmesg, debug-keys, uptime, trigger. */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "cli.h"

static void line(const char *key, const char *value)
{
    printf("%-23s: %s\n", key, value ? value : "");
}

static void number(const char *key, uint64_t value)
{
    printf("%-23s: %" G_GUINT64_FORMAT "\n", key, value);
}

/* "Domus 4.17.0-x": what stands behind major and minor. */
static void version(const char *hypervisor)
{
    const char *p = strpbrk(hypervisor, "0123456789");
    unsigned major = 4, minor = 17;
    int length = 0;
    g_autofree char *full = NULL;

    if (p && sscanf(p, "%u.%u%n", &major, &minor, &length) == 2)
        p += length;
    else
        p = "";
    full = g_strdup_printf("%u.%u%s", major, minor, p);
    number("xen_major", major);
    number("xen_minor", minor);
    line("xen_extra", p);
    line("xen_version", full);
}

int verb_info(int argc, char **argv)
{
    BusHost *h = cli.host;
    struct utsname u;
    int c;

    while ((c = cli_getopt(argc, argv, "n", 0)) >= 0)
        ;
    if (c == -2)
        return 1;
    if (!uname(&u)) {
        line("host", u.nodename);
        line("release", u.release);
        line("version", u.version);
        line("machine", u.machine);
    }
    number("nr_cpus", bus_host_get_cpus(h));
    number("max_cpu_id", bus_host_get_cpus(h) - 1);
    number("nr_nodes", bus_host_get_nodes(h));
    number("cores_per_socket", bus_host_get_cores_per_socket(h));
    number("threads_per_core", bus_host_get_threads_per_core(h));
    printf("%-23s: %u.%03u\n", "cpu_mhz", bus_host_get_cpu_khz(h) / 1000,
           bus_host_get_cpu_khz(h) % 1000);
    line("virt_caps", strstr(bus_host_get_capabilities(h), "hvm") ? "pv hvm hap" : "pv");
    number("total_memory", bus_host_get_memory_total(h) >> 10);
    number("free_memory", bus_host_get_memory_free(h) >> 10);
    number("outstanding_claims", bus_host_get_memory_claimed(h) >> 10);
    number("free_cpus", 0);
    version(bus_host_get_hypervisor(h));
    line("xen_caps", bus_host_get_capabilities(h));
    line("xen_scheduler", bus_host_get_scheduler(h));
    number("xen_pagesize", 4096);
    line("xen_commandline", bus_host_get_command_line(h));
    line("cc_compiler", bus_host_get_compiler(h));
    line("cc_compile_date", bus_host_get_compile_date(h));
    line("build_id", bus_host_get_build_id(h));
    number("xend_config_format", 4);
    return 0;
}

int verb_dmesg(int argc, char **argv)
{
    g_autofree char *text = NULL;
    GError *error = NULL;
    bool clear = false;
    int c;

    while ((c = cli_getopt(argc, argv, "c", 0)) >= 0)
        clear = true;
    if (c == -2)
        return 1;
    if (!bus_host_call_log_sync(cli.host, clear, &text, NULL, &error))
        return cli_error(error);
    fputs(text, stdout);
    return 0;
}

int verb_debug_keys(int argc, char **argv)
{
    GError *error = NULL;

    if (cli_getopt(argc, argv, "", 1) == -2)
        return 1;
    return bus_host_call_debug_keys_sync(cli.host, argv[optind], NULL, &error) ? 0
                                                                               : cli_error(error);
}

static void print_uptime(BusMachine *m)
{
    uint64_t start = bus_machine_get_domain_id(m) ? bus_machine_get_start_time(m)
                                                  : bus_host_get_boot_time(cli.host);
    uint64_t now = (uint64_t)(g_get_real_time() / G_USEC_PER_SEC),
             up = now > start ? now - start : 0;
    char days[32] = "";

    if (up >= 86400)
        g_snprintf(days, sizeof(days), "%u day%s, ", (unsigned)(up / 86400),
                   up >= 2 * 86400 ? "s" : "");
    printf("%-33s %4d %s%2u:%02u:%02u\n", bus_machine_get_name(m), bus_machine_get_domain_id(m),
           days, (unsigned)(up / 3600 % 24), (unsigned)(up / 60 % 60), (unsigned)(up % 60));
}

int verb_uptime(int argc, char **argv)
{
    g_autoptr(GPtrArray) machines = NULL;
    int c, i;
    guint n;

    while ((c = cli_getopt(argc, argv, "s", 0)) >= 0)
        ;
    if (c == -2)
        return 1;
    printf("%-33s %4s Uptime\n", "Name", "ID");
    for (i = optind; i < argc; i++) {
        g_autoptr(BusMachine) m = cli_machine(argv[i]);

        if (!m)
            return 1;
        print_uptime(m);
    }
    machines = optind == argc ? cli_machines() : NULL;
    for (n = 0; machines && n < machines->len; n++)
        if (bus_machine_get_domain_id(machines->pdata[n]) >= 0)
            print_uptime(machines->pdata[n]);
    return 0;
}

int verb_trigger(int argc, char **argv)
{
    g_autoptr(BusMachine) machine = NULL;
    GError *error = NULL;
    unsigned vcpu = 0;

    if (cli_getopt(argc, argv, "", 2) == -2 ||
        (argc - optind > 2 && !cli_number(argv[optind + 2], &vcpu)))
        return 1;
    machine = cli_machine(argv[optind]);
    if (!machine)
        return 1;
    return bus_machine_call_trigger_sync(machine, argv[optind + 1],
                                         argc - optind > 2 ? (int)vcpu : -1, NULL, &error)
               ? 0
               : cli_error(error);
}
