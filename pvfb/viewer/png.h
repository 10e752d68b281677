/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Screenshots. */
#ifndef PVFB_VIEWER_PNG_H
#define PVFB_VIEWER_PNG_H

#include <stdbool.h>
#include <stdint.h>

/* Writes x8r8g8b8 pixels, rows without gaps, to a file. False and errno; no half of a file stays.
 */
bool png_save(const char *path, const uint32_t *pixels, uint32_t width, uint32_t height);

#endif
