/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the verbs of the command share: the bus, finding machines, waiting for jobs. */
#ifndef DOM0_CLI_CLI_H
#define DOM0_CLI_CLI_H

#include <domus-bus.h>
#include <getopt.h>
#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

struct cli {
    GDBusConnection *bus;
    BusHost *host;
    BusManager *manager;
    bool quiet;
};
extern struct cli cli;

struct verb {
    const char *name;
    int (*run)(int argc, char **argv); /* argv[0] is the verb; 0, or 1 and a message on stderr */
    const char *arguments, *summary;
};
extern const struct verb verbs[];
extern const size_t n_verbs;

/* "domus VERB: text" on stderr; returns 1. */
int cli_fail(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* The same for an error from the bus, without its remote name; takes it. */
int cli_error(GError *error);
/* How the verb is used, on stderr; returns 1. */
int cli_usage(void);
/* getopt() with xl's manners: an unknown option or fewer than `least` arguments end in usage. -2:
 * said so already; -1: options are over. */
int cli_getopt(int argc, char **argv, const char *options, int least);

/* NULL after a message. The caller unrefs. */
BusMachine *cli_machine(const char *what);
/* All machines, by domain id, those without one behind by name; freed with their references. */
GPtrArray *cli_machines(void);
/* Waits for a job's end; steps are shown on a terminal. 0, or 1 after its error was printed. */
int cli_wait(const char *job);
/* "512", "1g": KiB; the unit without a letter is MiB. False after a message. */
bool cli_memory(const char *text, uint64_t *kib);
bool cli_number(const char *text, unsigned *number);
/* "0-3,5" as numbers; NULL after a message. */
GVariant *cli_cpus(const char *text);
GVariant *cli_no_options(void);
/* Attaches the terminal to the console of a machine until Ctrl-]. */
int console_attach(BusMachine *machine, const char *type, unsigned number);

int verb_create(int argc, char **argv);
int verb_start(int argc, char **argv);
int verb_define(int argc, char **argv);
int verb_undefine(int argc, char **argv);
int verb_config_update(int argc, char **argv);
int verb_autostart(int argc, char **argv);
int verb_list(int argc, char **argv);
int verb_info(int argc, char **argv);
int verb_console(int argc, char **argv);
int verb_destroy(int argc, char **argv);
int verb_shutdown(int argc, char **argv);
int verb_reboot(int argc, char **argv);
int verb_pause(int argc, char **argv);
int verb_unpause(int argc, char **argv);
int verb_save(int argc, char **argv);
int verb_restore(int argc, char **argv);
int verb_rename(int argc, char **argv);
int verb_domid(int argc, char **argv);
int verb_domname(int argc, char **argv);
int verb_mem_set(int argc, char **argv);
int verb_mem_max(int argc, char **argv);
int verb_vcpu_list(int argc, char **argv);
int verb_vcpu_set(int argc, char **argv);
int verb_vcpu_pin(int argc, char **argv);
int verb_sched_credit(int argc, char **argv);
int verb_sched_credit2(int argc, char **argv);
int verb_sched_rtds(int argc, char **argv);
int verb_cpupool_list(int argc, char **argv);
int verb_cpupool_create(int argc, char **argv);
int verb_cpupool_destroy(int argc, char **argv);
int verb_cpupool_rename(int argc, char **argv);
int verb_cpupool_cpu_add(int argc, char **argv);
int verb_cpupool_cpu_remove(int argc, char **argv);
int verb_cpupool_migrate(int argc, char **argv);
int verb_block_attach(int argc, char **argv);
int verb_block_detach(int argc, char **argv);
int verb_block_list(int argc, char **argv);
int verb_network_attach(int argc, char **argv);
int verb_network_detach(int argc, char **argv);
int verb_network_list(int argc, char **argv);
int verb_cd_insert(int argc, char **argv);
int verb_cd_eject(int argc, char **argv);
int verb_dmesg(int argc, char **argv);
int verb_debug_keys(int argc, char **argv);
int verb_top(int argc, char **argv);
int verb_uptime(int argc, char **argv);
int verb_trigger(int argc, char **argv);
int verb_end_all(int argc, char **argv);
int verb_help(int argc, char **argv);

#endif
