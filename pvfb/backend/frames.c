/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each viewer has at most one packet of damage under way; more waits, merged, until it says READY.
 * So a viewer that sleeps costs nothing. */
#include <pvfb/backend/frames.h>

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <pvfb/backend/loop.h>
#include <pvfb/backend/pass-fd.h>
#include <pvfb/backend/screen.h>
#include <pvfb/protocol/frame-wire.h>

#define VIEWERS 8

static struct viewer {
    struct screen_client held;
    int fd; /* 0: a free place */
    bool ready;
    struct damage waiting;
} viewers[VIEWERS];
static int listening;

static void viewer_close(struct viewer *v)
{
    loop_remove(v->fd);
    close(v->fd);
    v->fd = 0;
    screen_client_left(&v->held);
}

static int send_picture(struct viewer *v)
{
    const struct picture *p = screen_picture();
    struct frame_wire_message m = { .type = FRAME_WIRE_PICTURE,
                                    .picture = { FRAME_WIRE_VERSION, p->width, p->height } };

    return pass_fd_with(v->fd, p->fd, &m,
                        offsetof(struct frame_wire_message, picture) + sizeof(m.picture));
}

static void send_damage(struct viewer *v)
{
    struct frame_wire_message m = { .type = FRAME_WIRE_DAMAGE, .damage = v->waiting };

    if (!v->ready || !v->waiting.count)
        return;
    if (send(v->fd, &m, sizeof(m), MSG_DONTWAIT | MSG_NOSIGNAL) != sizeof(m))
        return; /* no room: it goes with the next READY */
    v->ready = false;
    damage_clear(&v->waiting);
}

static void take(struct viewer *v, const struct frame_wire_message *m)
{
    int32_t a = m->input.a, b = m->input.b, c = m->input.c;

    switch (m->type) {
    case FRAME_WIRE_READY:
        v->ready = true;
        send_damage(v);
        break;
    case FRAME_WIRE_KEY: screen_key(&v->held, a & 0xffff, b != 0); break;
    case FRAME_WIRE_POSITION: screen_position(&v->held, a, b, c); break;
    case FRAME_WIRE_MOTION: screen_motion(a, b, c); break;
    case FRAME_WIRE_TOUCH: screen_touch(c >> 8 & 0xff, c & 0xff, a, b); break;
    }
}

static void viewer_ready(void *context)
{
    struct frame_wire_message m;
    struct viewer *v = context;
    ssize_t got = recv(v->fd, &m, sizeof(m), MSG_DONTWAIT);

    if (got == (ssize_t)sizeof(m))
        take(v, &m);
    else if (got >= 0) /* the end, or no message of ours */
        viewer_close(v);
}

static struct viewer *free_place(void)
{
    for (unsigned i = 0; i < VIEWERS; i++)
        if (!viewers[i].fd)
            return &viewers[i];
    return NULL;
}

static void accept_ready(void *context)
{
    int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
    struct viewer *v = free_place();

    (void)context;
    if (fd < 0)
        return;
    if (!v || loop_add(fd, viewer_ready, v)) {
        close(fd);
        return;
    }
    *v = (struct viewer){ .fd = fd };
    screen_client_came(&v->held);
    if (send_picture(v))
        viewer_close(v);
}

int frames_open(int listener)
{
    listening = listener;
    return loop_add(listener, accept_ready, NULL) ? -1 : 0;
}

/* A viewer whose socket is full cannot learn of the new file: it is closed, and connects again. */
void frames_resized(void)
{
    for (struct viewer *v = viewers; v < viewers + VIEWERS; v++) {
        if (!v->fd)
            continue;
        damage_clear(&v->waiting);
        if (send_picture(v))
            viewer_close(v);
    }
}

void frames_damaged(const struct damage *damage)
{
    for (struct viewer *v = viewers; v < viewers + VIEWERS; v++) {
        if (!v->fd)
            continue;
        for (unsigned i = 0; i < damage->count; i++)
            damage_add(&v->waiting, &damage->rects[i]);
        send_damage(v);
    }
}
