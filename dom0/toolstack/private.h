/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of the toolstack. All of it may be called by several threads at once. */
#ifndef TOOLSTACK_PRIVATE_H
#define TOOLSTACK_PRIVATE_H

#include <dom0/ctl/ctl.h>
#include <dom0/toolstack/plan.h>
#include <dom0/toolstack/store.h>
#include <dom0/toolstack/toolstack.h>

struct toolstack {
    struct ctl ctl;
    uint64_t dom0_floor_kib;  /* what dom0 keeps */
    GMutex memory_lock;       /* from looking for free memory until it is claimed */
    struct xs_handle *events; /* watches only; used by the thread of events_drain() */
};

/* Sets `error` to "what: why", from errno. False, so that it can be returned. */
bool fail_errno(GError **error, const char *what, ...) G_GNUC_PRINTF(2, 3);
bool fail(GError **error, enum toolstack_error code, const char *what, ...) G_GNUC_PRINTF(3, 4);

/* Reports a step; false and an error when the operation is to be cancelled. `p` may be NULL. */
bool step(const struct progress *p, double fraction, const char *what, GError **error);

/* The domain's state; false and TOOLSTACK_ERROR_NO_DOMAIN when there is none. */
bool domain_find(struct toolstack *ts, uint32_t domid, struct xen_domctl_getdomaininfo *info,
                 GError **error);

/* --- kernel-file.c: files that are mapped while a domain is built --- */
struct pv_image;
struct kernel_file {
    GMappedFile *kernel, *ramdisk;
    struct pv_image *image;
};
bool kernel_file_open(struct kernel_file *file, const struct machine_config *config,
                      GError **error);
void kernel_file_close(struct kernel_file *file);

/* --- memory.c --- */
/* Makes sure that so much is free, by ballooning dom0 if need be. memory_lock held. */
bool memory_make_room(struct toolstack *ts, struct xs_handle *xs, uint64_t kib,
                      const struct progress *progress, GError **error);

/* --- build.c: a domain's memory and first vcpu --- */
struct build {
    struct toolstack *ts;
    uint32_t domid;
    const struct machine_config *config;
    struct kernel_file file;
    xen_pfn_t *p2m; /* machine frame of each frame */
    uint64_t pages;
    struct plan_channels channels;
};
/* Gives the domain all its frames. */
bool build_populate(struct build *b, GError **error);
/* The two event channels. */
bool build_channels(struct build *b, GError **error);
/* Loads, pins, sets vcpu 0; fills the frames of `channels`. */
bool build_kernel(struct build *b, GError **error);
/*
 * Whether kernel and ramdisk fit into so many pages and need no other features (bits XENFEAT_*);
 * before anything is made.
 */
bool build_check(const struct kernel_file *file, const struct machine_config *config,
                 uint64_t pages, uint32_t features, GError **error);
/* Two grants, for dom0's users of the console and store rings. */
bool build_seed_grants(struct toolstack *ts, uint32_t domid, const struct plan_channels *channels,
                       GError **error);

/* --- restore.c --- */
/* In place of the three above but build_seed_grants(): all comes from the stream. */
bool restore_fill(struct build *b, int fd, const struct progress *progress, GError **error);

/* --- vcpu.c --- */
/* Affinities and the scheduler's parameters of a new domain. */
bool vcpu_apply_config(struct toolstack *ts, uint32_t domid, const struct machine_config *config,
                       GError **error);

/* Puts the domain's parameters into effect; cpu_weight=, cap=. */
bool schedule_apply_config(struct toolstack *ts, uint32_t domid,
                           const struct machine_config *config, GError **error);

/* --- pool.c --- */
/* By name or number. */
bool pool_find(struct toolstack *ts, struct xs_handle *xs, const char *what, uint32_t *id,
               GError **error);
/* XEN_SCHEDULER_* of a pool. */
bool pool_scheduler(struct toolstack *ts, uint32_t pool, uint32_t *scheduler, GError **error);
/* --- host.c --- */
/* What the hypervisor offers a PV guest, bits XENFEAT_*. */
uint32_t host_pv_features(struct toolstack *ts);
/* "credit2", ...; "unknown". */
const char *scheduler_word(uint32_t id);

/* --- backend.c: dom0's end of a device --- */
enum { BACKEND_TIMEOUT_MS = 40000, BACKEND_CLOSE_TIMEOUT_MS = 20000 };
/* Waits for dom0's driver to see it and to wait for the guest. */
bool backend_wait_ready(struct xs_handle *xs, const struct plan_device *device, const char *what,
                        GError **error);
/* For store_wait(): whether a back end's state says that it waits for the guest. */
bool backend_is_ready(const char *value, void *opaque);
/* Takes a device away: asks, waits, and removes its nodes. force: does not wait for the guest. */
bool backend_remove(struct xs_handle *xs, const struct plan_device *device, bool force,
                    GError **error);
/* Every device of a domain, by force; nothing of them stays in the store. */
void backend_remove_all(struct xs_handle *xs, uint32_t domid);

/* --- qemu.c: the process that serves a guest's disk images --- */
/* Whether QEMU is installed. */
bool qemu_check(GError **error);
/* Starts it where it does not run yet. It watches the store for disks of its domain. */
bool qemu_start(struct xs_handle *xs, uint32_t domid, GError **error);
bool qemu_runs(struct xs_handle *xs, uint32_t domid);
/* Looks after one that a daemon before us started; none is no error. */
void qemu_watch(struct xs_handle *xs, uint32_t domid);
/* Ends it and removes what is left of it. */
void qemu_stop(struct xs_handle *xs, uint32_t domid);
/* The end of what it printed; freed with g_free(). */
char *qemu_last_words(uint32_t domid);

/* --- disk.c, nic.c --- */
bool disk_add(struct toolstack *ts, struct xs_handle *xs, uint32_t domid,
              const struct disk_config *config, GError **error);
void disk_cleanup(struct xs_handle *xs, uint32_t domid);
bool disk_check(const struct disk_config *config, GError **error);
bool nic_add(struct xs_handle *xs, uint32_t domid, unsigned devid, const uint8_t uuid[16],
             const struct nic_config *config, GError **error);

#endif
