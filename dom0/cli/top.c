/* SPDX-License-Identifier: GPL-2.0-or-later */
/* top: what machines use, from the daemon's samples. */
#include <poll.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "cli.h"

static void print_machine(BusMachine *m)
{
    g_autoptr(GVariant) samples = NULL;
    guint64 time, memory = 0, reads = 0, writes = 0, rx = 0, tx = 0;
    double cpus = 0;
    guint interval;
    gsize n;

    if (!bus_machine_call_statistics_sync(m, 10, &interval, &samples, NULL, NULL))
        return;
    n = g_variant_n_children(samples);
    if (n)
        g_variant_get_child(samples, n - 1, "(tdttttt)", &time, &cpus, &memory, &reads, &writes,
                            &rx, &tx);
    printf("%-20.20s %5d %-6s %9.1f %7.1f %10lu %5.1f %5u %9lu %9lu %9lu %9lu\n",
           bus_machine_get_name(m), bus_machine_get_domain_id(m), bus_machine_get_flags(m),
           (double)bus_machine_get_cpu_time(m) / 1e9, cpus * 100,
           (unsigned long)bus_machine_get_memory(m),
           100.0 * (double)bus_machine_get_memory(m) /
               (double)MAX(bus_host_get_memory_total(cli.host), 1),
           bus_machine_get_vcpus(m), (unsigned long)(tx >> 10), (unsigned long)(rx >> 10),
           (unsigned long)(reads >> 10), (unsigned long)(writes >> 10));
}

static bool print_all(bool terminal)
{
    g_autoptr(GPtrArray) machines = cli_machines();
    guint i;

    if (!machines)
        return false;
    if (terminal)
        printf("\033[H\033[2J");
    printf("domus top  %s  Mem: %luk total, %luk free  CPUs: %u\n",
           bus_host_get_hypervisor(cli.host), (unsigned long)bus_host_get_memory_total(cli.host),
           (unsigned long)bus_host_get_memory_free(cli.host), bus_host_get_cpus(cli.host));
    printf("%-20s %5s %-6s %9s %7s %10s %5s %5s %9s %9s %9s %9s\n", "NAME", "ID", "STATE",
           "CPU(sec)", "CPU(%)", "MEM(k)", "MEM(%)", "VCPUS", "NETTX(k/s)", "NETRX(k/s)",
           "READ(k/s)", "WRITE(k/s)");
    for (i = 0; i < machines->len; i++)
        if (bus_machine_get_domain_id(machines->pdata[i]) >= 0)
            print_machine(machines->pdata[i]);
    fflush(stdout);
    return true;
}

/* True when q was pressed meanwhile. */
static bool wait_for_key(unsigned seconds)
{
    struct pollfd p = { .fd = 0, .events = POLLIN };
    char c = 0;

    return poll(&p, 1, (int)seconds * 1000) > 0 && read(0, &c, 1) == 1 && (c == 'q' || c == 3);
}

int verb_top(int argc, char **argv)
{
    unsigned delay = 2, times = 0;
    bool batch = false, terminal;
    struct termios old, raw;
    int c;

    while ((c = cli_getopt(argc, argv, "bd:i:", 0)) >= 0) {
        if (c == 'b')
            batch = true;
        else if (!cli_number(optarg, c == 'd' ? &delay : &times))
            return 1;
    }
    if (c == -2)
        return 1;
    terminal = !batch && isatty(0) && isatty(1) && !tcgetattr(0, &old);
    if (!terminal && !times)
        times = 1;
    if (terminal) {
        raw = old;
        raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
        tcsetattr(0, TCSANOW, &raw);
    }
    while (print_all(terminal) && --times) {
        if (!terminal)
            sleep(delay);
        else if (wait_for_key(delay))
            break;
        while (g_main_context_iteration(NULL, FALSE)) /* new values of the host's */
            ;
    }
    if (terminal)
        tcsetattr(0, TCSANOW, &old);
    return 0;
}
