/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine's kernel and ramdisk: mapped, unpacked, checked. Unpacking takes most of the time in
 * which a domain is created, so unpacked kernels are kept in a cache, under a name that changes
 * with the file. The cache may be emptied at any time; who cannot write to it does without.
 */
#include "private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <dom0/builder/pv.h>

#define CACHE_DIR  "/var/cache/domus/kernels"
#define CACHE_KEEP 4

static GMappedFile *map_file(const char *what, const char *path, GError **error)
{
    g_autoptr(GError) local = NULL;
    GMappedFile *file = g_mapped_file_new(path, FALSE, &local);

    if (!file)
        fail(error, TOOLSTACK_ERROR_FAILED, "%s: %s", what, local->message);
    return file;
}

/* The unpacked kernel's place in the cache: another one as soon as the file is another. */
static char *cache_path(const char *kernel)
{
    struct stat st;

    if (stat(kernel, &st) || !S_ISREG(st.st_mode))
        return NULL;
    return g_strdup_printf(CACHE_DIR "/%lx-%lx-%lx-%lx.%lx-%lx.%lx", (long)st.st_dev,
                           (long)st.st_ino, (long)st.st_size, st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
                           st.st_ctim.tv_sec, st.st_ctim.tv_nsec);
}

/* Only root may write there, or what is in it could be anybody's. */
static bool cache_is_safe(void)
{
    struct stat st;

    return !stat(CACHE_DIR, &st) && st.st_uid == geteuid() && !(st.st_mode & 022);
}

static struct pv_image *open_cached(struct kernel_file *file, const char *cached)
{
    const char *why;
    GMappedFile *map;
    struct pv_image *image;

    if (!cached || !cache_is_safe())
        return NULL;
    map = g_mapped_file_new(cached, FALSE, NULL);
    if (!map)
        return NULL;
    image = pv_image_open(g_mapped_file_get_contents(map), g_mapped_file_get_length(map), &why);
    if (!image) {
        g_mapped_file_unref(map);
        return NULL;
    }
    /* The last use is when it was opened. */
    g_utime(cached, NULL);
    g_mapped_file_unref(file->kernel);
    file->kernel = map;
    return image;
}

/* Keeps the few used last. */
static void trim_cache(void)
{
    for (;;) {
        g_autoptr(GDir) dir = g_dir_open(CACHE_DIR, 0, NULL);
        g_autofree char *oldest = NULL;
        time_t oldest_time = 0;
        unsigned count = 0;
        const char *name;

        while (dir && (name = g_dir_read_name(dir))) {
            g_autofree char *path = g_build_filename(CACHE_DIR, name, NULL);
            struct stat st;

            if (stat(path, &st))
                continue;
            count++;
            if (!oldest || st.st_mtime < oldest_time) {
                g_free(oldest);
                oldest = g_steal_pointer(&path);
                oldest_time = st.st_mtime;
            }
        }
        if (count <= CACHE_KEEP || g_unlink(oldest))
            return;
    }
}

static void keep(const struct pv_image *image, const char *cached)
{
    size_t size;
    const void *elf = pv_image_unpacked(image, &size);

    if (!elf || !cached || g_mkdir_with_parents(CACHE_DIR, 0700) || !cache_is_safe())
        return;
    /* Written beside it and renamed, so that it is there as a whole or not at all. */
    if (g_file_set_contents_full(cached, elf, size, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL))
        trim_cache();
}

static bool open_kernel(struct kernel_file *file, const char *path, GError **error)
{
    g_autofree char *cached = cache_path(path);
    const char *why = NULL;

    file->kernel = map_file("kernel", path, error);
    if (!file->kernel)
        return false;
    file->image = open_cached(file, cached);
    if (file->image)
        return true;
    file->image = pv_image_open(g_mapped_file_get_contents(file->kernel),
                                g_mapped_file_get_length(file->kernel), &why);
    if (!file->image)
        return fail(error, TOOLSTACK_ERROR_FAILED, "kernel %s: %s", path, why);
    keep(file->image, cached);
    return true;
}

bool kernel_file_open(struct kernel_file *file, const struct machine_config *config, GError **error)
{
    *file = (struct kernel_file){ 0 };
    if (!config->kernel)
        return fail(error, TOOLSTACK_ERROR_FAILED,
                    "%s: there is no kernel= and no bootloader= to start it with", config->name);
    if (config->ramdisk) {
        file->ramdisk = map_file("ramdisk", config->ramdisk, error);
        if (!file->ramdisk)
            return false;
    }
    return open_kernel(file, config->kernel, error);
}

void kernel_file_close(struct kernel_file *file)
{
    pv_image_close(file->image);
    g_clear_pointer(&file->kernel, g_mapped_file_unref);
    g_clear_pointer(&file->ramdisk, g_mapped_file_unref);
    file->image = NULL;
}
