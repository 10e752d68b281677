/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's vfb and vkbd: their shared pages, mapped as the keeper says, and their event channels.
 * The handles are restricted to the one domain before any byte of the guest is read. */
#include <pvfb/backend/source.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <xenevtchn.h>
#include <xenforeignmemory.h>

#include <pvfb/backend/link.h>
#include <pvfb/backend/loop.h>
#include <pvfb/protocol/fb-ring.h>
#include <pvfb/protocol/kbd-ring.h>

#define PAGE           4096u
#define REST_PERIOD_MS 1000

static xenforeignmemory_handle *memory;
static xenevtchn_handle *events;
static uint32_t domain;
static int keeper;
static uint64_t largest;

static struct {
    struct xenfb_page *page;
    void *pixels;
    struct fb_share share;
    xenevtchn_port_or_error_t port;
} screen;

static struct {
    struct xenkbd_page *page;
    xenevtchn_port_or_error_t port;
    bool absolute, touch;
    uint32_t range_x, range_y;
    struct kbd_queue queue;
} keyboard;

static void *map_frames(size_t count, const xen_pfn_t *frames, int prot)
{
    int *errors = calloc(count, sizeof(*errors));
    void *mapped = NULL;

    if (!errors)
        return NULL;
    mapped = xenforeignmemory_map(memory, domain, prot, count, frames, errors);
    for (size_t i = 0; mapped && i < count; i++) {
        if (!errors[i])
            continue;
        xenforeignmemory_unmap(memory, mapped, count);
        mapped = NULL;
        errno = -errors[i];
    }
    free(errors);
    return mapped;
}

/* Copies one directory page's entries to `frames`. */
static int read_directory(uint64_t directory, unsigned entry, xen_pfn_t *frames, uint32_t count)
{
    xen_pfn_t frame = directory;
    const unsigned char *page = map_frames(1, &frame, PROT_READ);

    if (!page)
        return -1;
    for (uint32_t i = 0; i < count; i++) {
        frames[i] = 0;
        memcpy(&frames[i], page + (size_t)i * entry, entry);
    }
    xenforeignmemory_unmap(memory, (void *)(uintptr_t)page, 1);
    return 0;
}

static int read_directories(xen_pfn_t *frames, uint32_t count, unsigned entry)
{
    uint32_t each = PAGE / entry;

    for (uint32_t done = 0, i = 0; done < count; i++) {
        uint32_t now = count - done < each ? count - done : each;

        if (read_directory(fb_share_directory(screen.page, i, entry), entry, frames + done, now))
            return -1;
        done += now;
    }
    return 0;
}

static int map_pixels(unsigned entry)
{
    uint32_t count = fb_share_frames(&screen.share);
    xen_pfn_t *frames;

    if (fb_share_directories(&screen.share, entry) > FB_DIRECTORIES) {
        errno = E2BIG;
        return -1;
    }
    frames = calloc(count, sizeof(*frames));
    if (frames && !read_directories(frames, count, entry))
        screen.pixels = map_frames(count, frames, PROT_READ);
    free(frames);
    return screen.pixels ? 0 : -1;
}

static void screen_disconnect(void)
{
    if (screen.port > 0)
        xenevtchn_unbind(events, screen.port);
    if (screen.pixels) {
        screen_vanished();
        xenforeignmemory_unmap(memory, screen.pixels, fb_share_frames(&screen.share));
    }
    if (screen.page)
        xenforeignmemory_unmap(memory, screen.page, 1);
    memset(&screen, 0, sizeof(screen));
}

static void keyboard_disconnect(void)
{
    if (keyboard.port > 0)
        xenevtchn_unbind(events, keyboard.port);
    if (keyboard.page)
        xenforeignmemory_unmap(memory, keyboard.page, 1);
    memset(&keyboard, 0, sizeof(keyboard));
}

static void disconnect(uint32_t device)
{
    if (device == LINK_SCREEN)
        screen_disconnect();
    else
        keyboard_disconnect();
}

static int screen_connect(const struct link_message *m)
{
    xen_pfn_t frame = m->frame;
    int error;

    screen.page = map_frames(1, &frame, PROT_READ | PROT_WRITE);
    if (!screen.page)
        return -1;
    error = fb_share_read(screen.page, largest, &screen.share);
    if (error) {
        errno = -error;
        return -1;
    }
    if (map_pixels(m->entry == 4 ? 4 : 8))
        return -1;
    screen.port = xenevtchn_bind_interdomain(events, domain, m->port);
    if (screen.port < 0)
        return -1;
    screen_resized(&screen.share.geometry);
    screen_damaged(screen.pixels, &screen.share.geometry,
                   &(struct damage){ .count = 1,
                                     .rects = { { 0, 0, screen.share.geometry.width,
                                                  screen.share.geometry.height } } });
    return 0;
}

