/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The picture of a back end on this machine, by its memory file (frame-wire.h). */
#include <pvfb/viewer/source.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <pvfb/backend/pass-fd.h>
#include <pvfb/protocol/frame-wire.h>

static size_t mapped;

static void unmap(struct source *s)
{
    if (s->pixels)
        munmap((void *)(uintptr_t)s->pixels, mapped);
    s->pixels = NULL;
}

/* A file that could shrink would end us with SIGBUS: it has to be sealed. */
static bool map_picture(struct source *s, int fd, uint32_t width, uint32_t height)
{
    size_t bytes = (size_t)width * height * sizeof(*s->pixels);
    struct stat st;
    void *pixels;

    if (!width || !height || width > FB_SIDE_MAX || height > FB_SIDE_MAX)
        return false;
    if (fstat(fd, &st) || (size_t)st.st_size < bytes || !(fcntl(fd, F_GET_SEALS) & F_SEAL_SHRINK))
        return false;
    pixels = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
    if (pixels == MAP_FAILED)
        return false;
    unmap(s);
    mapped = bytes;
    s->pixels = pixels;
    s->width = width;
    s->height = height;
    s->resized = true;
    damage_clear(&s->damage);
    damage_add(&s->damage, &(struct fb_rect){ 0, 0, width, height });
    return true;
}

static void take_damage(struct source *s, const struct damage *d)
{
    struct fb_rect r;

    for (unsigned i = 0; i < d->count && i < DAMAGE_RECTS; i++) {
        const struct fb_rect *in = &d->rects[i];
        int32_t sides[4] = { in->x, in->y, in->width, in->height };

        if (fb_rect_clip(&r, sides, s->width, s->height))
            damage_add(&s->damage, &r);
    }
}

static bool take(struct source *s)
{
    struct frame_wire_message m = { 0 };
    long got;
    int fd;

    while ((got = pass_fd_take(s->fd, &fd, &m, sizeof(m))) > 0) {
        bool good = m.type != FRAME_WIRE_PICTURE ||
                    (fd >= 0 && m.picture.version == FRAME_WIRE_VERSION &&
                     map_picture(s, fd, m.picture.width, m.picture.height));

        if (fd >= 0)
            close(fd);
        if (!good)
            return false;
        if (m.type == FRAME_WIRE_DAMAGE)
            take_damage(s, &m.damage);
    }
    return got < 0 && errno == EAGAIN;
}

static void tell(struct source *s, uint32_t type, int32_t a, int32_t b, int32_t c)
{
    struct frame_wire_message m = { .type = type, .input = { a, b, c } };

    if (send(s->fd, &m, sizeof(m), MSG_NOSIGNAL) < 0)
        return; /* the next take() sees the end */
}

static void shown(struct source *s)
{
    tell(s, FRAME_WIRE_READY, 0, 0, 0);
}

static void key(struct source *s, uint16_t code, bool pressed)
{
    tell(s, FRAME_WIRE_KEY, code, pressed, 0);
}

static void position(struct source *s, int32_t x, int32_t y, int32_t wheel)
{
    tell(s, FRAME_WIRE_POSITION, x, y, wheel);
}

static void motion(struct source *s, int32_t x, int32_t y, int32_t wheel)
{
    tell(s, FRAME_WIRE_MOTION, x, y, wheel);
}

static void touch(struct source *s, uint8_t event, uint8_t contact, int32_t x, int32_t y)
{
    tell(s, FRAME_WIRE_TOUCH, x, y, event << 8 | contact);
}

static void close_source(struct source *s)
{
    unmap(s);
    close(s->fd);
}

bool source_frames_open(struct source *s, const char *path)
{
    static const struct source_ops ops = {
        take, shown, key, position, motion, touch, close_source
    };
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    memset(s, 0, sizeof(*s));
    s->ops = &ops;
    s->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (strlen(path) < sizeof(address.sun_path))
        memcpy(address.sun_path, path, strlen(path) + 1);
    if (s->fd >= 0 && !connect(s->fd, (struct sockaddr *)&address, sizeof(address))) {
        shown(s);
        return true;
    }
    fprintf(stderr, "domus-viewer: cannot connect to %s: %s\n", path, strerror(errno));
    return false;
}
