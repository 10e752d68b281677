/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon's parts. All run in the main loop's thread; only a job's run() is in one of its own,
 * and touches nothing but the back end and its own data. */
#ifndef DOM0_DAEMON_PRIVATE_H
#define DOM0_DAEMON_PRIVATE_H

#include <domus-bus.h>
#include <gio/gio.h>

#include <dom0/daemon/backend.h>
#include <dom0/toolstack/config.h>

#define DAEMON_ERROR (daemon_error_quark())
GQuark daemon_error_quark(void);
enum daemon_error {
    DAEMON_ERROR_FAILED,
    DAEMON_ERROR_NOT_FOUND,
    DAEMON_ERROR_EXISTS,
    DAEMON_ERROR_WRONG_STATE,
    DAEMON_ERROR_INVALID_ARGUMENT,
    DAEMON_ERROR_NOT_AUTHORIZED,
    DAEMON_ERROR_NOT_SUPPORTED,
};
/* How an error of any of our domains is called on the bus. */
const char *error_name(const GError *error);

#define SAMPLE_SECONDS 2
#define N_SAMPLES      (3600 / SAMPLE_SECONDS)
#define DOM0_UUID      "00000000-0000-0000-0000-000000000000"

struct sample {
    uint64_t time;
    double cpus;
    uint64_t memory, disk_read, disk_write, net_rx, net_tx;
};

/* The last N_SAMPLES, and the counters' last values that rates are made of. */
struct history {
    struct sample *samples; /* NULL until the first */
    unsigned n, next;
    uint64_t last_us, cpu_ns, disk_read, disk_write, net_rx, net_tx;
};

struct daemon {
    struct backend *backend;
    GDBusConnection *bus;
    GDBusObjectManagerServer *objects;
    BusHost *host;
    BusManager *manager;
    GHashTable *machines; /* uuid -> struct machine *, holds a reference */
    GPtrArray *jobs;      /* struct job *, also finished ones */
    char *config_dir, *state_dir, *images_dir, *run_dir, *log_dir, *boot_id;
    bool checks_authority;
    unsigned next_job;
    GQueue autostart; /* struct machine *, referenced, still to be started */
    struct end_all *end_all;
    GPtrArray *host_samples; /* struct host_sample * */
    GPtrArray *cpu_history;  /* per CPU: GArray of double */
    GArray *cpu_last;
    uint64_t cpu_last_us;
};

enum machine_state {
    STATE_OFF,
    STATE_SAVED,
    STATE_STARTING,
    STATE_RUNNING,
    STATE_PAUSED,
    STATE_STOPPING,
    STATE_SAVING,
    STATE_RESTORING,
    STATE_CRASHED,
    STATE_DYING,
};

struct machine {
    unsigned refs;
    struct daemon *daemon;
    BusMachine *bus;
    char *path, *uuid, *name;
    bool defined;
    bool removed;                  /* no longer in the table; only jobs hold it */
    char *config_text;             /* what holds from the next start */
    char *once_text;               /* for the next start alone, or NULL */
    char *running_text;            /* what it was started with; NULL: not known */
    struct machine_config *config; /* parsed config_text; NULL where there is none */
    int64_t domid;                 /* -1: none */
    struct domain_info *info;      /* the last look at the domain */
    uint64_t started;              /* Unix time */
    char *reason;
    bool preserved, shutdown_asked;
    struct job *job;       /* the one that changes its life, or NULL */
    struct job *waiting;   /* a shutdown or reboot that waits for the guest */
    unsigned restarts;     /* in the last minute */
    int64_t restart_since; /* monotonic us */
    struct history history;
};

struct job {
    struct daemon *daemon;
    struct machine *machine; /* referenced, or NULL */
    BusJob *bus;
    char *path;
    GCancellable *cancellable;
    struct progress progress;
    /* in a thread of its own */
    bool (*run)(struct job *job, GError **error);
    /* in the main loop, after run(); error is NULL when it went well; then the job is finished */
    void (*done)(struct job *job, GError *error);
    void *data;
    GDestroyNotify free_data;
    int64_t finished; /* monotonic us, 0 while it runs */
    guint timer;      /* of a job that waits */
};

/* machine.c: the object and what is on disk about it. References: main loop only. */
struct machine *machine_new(struct daemon *d, const char *uuid, const char *name);
struct machine *machine_ref(struct machine *m);
void machine_unref(struct machine *m);
void machine_remove(struct machine *m);
bool machine_is_running(const struct machine *m);
enum machine_state machine_state(const struct machine *m);
const char *machine_state_word(enum machine_state state);
/* Puts all that can change into the object's properties. */
void machine_publish(struct machine *m);
/* Takes over a text that was parsed; owns both afterwards. */
void machine_set_config(struct machine *m, char *text, struct machine_config *config);
bool machine_rename_config(struct machine *m, const char *name, GError **error);
bool machine_write_config(struct machine *m, GError **error);
void machine_write_running(struct machine *m);
void machine_forget_running(struct machine *m);
char *machine_saved_path(const struct machine *m);
/* By name, domain id or UUID; NULL when there is none. Not referenced. */
struct machine *machine_find(struct daemon *d, const char *what);
struct machine *machine_by_domid(struct daemon *d, int64_t domid);

