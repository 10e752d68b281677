/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine's kernel and ramdisk: mapped, unpacked, checked. */
#include "private.h"

#include <dom0/builder/pv.h>

static GMappedFile *map_file(const char *what, const char *path, GError **error)
{
    g_autoptr(GError) local = NULL;
    GMappedFile *file = g_mapped_file_new(path, FALSE, &local);

    if (!file)
        fail(error, TOOLSTACK_ERROR_FAILED, "%s: %s", what, local->message);
    return file;
}

bool kernel_file_open(struct kernel_file *file, const struct machine_config *config, GError **error)
{
    const char *why = NULL;

    *file = (struct kernel_file){ 0 };
    if (!config->kernel)
        return fail(error, TOOLSTACK_ERROR_FAILED,
                    "%s: there is no kernel= and no bootloader= to start it with", config->name);
    file->kernel = map_file("kernel", config->kernel, error);
    if (!file->kernel)
        return false;
    if (config->ramdisk) {
        file->ramdisk = map_file("ramdisk", config->ramdisk, error);
        if (!file->ramdisk)
            return false;
    }
    file->image = pv_image_open(g_mapped_file_get_contents(file->kernel),
                                g_mapped_file_get_length(file->kernel), &why);
    if (!file->image)
        return fail(error, TOOLSTACK_ERROR_FAILED, "kernel %s: %s", config->kernel, why);
    return true;
}

void kernel_file_close(struct kernel_file *file)
{
    pv_image_close(file->image);
    g_clear_pointer(&file->kernel, g_mapped_file_unref);
    g_clear_pointer(&file->ramdisk, g_mapped_file_unref);
    file->image = NULL;
}
