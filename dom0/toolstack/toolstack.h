/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a configuration to a running domain, and what can be done to it: all blocking, for the
 * daemon's workers. */
#ifndef DOM0_TOOLSTACK_TOOLSTACK_H
#define DOM0_TOOLSTACK_TOOLSTACK_H

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

#include <dom0/toolstack/config.h>

struct toolstack; /* may be used by several threads at once */

#define TOOLSTACK_ERROR (toolstack_error_quark())
GQuark toolstack_error_quark(void);
enum toolstack_error {
    TOOLSTACK_ERROR_FAILED, /* the message says what, on what, why */
    TOOLSTACK_ERROR_NO_DOMAIN,
    TOOLSTACK_ERROR_EXISTS,    /* the name is taken */
    TOOLSTACK_ERROR_NO_MEMORY, /* message has the numbers: wanted, free, what dom0 could give */
    TOOLSTACK_ERROR_NOT_SUPPORTED,
    TOOLSTACK_ERROR_TIMEOUT, /* the guest did not do it in time */
    TOOLSTACK_ERROR_CANCELLED,
};

/* Told between the steps of a long operation, from the thread that runs it; fraction 0 to 1. */
struct progress {
    void (*report)(void *opaque, double fraction, const char *step);
    void *opaque;
    GCancellable *cancellable; /* may be NULL */
};

enum domain_state { DOMAIN_RUNNING, DOMAIN_BLOCKED, DOMAIN_PAUSED, DOMAIN_SHUTDOWN, DOMAIN_DYING };

struct domain_info {
    uint32_t domid;
    uint8_t uuid[16];
    char *name;
    enum machine_kind kind;
    enum domain_state state;
    int shutdown_reason; /* SHUTDOWN_* when state is DOMAIN_SHUTDOWN, else -1 */
    uint64_t memory_kib, max_memory_kib;
    uint64_t cpu_time_ns;
    unsigned vcpus_online, max_vcpu_id;
    uint32_t pool;
    uint32_t ssid;
};

struct vcpu_state {
    unsigned vcpu, cpu;
    bool online, blocked, running;
    uint64_t cpu_time_ns;
    char *hard_affinity, *soft_affinity; /* "all", "0-3", ... */
};

/* NULL and an error where this is no control domain. */
struct toolstack *toolstack_open(GError **error);
void toolstack_close(struct toolstack *ts);
/* What dom0 keeps when guests want memory; 512 MiB where this is not called. Before all else. */
void toolstack_set_dom0_floor(struct toolstack *ts, uint64_t kib);

/*
 * Builds the domain and starts it, or leaves it paused. When it fails nothing is left behind. The
 * domid is set on success.
 */
bool toolstack_create(struct toolstack *ts, const struct machine_config *config, bool paused,
                      const struct progress *progress, uint32_t *domid, GError **error);
bool toolstack_destroy(struct toolstack *ts, uint32_t domid, const struct progress *progress,
                       GError **error);
/* Ask the guest through control/shutdown; do not wait for it. word: "poweroff", "reboot", "halt".
 */
bool toolstack_shutdown(struct toolstack *ts, uint32_t domid, const char *word, GError **error);
bool toolstack_pause(struct toolstack *ts, uint32_t domid, GError **error);
bool toolstack_unpause(struct toolstack *ts, uint32_t domid, GError **error);
bool toolstack_rename(struct toolstack *ts, uint32_t domid, const char *name, GError **error);
bool toolstack_trigger(struct toolstack *ts, uint32_t domid, const char *word, int vcpu,
                       GError **error);

/* Memory: the balloon target, and the limit. */
bool toolstack_set_memory(struct toolstack *ts, uint32_t domid, uint64_t kib, GError **error);
bool toolstack_set_max_memory(struct toolstack *ts, uint32_t domid, uint64_t kib, GError **error);

bool toolstack_set_vcpus(struct toolstack *ts, uint32_t domid, unsigned online, GError **error);
/* vcpu -1: all. NULL leaves that affinity as it is. */
bool toolstack_pin_vcpu(struct toolstack *ts, uint32_t domid, int vcpu, const char *hard,
                        const char *soft, GError **error);
/* Array of struct vcpu_state *, freed with g_ptr_array_unref(). */
GPtrArray *toolstack_vcpus(struct toolstack *ts, uint32_t domid, GError **error);

/* Devices of a running domain; the index is the one in the machine's list afterwards. */
bool toolstack_disk_attach(struct toolstack *ts, uint32_t domid, const struct disk_config *disk,
                           GError **error);
