/* SPDX-License-Identifier: GPL-2.0-or-later */
/* States of the two devices in the store, after xenbus.h: we offer (InitWait), the guest sets up
 * and says so (Initialised or Connected), the server maps, we are Connected. */
#include <pvfb/backend/keeper.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <xen/io/kbdif.h>
#include <xen/io/xenbus.h>

#define POINTER_RANGE  32768u
#define TOUCH_CONTACTS 10

static const char *const kinds[LINK_DEVICES] = { "vfb", "vkbd" };

uint64_t keeper_read(const struct keeper *k, const char *directory, const char *name,
                     uint64_t otherwise)
{
    char path[128], *text, *end;
    uint64_t value;
    unsigned length;

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    text = xs_read(k->store, XBT_NULL, path, &length);
    if (!text)
        return otherwise;
    errno = 0;
    value = strtoull(text, &end, 10);
    if (errno || end == text || *end)
        value = otherwise;
    free(text);
    return value;
}

bool keeper_write(const struct keeper *k, const char *directory, const char *name, uint64_t value)
{
    char path[128], text[24];

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
    return xs_write(k->store, XBT_NULL, path, text, strlen(text));
}

int keeper_open(struct keeper *k)
{
    k->store = xs_open(0);
    if (!k->store) {
        fprintf(stderr, "domus-pvfb: cannot open the store: %s\n", strerror(errno));
        return -1;
    }
    for (unsigned i = 0; i < LINK_DEVICES; i++) {
        snprintf(k->front[i], sizeof(k->front[i]), "/local/domain/%u/device/%s/%u", k->domid,
                 kinds[i], k->devid);
        snprintf(k->back[i], sizeof(k->back[i]), "/local/domain/0/backend/%s/%u/%u", kinds[i],
                 k->domid, k->devid);
    }
    return 0;
}

/* 4 where the front end's words have 32 bits; without a word it is taken to be like us. */
static uint32_t directory_entry(const struct keeper *k)
{
    char path[128], *text;
    unsigned length;
    uint32_t entry;

    snprintf(path, sizeof(path), "%s/protocol", k->front[LINK_SCREEN]);
    text = xs_read(k->store, XBT_NULL, path, &length);
    entry = text && !strcmp(text, "x86_32-abi") ? 4 : 8;
    free(text);
    return entry;
}

static bool ask_server(const struct keeper *k, const struct link_message *m)
{
    struct link_answer answer;

    if (send(k->link, m, sizeof(*m), MSG_NOSIGNAL) != sizeof(*m) ||
        recv(k->link, &answer, sizeof(answer), 0) != sizeof(answer))
        return false;
    if (answer.error)
        fprintf(stderr, "domus-pvfb: domain %u: %s cannot be connected: %s\n", k->domid,
                kinds[m->device], strerror(answer.error));
    return !answer.error;
}

static void offer(const struct keeper *k, unsigned device)
{
    const char *back = k->back[device];

    if (device == LINK_SCREEN) {
        keeper_write(k, back, "feature-resize", 1);
        if (k->width && k->height) {
            keeper_write(k, back, "videoram", k->video_mib);
            keeper_write(k, back, "width", k->width);
            keeper_write(k, back, "height", k->height);
        }
    } else {
        keeper_write(k, back, XENKBD_FIELD_FEAT_ABS_POINTER, 1);
        keeper_write(k, back, XENKBD_FIELD_WIDTH, POINTER_RANGE);
        keeper_write(k, back, XENKBD_FIELD_HEIGHT, POINTER_RANGE);
        keeper_write(k, back, XENKBD_FIELD_FEAT_MTOUCH, 1);
        keeper_write(k, back, XENKBD_FIELD_MT_WIDTH, POINTER_RANGE);
        keeper_write(k, back, XENKBD_FIELD_MT_HEIGHT, POINTER_RANGE);
        keeper_write(k, back, XENKBD_FIELD_MT_NUM_CONTACTS, TOUCH_CONTACTS);
    }
    keeper_write(k, back, "state", XenbusStateInitWait);
}