/* machine-publish.c */
GVariant *machine_disks(const struct machine *m);
GVariant *machine_nics(const struct machine *m);
GPtrArray *machine_pending(const struct machine *m);

/* machine-config.c: the configuration changes, on disk and on the bus too. value NULL: without. */
bool machine_take_text(struct machine *m, const char *text, GPtrArray *notes, GError **error);
bool machine_set_value(struct machine *m, const char *key, const char *value, GError **error);
/* The text with keys of an a{sv} in it; an empty string takes a key out. */
char *config_with_values(const char *text, GVariant *values, GError **error);
/* NULL when the type has no place in a configuration. */
char *config_print_variant(GVariant *value);

/* Handlers of org.domus1.Machine, connected when the object is made. */
void machine_life_connect(struct machine *m);
void machine_config_connect(struct machine *m);
void machine_device_connect(struct machine *m);
void machine_cpu_connect(struct machine *m);

/* store.c: reading what is in the directories. */
GPtrArray *store_load(struct daemon *d); /* messages, char * */
bool store_prepare(struct daemon *d, GError **error);
/* The machine of a configuration, made or found by its uuid; not yet defined, not published. */
struct machine *store_machine(struct daemon *d, const char *text, const char *file,
                              GPtrArray *notes, GError **error);

/* life.c: starting and ending; each gives the exported job. */
struct job *life_start(struct machine *m, bool paused, GError **error);
struct job *life_destroy(struct machine *m, GError **error);
struct job *life_save(struct machine *m, int fd, bool keep, GError **error);
struct job *life_restore(struct machine *m, int fd, bool paused, bool remove_file, GError **error);
struct job *life_shutdown(struct machine *m, bool reboot, unsigned timeout, bool force,
                          GError **error);
struct job *life_restart(struct machine *m, GError **error);
struct job *life_destroy_because(struct machine *m, const char *reason, GError **error);
/* The domain is gone; tells everybody. */
void life_ended(struct machine *m, const char *reason, const char *action);
/* life-ends.c: a domain that shut down by itself is handled as its configuration says. */
void life_domain_ended(struct machine *m);

/* refresh.c: compares the domains there are with the machines known. */
void refresh(struct daemon *d);
void refresh_start(struct daemon *d);

/* job.c */
struct job *job_new(struct daemon *d, const char *kind, struct machine *m);
/* data is freed with free_data after done(). */
void job_run(struct job *job, void *data, GDestroyNotify free_data);
/* Takes the error; NULL: it went well. */
void job_finish(struct job *job, GError *error);
void job_step(struct job *job, double fraction, const char *step);

/* save-file.c: the head before the migration stream, xl's with our configuration in it. */
bool save_head_write(int fd, const char *config, GError **error);
/* NULL when it is no file of ours or xl's. Leaves the fd behind the head. */
char *save_head_read(int fd, GError **error);

/* statistics.c */
void statistics_sample(struct daemon *d);
void history_clear(struct history *h);
GVariant *history_variant(const struct history *h, unsigned seconds);
gboolean statistics_machine(BusMachine *bus, GDBusMethodInvocation *invocation, guint seconds,
                            struct machine *m);
GVariant *statistics_host(struct daemon *d, unsigned seconds);
GVariant *statistics_cpus(struct daemon *d, unsigned seconds);

/* counters.c: bytes moved by a domain's devices, from sysfs. */
void counters_read(uint32_t domid, struct history *now);

void host_export(struct daemon *d);
void host_publish(struct daemon *d);
void host_pools_connect(struct daemon *d);
bool host_pool_find(struct daemon *d, const char *what, uint32_t *id, GError **error);
void manager_export(struct daemon *d);
void manager_define_connect(struct daemon *d);
/* Starts what shall start with the host, once per boot. */
void autostart_begin(struct daemon *d);
/* After the host's power-off saved it, a machine continues at the next boot. */
void autostart_mark_resume(struct machine *m);
struct job *poweroff_end_all(struct daemon *d, const char *action, GError **error);

/* authority.c: asks polkit about every call on this object. */
void authority_guard(struct daemon *d, GDBusObjectSkeleton *object);

/* sockets.c: -1 and an error when nobody listens. */
int socket_connect(const char *path, GError **error);
/* Waits two seconds at most for a file descriptor that comes with one byte. */
int socket_receive_fd(int fd, GError **error);

/* options.c: takes a{sv} apart; a key not asked for is an error. */
bool options_check(GVariant *options, GError **error, const char *first,
                   ...) G_GNUC_NULL_TERMINATED;

/* Ends a call with an error; takes the error. Always TRUE, what a handler returns. */
gboolean answer_error(GDBusMethodInvocation *invocation, GError *error);
gboolean answer_code(GDBusMethodInvocation *invocation, enum daemon_error code, const char *format,
                     ...) G_GNUC_PRINTF(3, 4);

#endif
