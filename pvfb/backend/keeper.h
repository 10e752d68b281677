/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keeper: the process that has the store and follows the states of the two devices, for as long
 * as the server lives and the domain does. It reads numbers from the store and nothing else. */
#ifndef PVFB_BACKEND_KEEPER_H
#define PVFB_BACKEND_KEEPER_H

#include <stdbool.h>
#include <stdint.h>

#include <xenstore.h>

#include <pvfb/backend/link.h>

struct keeper {
    struct xs_handle *store;
    uint32_t domid, devid;
    int link;
    uint32_t width, height; /* the mode to ask the guest for; 0: its own */
    uint32_t video_mib;
    char front[LINK_DEVICES][64], back[LINK_DEVICES][64];
};

/* Reads or writes one value below a directory. A missing or bad number is `otherwise`. */
uint64_t keeper_read(const struct keeper *k, const char *directory, const char *name,
                     uint64_t otherwise);
bool keeper_write(const struct keeper *k, const char *directory, const char *name, uint64_t value);

/* Opens the store. -1, told on standard error. */
int keeper_open(struct keeper *k);
/* Makes the devices' nodes in the store, for tests and where no toolstack did. -1, told. */
int keeper_setup(struct keeper *k);
/* Follows the devices until the server or the domain is gone; the exit code. */
int keeper_run(struct keeper *k);

#endif