static void connect_device(const struct keeper *k, unsigned device)
{
    const char *front = k->front[device];
    struct link_message m = { .type = LINK_CONNECT, .device = device };
    uint64_t port = keeper_read(k, front, "event-channel", 0);

    m.frame = keeper_read(k, front, "page-ref", 0);
    if (!m.frame || !port || port > UINT32_MAX)
        return; /* not yet; another change of the state will come */
    m.port = port;
    m.entry = directory_entry(k);
    if (device == LINK_KEYBOARD) {
        m.absolute = keeper_read(k, front, XENKBD_FIELD_REQ_ABS_POINTER, 0) == 1;
        m.touch = keeper_read(k, front, XENKBD_FIELD_REQ_MTOUCH, 0) == 1;
        m.range_x = keeper_read(k, k->back[device], XENKBD_FIELD_WIDTH, 0);
        m.range_y = keeper_read(k, k->back[device], XENKBD_FIELD_HEIGHT, 0);
    }
    if (!ask_server(k, &m)) {
        keeper_write(k, k->back[device], "state", XenbusStateClosing);
        return;
    }
    if (device == LINK_SCREEN)
        keeper_write(k, k->back[device], "request-update", 1);
    keeper_write(k, k->back[device], "state", XenbusStateConnected);
}

static void disconnect_device(const struct keeper *k, unsigned device)
{
    ask_server(k, &(struct link_message){ .type = LINK_DISCONNECT, .device = device });
    keeper_write(k, k->back[device], "state", XenbusStateClosed);
}

static void follow(const struct keeper *k, unsigned device)
{
    uint64_t front = keeper_read(k, k->front[device], "state", XenbusStateUnknown);
    uint64_t back = keeper_read(k, k->back[device], "state", XenbusStateUnknown);

    switch (front) {
    case XenbusStateInitialising:
        if (back != XenbusStateInitWait)
            offer(k, device);
        break;
    case XenbusStateInitialised:
    case XenbusStateConnected:
        if (back == XenbusStateInitialising || back == XenbusStateUnknown)
            offer(k, device);
        if (back != XenbusStateConnected && back != XenbusStateClosing)
            connect_device(k, device);
        break;
    case XenbusStateClosing:
    case XenbusStateClosed:
        if (back == XenbusStateConnected || back == XenbusStateClosing)
            disconnect_device(k, device);
        break;
    default: break;
    }
}

/* The domain's own directory goes when it is destroyed. */
static bool domain_is_gone(const struct keeper *k)
{
    char path[64], *text;
    unsigned length;

    snprintf(path, sizeof(path), "/local/domain/%u/domid", k->domid);
    text = xs_read(k->store, XBT_NULL, path, &length);
    free(text);
    return !text && errno == ENOENT && !xs_is_domain_introduced(k->store, k->domid);
}

int keeper_run(struct keeper *k)
{
    struct pollfd fds[2] = { { .fd = xs_fileno(k->store), .events = POLLIN },
                             { .fd = k->link, .events = POLLIN } };
    char path[128], **event;

    for (unsigned i = 0; i < LINK_DEVICES; i++) {
        snprintf(path, sizeof(path), "%s/state", k->front[i]);
        if (!xs_watch(k->store, path, "front"))
            return 1;
    }
    xs_watch(k->store, "@releaseDomain", "gone");
    while (poll(fds, 2, -1) >= 0 || errno == EINTR) {
        if (fds[1].revents) /* unasked for: the server has ended */
            return 1;
        while ((event = xs_check_watch(k->store)))
            free(event);
        if (domain_is_gone(k))
            return 0;
        for (unsigned i = 0; i < LINK_DEVICES; i++)
            follow(k, i);
    }
    return 1;
}
