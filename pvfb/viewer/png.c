/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libpng's simple interface wants bytes in order: rows are turned round first. */
#include <pvfb/viewer/png.h>

#include <errno.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool png_save(const char *path, const uint32_t *pixels, uint32_t width, uint32_t height)
{
    png_image image = {
        .version = PNG_IMAGE_VERSION, .width = width, .height = height, .format = PNG_FORMAT_RGB
    };
    uint8_t *bytes = malloc((size_t)width * height * 3);
    bool saved;

    if (!bytes)
        return false;
    for (size_t i = 0; i < (size_t)width * height; i++) {
        bytes[3 * i] = pixels[i] >> 16;
        bytes[3 * i + 1] = pixels[i] >> 8;
        bytes[3 * i + 2] = pixels[i];
    }
    errno = 0;
    saved = png_image_write_to_file(&image, path, 0, bytes, 0, NULL);
    free(bytes);
    if (!saved && !errno)
        errno = EIO;
    return saved;
}