static int keyboard_connect(const struct link_message *m)
{
    xen_pfn_t frame = m->frame;

    keyboard.page = map_frames(1, &frame, PROT_READ | PROT_WRITE);
    if (!keyboard.page)
        return -1;
    keyboard.port = xenevtchn_bind_interdomain(events, domain, m->port);
    if (keyboard.port < 0)
        return -1;
    keyboard.absolute = m->absolute;
    keyboard.touch = m->touch;
    keyboard.range_x = m->range_x;
    keyboard.range_y = m->range_y;
    return 0;
}

static void link_ready(void *context)
{
    struct link_message m;
    struct link_answer answer = { 0 };

    (void)context;
    if (recv(keeper, &m, sizeof(m), 0) != sizeof(m))
        exit(0); /* the keeper is gone, and with it the device */
    disconnect(m.device);
    if (m.type == LINK_CONNECT &&
        (m.device == LINK_SCREEN ? screen_connect(&m) : keyboard_connect(&m))) {
        answer.error = errno ? errno : EINVAL;
        disconnect(m.device);
    }
    if (send(keeper, &answer, sizeof(answer), MSG_NOSIGNAL) < 0)
        exit(0);
}

/* A ring that cannot be is not read again; the guest's driver has to connect anew. */
static void take_updates(void)
{
    struct damage damage = { 0 };
    bool resized = false;
    int taken;

    taken = fb_ring_take(screen.page, screen.share.length, &screen.share.geometry, &damage,
                         &resized);
    if (taken < 0) {
        fprintf(stderr, "domus-pvfb: domain %u: its framebuffer ring is broken\n", domain);
        screen_disconnect();
        return;
    }
    if (resized)
        screen_resized(&screen.share.geometry);
    if (damage.count)
        screen_damaged(screen.pixels, &screen.share.geometry, &damage);
    if (taken)
        xenevtchn_notify(events, screen.port);
}

static void flush_input(void)
{
    int put;

    if (!keyboard.page || !keyboard.queue.count)
        return;
    put = kbd_ring_put(keyboard.page, &keyboard.queue);
    if (put < 0) {
        fprintf(stderr, "domus-pvfb: domain %u: its keyboard ring is broken\n", domain);
        keyboard_disconnect();
    } else if (put) {
        xenevtchn_notify(events, keyboard.port);
    }
}

static void event_ready(void *context)
{
    xenevtchn_port_or_error_t port = xenevtchn_pending(events);

    (void)context;
    if (port < 0)
        return;
    xenevtchn_unmask(events, port);
    if (screen.page && port == screen.port)
        take_updates();
}

static void key(uint16_t code, bool pressed)
{
    if (keyboard.page)
        kbd_queue_key(&keyboard.queue, code, pressed);
}

static int32_t scale(int32_t value, uint32_t side, uint32_t range)
{
    return range && side > 1 ? (int32_t)((uint64_t)value * (range - 1) / (side - 1)) : value;
}

static void position(int32_t x, int32_t y, int32_t wheel)
{
    const struct fb_geometry *g = &screen.share.geometry;

    if (keyboard.page)
        kbd_queue_position(&keyboard.queue, scale(x, g->width, keyboard.range_x),
                           scale(y, g->height, keyboard.range_y), wheel);
}

static void motion(int32_t x, int32_t y, int32_t wheel)
{
    if (keyboard.page)
        kbd_queue_motion(&keyboard.queue, x, y, wheel);
}

static void touch(uint8_t event, uint8_t contact, int32_t x, int32_t y)
{
    const struct fb_geometry *g = &screen.share.geometry;

    if (keyboard.page && keyboard.touch)
        kbd_queue_touch(&keyboard.queue, event, contact, scale(x, g->width, keyboard.range_x),
                        scale(y, g->height, keyboard.range_y));
}

static bool wants_position(void)
{
    return keyboard.absolute;
}

static void watched(bool anybody)
{
    if (screen.page && !fb_ring_put_period(screen.page, anybody ? 0 : REST_PERIOD_MS))
        xenevtchn_notify(events, screen.port);
}

static int before_wait(void)
{
    flush_input();
    return -1; /* the guest's event says when there is room in its ring again */
}

const struct source_ops *source_xen_open(uint32_t domid, int link, uint64_t most)
{
    static const struct source_ops ops = { key,     position,   motion, touch, wants_position,
                                           watched, before_wait };

    domain = domid;
    keeper = link;
    largest = most;
    memory = xenforeignmemory_open(NULL, 0);
    events = memory ? xenevtchn_open(NULL, 0) : NULL;
    if (!events)
        return NULL;
    if (xenforeignmemory_restrict(memory, domid) || xenevtchn_restrict(events, domid))
        return NULL;
    if (loop_add(xenevtchn_fd(events), event_ready, NULL) || loop_add(link, link_ready, NULL))
        return NULL;
    return &ops;
}
