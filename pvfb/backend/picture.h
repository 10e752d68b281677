/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The picture: our own copy of the guest's screen in a sealed memory file, x8r8g8b8, rows without
 * gaps. Clients see this copy and never the guest's memory. A new size is a new file. */
#ifndef PVFB_BACKEND_PICTURE_H
#define PVFB_BACKEND_PICTURE_H

#include <stddef.h>
#include <stdint.h>

struct picture {
    int fd; /* size sealed, and against writing by anyone but us */
    uint32_t width, height;
    uint32_t *pixels;
};

/* A black picture. -1 and errno. The old one, if any, stays as it is. */
int picture_create(struct picture *p, uint32_t width, uint32_t height);
void picture_destroy(struct picture *p);

#endif
