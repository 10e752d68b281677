/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine's configuration: what an xl.cfg file says, parsed and checked, with nothing looked up
 * yet. */
#ifndef DOM0_TOOLSTACK_CONFIG_H
#define DOM0_TOOLSTACK_CONFIG_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum machine_kind { MACHINE_PV, MACHINE_PVH, MACHINE_HVM };

/* What follows when a domain ends by itself; the words are xl.cfg(5)'s. */
enum machine_action {
    ACTION_DESTROY,
    ACTION_RESTART,
    ACTION_RENAME_RESTART,
    ACTION_PRESERVE,
    ACTION_COREDUMP_DESTROY,
    ACTION_COREDUMP_RESTART,
    ACTION_SOFT_RESET,
};

enum disk_format { DISK_RAW, DISK_QCOW2, DISK_VMDK, DISK_VHDX, DISK_VPC, DISK_QED, DISK_EMPTY };
enum disk_backend { DISK_BACKEND_ANY, DISK_BACKEND_PHY, DISK_BACKEND_QEMU };

/* Strings are owned by the structure they stand in; NULL means that the file does not say. */
struct disk_config {
    char *target; /* file, device, or NULL for an empty drive */
    char *vdev;   /* "xvda", "hdc:", ... */
    enum disk_format format;
    enum disk_backend backend;
    bool writable;
    bool cdrom;
    bool direct_io_safe;
    int discard; /* 1, 0, or -1: not said */
    char *script;
};

struct nic_config {
    char *mac;    /* "00:16:3e:..", or NULL: derived from the machine's uuid and the index */
    char *bridge; /* NULL: the default NAT bridge */
    char *model;
    char *ip;
    char *script;
    char *ifname;
    uint64_t rate_bytes; /* bytes allowed per rate_interval_us; 0: unlimited */
    uint32_t rate_interval_us;
    unsigned mtu; /* 0: default */
};

/* The screen's keys (vfb=, vnc*, sdl*): kept for the framebuffer's back end. */
struct screen_config {
    bool vnc, sdl, vnc_unused, tls;
    char *vnc_listen, *vnc_password, *keymap;
    int vnc_display; /* -1: not said */
};

#define MACHINE_MAX_VCPUS 512

struct machine_config {
    char *name;
    uint8_t uuid[16];
    bool uuid_given;
    enum machine_kind kind;

    uint64_t memory_kib, max_memory_kib;
    unsigned vcpus, max_vcpus;
    /* In xl.cfg's syntax, already checked; NULL: all. A list's items, one per vcpu, are joined with
     * semicolons. */
    char *cpus, *cpus_soft;
    char *pool;
    int cpu_weight, cap; /* -1: the scheduler's default */

    char *kernel, *ramdisk, *cmdline;
    char *bootloader; /* "grub" or a path of a GRUB-for-Xen image counts as kernel= */
    char **bootloader_args;

    struct disk_config *disks;
    unsigned n_disks;
    struct nic_config *nics;
    unsigned n_nics;
    struct screen_config *screens;
    unsigned n_screens;

    enum machine_action on_poweroff, on_reboot, on_crash, on_watchdog, on_soft_reset;
    bool localtime;
    int64_t rtc_offset_s;
    bool claim_all, no_migrate, nested_hvm;
    char *tsc_mode; /* "default", "native", ... or NULL */
    int max_grant_frames, max_maptrack_frames, max_grant_version; /* -1: default */
    unsigned max_event_channels;                                  /* 0: default */
    bool autostart; /* keys of our own: domus_autostart=, domus_autostart_delay= */
    unsigned autostart_order, autostart_delay_s;
    char *notes; /* domus_notes= */
};

#define CONFIG_ERROR (config_error_quark())
GQuark config_error_quark(void);
enum config_error { CONFIG_ERROR_SYNTAX, CONFIG_ERROR_KEY, CONFIG_ERROR_VALUE, CONFIG_ERROR_FILE };

/*
 * Reads a configuration in the xl.cfg format. `file` is its name for messages, which have the form
 * "FILE:LINE: KEY: what is wrong; what is allowed". `notes` (may be NULL) gets a char * for each
 * key that is known but not in effect yet. NULL and `error` when the text is refused; the caller
 * frees the result with machine_config_free().
 */
struct machine_config *machine_config_parse(const char *text, size_t length, const char *file,
                                            GPtrArray *notes, GError **error);
struct machine_config *machine_config_load(const char *path, GPtrArray *notes, GError **error);
void machine_config_free(struct machine_config *config);

/* One item of disk= or vif=, as an attach command has it; freed by the functions below. */
struct disk_config *disk_config_parse(const char *spec, GError **error);
void disk_config_free(struct disk_config *disk);
struct nic_config *nic_config_parse(const char *spec, GError **error);
void nic_config_free(struct nic_config *nic);

#endif
