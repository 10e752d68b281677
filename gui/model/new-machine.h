/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the wizard asks for, and the configuration that comes of it. Pure. */
#ifndef GUI_MODEL_NEW_MACHINE_H
#define GUI_MODEL_NEW_MACHINE_H

#include <glib.h>

enum new_media { MEDIA_BUNDLED, MEDIA_INSTALLER, MEDIA_DISK, MEDIA_KERNEL, MEDIA_ISO };
enum new_disk { DISK_NEW_QCOW2, DISK_NEW_RAW, DISK_EXISTING, DISK_NONE };

/* Strings are owned by the structure; NULL or "" where nothing is said. */
struct new_machine {
    enum new_media media;
    char *name;
    char *kind; /* "pv", "pvh", "hvm" */
    unsigned memory_mib, vcpus;
    enum new_disk disk;
    char *disk_path; /* existing: the file; new: where it is going to be */
    unsigned disk_gib;
    char *kernel, *ramdisk, *options; /* installer, kernel */
    char *iso;
    gboolean network;
    char *bridge;
    unsigned width, height; /* of the screen */
};

void new_machine_clear(struct new_machine *m);

/*
 * The configuration in the xl.cfg format; the caller frees it. For MEDIA_INSTALLER, `installing` is
 * the one of the first run, which starts the installer and switches off at its end; without it, the
 * one that holds afterwards and starts from the disk.
 */
char *new_machine_config(const struct new_machine *m, gboolean installing);

/* Whether memory fits into what a new machine can have; else *problem says it in numbers (freed by
 * the caller). */
gboolean new_machine_fits(guint64 memory_kib, guint64 available_kib, char **problem);
/* A size that is sensible with so much available, in MiB. */
unsigned new_machine_memory(enum new_media media, guint64 available_kib);
/* Why a name cannot be one, in words; NULL when it can. Owned by the program. */
const char *new_machine_name_problem(const char *name);
/* A name like `base` that taken() does not know; the caller frees it. */
char *new_machine_free_name(const char *base, gboolean (*taken)(const char *name, gpointer opaque),
                            gpointer opaque);
/* The format of an image by its name: "qcow2", "vmdk", "vhdx", "vpc", "raw". */
const char *new_machine_format(const char *path);

#endif