bool toolstack_disk_detach(struct toolstack *ts, uint32_t domid, const char *vdev, bool force,
                           GError **error);
bool toolstack_nic_attach(struct toolstack *ts, uint32_t domid, const struct nic_config *nic,
                          GError **error);
bool toolstack_nic_detach(struct toolstack *ts, uint32_t domid, unsigned devid, bool force,
                          GError **error);

/* Save: the guest suspends, its state goes to `fd` in the migration stream format. */
bool toolstack_save(struct toolstack *ts, uint32_t domid, int fd, bool keep_running,
                    const struct progress *progress, GError **error);
struct saved_machine {
    const struct machine_config *config;
    int fd; /* stands where the stream begins, or before xl's header */
};
bool toolstack_restore(struct toolstack *ts, const struct saved_machine *saved, bool paused,
                       const struct progress *progress, uint32_t *domid, GError **error);

/* What is there: array of struct domain_info *, dom0 included, in order of their ids. */
GPtrArray *toolstack_domains(struct toolstack *ts, GError **error);
struct domain_info *toolstack_domain(struct toolstack *ts, uint32_t domid, GError **error);
void domain_info_free(struct domain_info *info);

struct host_info {
    unsigned cpus, nodes, cores_per_socket, threads_per_core;
    uint32_t cpu_khz;
    uint64_t total_kib, free_kib, outstanding_claims_kib;
    uint64_t dom0_kib, dom0_floor_kib;
    char *hypervisor; /* "4.17.x": major.minor and extra */
    char *capabilities, *scheduler, *commandline, *compiler, *compile_date, *build_id;
};
struct host_info *toolstack_host(struct toolstack *ts, GError **error);
void host_info_free(struct host_info *info);

/* Nanoseconds that each CPU was busy, counted from an arbitrary time; uint64_t. */
GArray *toolstack_cpu_times(struct toolstack *ts, GError **error);

/* The hypervisor's log; the caller frees it. */
char *toolstack_dmesg(struct toolstack *ts, bool clear, GError **error);
bool toolstack_debug_keys(struct toolstack *ts, const char *keys, GError **error);

/* Pools of CPUs. The first, number 0, is always there. */
struct pool_info {
    uint32_t id;
    char *name, *scheduler;
    unsigned n_domains;
    GArray *cpus; /* uint32_t */
};
/* Array of struct pool_info *. */
GPtrArray *toolstack_pools(struct toolstack *ts, GError **error);
void pool_info_free(struct pool_info *pool);
/* scheduler "": as in the first pool. No cpus: one that is in no pool. */
bool toolstack_pool_create(struct toolstack *ts, const char *name, const char *scheduler,
                           const GArray *cpus, uint32_t *id, GError **error);
bool toolstack_pool_destroy(struct toolstack *ts, uint32_t pool, GError **error);
bool toolstack_pool_rename(struct toolstack *ts, uint32_t pool, const char *name, GError **error);
bool toolstack_pool_cpu(struct toolstack *ts, uint32_t pool, unsigned cpu, bool add,
                        GError **error);
bool toolstack_pool_move(struct toolstack *ts, uint32_t pool, uint32_t domid, GError **error);

/*
 * Parameters of a domain and of a pool's scheduler: dictionaries a{sv} with the keys that
 * org.domus1.xml names. Setting changes those that are given. The scheduler's name is the caller's.
 */
GVariant *toolstack_sched_get(struct toolstack *ts, uint32_t domid, char **scheduler,
                              GError **error);
bool toolstack_sched_set(struct toolstack *ts, uint32_t domid, GVariant *parameters,
                         GError **error);
GVariant *toolstack_pool_sched_get(struct toolstack *ts, uint32_t pool, GError **error);
bool toolstack_pool_sched_set(struct toolstack *ts, uint32_t pool, GVariant *parameters,
                              GError **error);

/* Devices of one class ("vbd", "vif") as the store has them: aa{sv}, see org.domus1.xml. */
GVariant *toolstack_devices(struct toolstack *ts, uint32_t domid, const char *class,
                            GError **error);

/*
 * An fd that becomes readable when a domain has appeared, ended or shut down (the store's
 * @-watches); toolstack_events_drain() clears it. The daemon then reads toolstack_domains() anew.
 */
int toolstack_events_fd(struct toolstack *ts);
void toolstack_events_drain(struct toolstack *ts);

#endif
