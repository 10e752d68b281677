/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is to be done for a configuration: sizes, device numbers, nodes of the store. Pure: nothing
 * here looks at the machine or changes it; create.c and the others act.
 */
#ifndef DOM0_TOOLSTACK_PLAN_H
#define DOM0_TOOLSTACK_PLAN_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include <dom0/toolstack/config.h>
#include <dom0/toolstack/store.h>

#define PLAN_UUID_SIZE 37
#define PLAN_MAC_SIZE  18

/* Xen's own memory for a domain, beside the domain's, and what a guest may have beyond its limit.
 */
#define PLAN_OVERHEAD_KIB          2048
#define PLAN_OVERHEAD_PER_VCPU_KIB 64
#define PLAN_SLACK_KIB             1024

struct plan_memory {
    uint64_t pages;          /* at the start */
    uint64_t static_max_kib; /* what the guest is told it may have */
    uint64_t limit_kib;      /* what the hypervisor lets it have */
    uint64_t needed_kib;     /* what must be free before */
};

/* False when the numbers make no sense; *why is one sentence. */
bool plan_memory(const struct machine_config *config, struct plan_memory *memory, const char **why);

void plan_uuid_text(const uint8_t uuid[16], char text[PLAN_UUID_SIZE]);
/* Always the same for a machine's uuid and the index of the interface; of Xen's own range. */
void plan_mac(const uint8_t uuid[16], unsigned index, char mac[PLAN_MAC_SIZE]);
/* The number of a virtual disk by its name ("xvda", "xvdb2", "hda", "sdc", "d5p1"); -1: none. */
int64_t plan_vdev(const char *name);
/* Whether `text` is a MAC address that an interface may have. */
bool plan_mac_is_valid(const char *text);

/* All below append nodes. */
struct plan_domain {
    uint32_t domid;
    const char *start_time;
};
void plan_domain_nodes(GPtrArray *nodes, const struct machine_config *config,
                       const struct plan_domain *domain);
struct plan_channels {
    uint64_t store_frame, console_frame;
    uint32_t store_port, console_port;
};
void plan_channel_nodes(GPtrArray *nodes, uint32_t domid, const struct plan_channels *channels);

/* A device's three places: the guest's end, dom0's end, and the toolstack's own copy of that. */
struct plan_device {
    uint32_t domid, devid;
    const char *kind;         /* the name in device/: "vbd", "vif" */
    const char *backend_kind; /* the name in backend/: "vbd", "vif", "qdisk" */
};
char *plan_frontend_path(const struct plan_device *device);
char *plan_backend_path(const struct plan_device *device);
char *plan_private_path(const struct plan_device *device);
/* What every device has; the functions below call it. */
void plan_device_nodes(GPtrArray *nodes, const struct plan_device *device);

struct plan_disk {
    const char *type;            /* "phy" or "qdisk" */
    const char *params;          /* what the back end opens */
    const char *physical_device; /* "major:minor" in hex; NULL: the back end finds it */
    const char *target;          /* what the configuration names */
};
void plan_disk_nodes(GPtrArray *nodes, const struct plan_device *device,
                     const struct disk_config *config, const struct plan_disk *disk);
void plan_nic_nodes(GPtrArray *nodes, const struct plan_device *device,
                    const struct nic_config *config, const char *mac, const char *bridge);

/* The word for a format as QEMU and the store name it: "raw", "qcow2", ... */
const char *plan_format_word(enum disk_format format);

#endif
