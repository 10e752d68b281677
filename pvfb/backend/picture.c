/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making and sealing the memory file. */
#include <pvfb/backend/picture.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

static size_t bytes_of(const struct picture *p)
{
    return (size_t)p->width * p->height * sizeof(*p->pixels);
}

/* Our mapping exists before the seal, so it alone can write. */
static int map_and_seal(struct picture *p)
{
    if (ftruncate(p->fd, bytes_of(p)))
        return -1;
    p->pixels = mmap(NULL, bytes_of(p), PROT_READ | PROT_WRITE, MAP_SHARED, p->fd, 0);
    if (p->pixels == MAP_FAILED)
        return -1;
    if (fcntl(p->fd, F_ADD_SEALS,
              F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL)) {
        munmap(p->pixels, bytes_of(p));
        return -1;
    }
    return 0;
}

int picture_create(struct picture *p, uint32_t width, uint32_t height)
{
    struct picture made = { .width = width, .height = height };
    int error;

    made.fd = memfd_create("pvfb-picture", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (made.fd < 0)
        return -1;
    if (map_and_seal(&made)) {
        error = errno;
        close(made.fd);
        errno = error;
        return -1;
    }
    *p = made;
    return 0;
}

void picture_destroy(struct picture *p)
{
    if (!p->pixels)
        return;
    munmap(p->pixels, bytes_of(p));
    close(p->fd);
    p->pixels = NULL;
}
