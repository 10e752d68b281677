/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the daemon works on: the toolstack, or a fake host in memory. Each call is the one of
 * toolstack.h with the same name; a NULL means that this back end cannot do it. */
#ifndef DOM0_DAEMON_BACKEND_H
#define DOM0_DAEMON_BACKEND_H

#include <dom0/toolstack/toolstack.h>

struct backend_ops {
    bool (*create)(struct toolstack *ts, const struct machine_config *config, bool paused,
                   const struct progress *progress, uint32_t *domid, GError **error);
    bool (*destroy)(struct toolstack *ts, uint32_t domid, const struct progress *progress,
                    GError **error);
    bool (*shutdown)(struct toolstack *ts, uint32_t domid, const char *word, GError **error);
    bool (*pause)(struct toolstack *ts, uint32_t domid, GError **error);
    bool (*unpause)(struct toolstack *ts, uint32_t domid, GError **error);
    bool (*rename)(struct toolstack *ts, uint32_t domid, const char *name, GError **error);
    bool (*trigger)(struct toolstack *ts, uint32_t domid, const char *word, int vcpu,
                    GError **error);
    bool (*set_memory)(struct toolstack *ts, uint32_t domid, uint64_t kib, GError **error);
    bool (*set_max_memory)(struct toolstack *ts, uint32_t domid, uint64_t kib, GError **error);
    bool (*set_vcpus)(struct toolstack *ts, uint32_t domid, unsigned online, GError **error);
    bool (*pin_vcpu)(struct toolstack *ts, uint32_t domid, int vcpu, const char *hard,
                     const char *soft, GError **error);
    GPtrArray *(*vcpus)(struct toolstack *ts, uint32_t domid, GError **error);
    bool (*disk_attach)(struct toolstack *ts, uint32_t domid, const struct disk_config *disk,
                        GError **error);
    bool (*disk_detach)(struct toolstack *ts, uint32_t domid, const char *vdev, bool force,
                        GError **error);
    bool (*nic_attach)(struct toolstack *ts, uint32_t domid, const struct nic_config *nic,
                       GError **error);
    bool (*nic_detach)(struct toolstack *ts, uint32_t domid, unsigned devid, bool force,
                       GError **error);
    bool (*save)(struct toolstack *ts, uint32_t domid, int fd, bool keep_running,
                 const struct progress *progress, GError **error);
    bool (*restore)(struct toolstack *ts, const struct saved_machine *saved, bool paused,
                    const struct progress *progress, uint32_t *domid, GError **error);
    GPtrArray *(*domains)(struct toolstack *ts, GError **error);
    struct host_info *(*host)(struct toolstack *ts, GError **error);
    char *(*dmesg)(struct toolstack *ts, bool clear, GError **error);
    bool (*debug_keys)(struct toolstack *ts, const char *keys, GError **error);
    int (*events_fd)(struct toolstack *ts);
    void (*events_drain)(struct toolstack *ts);
    void (*close)(struct toolstack *ts);

    GPtrArray *(*pools)(struct toolstack *ts, GError **error);
    bool (*pool_create)(struct toolstack *ts, const char *name, const char *scheduler,
                        const GArray *cpus, uint32_t *id, GError **error);
    bool (*pool_destroy)(struct toolstack *ts, uint32_t pool, GError **error);
    bool (*pool_rename)(struct toolstack *ts, uint32_t pool, const char *name, GError **error);
    bool (*pool_cpu)(struct toolstack *ts, uint32_t pool, unsigned cpu, bool add, GError **error);
    bool (*pool_move)(struct toolstack *ts, uint32_t pool, uint32_t domid, GError **error);
    GVariant *(*pool_sched_get)(struct toolstack *ts, uint32_t pool, GError **error);
    bool (*pool_sched_set)(struct toolstack *ts, uint32_t pool, GVariant *parameters,
                           GError **error);
    GVariant *(*sched_get)(struct toolstack *ts, uint32_t domid, char **scheduler, GError **error);
    bool (*sched_set)(struct toolstack *ts, uint32_t domid, GVariant *parameters, GError **error);
    GVariant *(*devices)(struct toolstack *ts, uint32_t domid, const char *class, GError **error);
    GArray *(*cpu_times)(struct toolstack *ts, GError **error);

    /* What toolstack.h does not have: NULL where processes of their own serve it. */
    int (*console)(struct toolstack *ts, uint32_t domid, const char *type, unsigned number,
                   GError **error);
    int (*screen)(struct toolstack *ts, uint32_t domid, GError **error);
};

struct backend {
    const struct backend_ops *ops;
    struct toolstack *ts;
};

/* NULL and an error when the machine is no control domain. dom0_floor_kib 0: the default. */
struct backend *backend_toolstack_open(uint64_t dom0_floor_kib, GError **error);
/* A host with 4 CPUs and 8 GiB whose guests do what their command line says; see fake.c. */
struct backend *backend_fake_open(const char *state_file);

#endif
