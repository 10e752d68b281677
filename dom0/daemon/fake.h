/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fake host's inside, shared by its files. */
#ifndef DOM0_DAEMON_FAKE_H
#define DOM0_DAEMON_FAKE_H

#include <dom0/daemon/backend.h>

#define FAKE_CPUS      4
#define FAKE_TOTAL_KIB (UINT64_C(8) << 20)
#define FAKE_HV_KIB    (UINT64_C(128) << 10)
#define FAKE_FLOOR_KIB (UINT64_C(1) << 20)

struct fake_domain {
    struct domain_info info;
    char *cmdline;
    int64_t born, end_at; /* monotonic us; end_at 0: it does not end by itself */
    int end_reason;
    GPtrArray *vdevs, *macs; /* texts */
    char *hard, *soft;
    guint32 weight, cap;
};

/* Everything is under `lock`, since jobs call from their threads. */
struct fake {
    GMutex lock;
    GPtrArray *domains; /* struct fake_domain *, dom0 first */
    GPtrArray *pools;
    uint32_t next_domid, next_pool;
    int events;
    char *file; /* where the domains are kept over a restart */
    char *log;
    bool ends;
    GThread *world;
    int64_t last_tick;
};

static inline struct fake *fake_of(struct toolstack *ts)
{
    return (struct fake *)ts;
}

/* Under the lock; NULL and an error when there is none. */
struct fake_domain *fake_domain(struct fake *f, uint32_t domid, GError **error);
struct fake_domain *fake_add(struct fake *f, uint32_t domid, const char *name);
void fake_changed(struct fake *f);
/* A number behind a word of the command line ("fake-crash=200"); -1 when it is not there. */
int fake_word(const char *cmdline, const char *word);

/* fake-life.c */
bool fake_create(struct toolstack *ts, const struct machine_config *config, bool paused,
                 const struct progress *progress, uint32_t *domid, GError **error);
bool fake_destroy(struct toolstack *ts, uint32_t domid, const struct progress *progress,
                  GError **error);
bool fake_shutdown(struct toolstack *ts, uint32_t domid, const char *word, GError **error);
bool fake_pause(struct toolstack *ts, uint32_t domid, GError **error);
bool fake_unpause(struct toolstack *ts, uint32_t domid, GError **error);
bool fake_rename(struct toolstack *ts, uint32_t domid, const char *name, GError **error);
bool fake_trigger(struct toolstack *ts, uint32_t domid, const char *word, int vcpu, GError **error);
bool fake_save(struct toolstack *ts, uint32_t domid, int fd, bool keep_running,
               const struct progress *progress, GError **error);
bool fake_restore(struct toolstack *ts, const struct saved_machine *saved, bool paused,
                  const struct progress *progress, uint32_t *domid, GError **error);

/* fake-host.c */
void fake_host_fill(struct backend_ops *ops);

/* fake-console.c: a guest's console that greets and echoes, and a screen that draws. */
int fake_console(struct toolstack *ts, uint32_t domid, const char *type, unsigned number,
                 GError **error);
int fake_screen(struct toolstack *ts, uint32_t domid, GError **error);

#endif
