/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvncserver in our own loop. It never listens by itself and knows no security but "none": what
 * comes by TCP was checked by the gateway before it is connected here. */
#include <pvfb/backend/vnc.h>

#include <poll.h>
#include <rfb/rfb.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <pvfb/backend/loop.h>
#include <pvfb/backend/pass-fd.h>
#include <pvfb/backend/screen.h>
#include <pvfb/backend/vnc-keys.h>
#include <pvfb/protocol/keys.h>

#define SLOW_CLIENT_MS                                                        \
    2000 /* a write that takes longer ends the client: it holds up the others \
          */
#define BLOCKED_RETRY_MS 10
#define CLIENTS_MAX      32

struct client {
    struct screen_client held; /* first: vnc-keys.c and the hooks see it as clientData */
    rfbClientPtr rfb;
    int fd;
};

static rfbScreenInfoPtr server;
static int listening;
static struct client *clients[CLIENTS_MAX];

static void client_gone(rfbClientPtr cl)
{
    struct client *c = cl->clientData;

    if (!c)
        return;
    loop_remove(c->fd);
    screen_client_left(&c->held);
    cl->clientData = NULL;
    for (unsigned i = 0; i < CLIENTS_MAX; i++)
        if (clients[i] == c)
            clients[i] = NULL;
    free(c);
}

/* Frees whom libvncserver has closed: by an error, or for an exclusive client. */
static void sweep(void)
{
    for (unsigned i = 0; i < CLIENTS_MAX; i++)
        if (clients[i] && clients[i]->rfb->sock < 0)
            rfbClientConnectionGone(clients[i]->rfb);
}

static void client_ready(void *context)
{
    struct client *c = context;

    rfbProcessClientMessage(c->rfb);
    sweep();
}

static enum rfbNewClientAction client_new(rfbClientPtr cl)
{
    unsigned place = 0;
    struct client *c;

    while (place < CLIENTS_MAX && clients[place])
        place++;
    c = place < CLIENTS_MAX ? calloc(1, sizeof(*c)) : NULL;
    if (!c)
        return RFB_CLIENT_REFUSE;
    c->rfb = cl;
    c->fd = cl->sock;
    if (loop_add(c->fd, client_ready, c)) {
        free(c);
        return RFB_CLIENT_REFUSE;
    }
    clients[place] = c;
    cl->clientData = c;
    cl->clientGoneHook = client_gone;
    screen_client_came(&c->held);
    return RFB_CLIENT_ACCEPT;
}

static void accept_ready(void *context)
{
    int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC);

    (void)context;
    if (fd < 0)
        return;
    rfbNewClient(server, fd); /* owns the descriptor, on errors too */
    sweep();
}

static void door_ready(void *context)
{
    int fd, door = *(int *)context;
    char byte;

    if (pass_fd_take(door, &fd, &byte, 1) == 0)
        loop_remove(door);
    if (fd < 0)
        return;
    rfbNewClient(server, fd);
    sweep();
}

int vnc_add_door(int fd)
{
    static int door;

    door = fd;
    return loop_add(fd, door_ready, &door);
}

static void on_key(rfbBool down, rfbKeySym keysym, rfbClientPtr cl)
{
    if (cl->clientData)
        screen_key(cl->clientData, keys_from_keysym(keysym), down);
}

static void on_pointer(int buttons, int x, int y, rfbClientPtr cl)
{
    if (cl->clientData)
        screen_pointer(cl->clientData, x, y, buttons);
}

static void set_format(void)
{
    server->serverFormat.redShift = 16;
    server->serverFormat.greenShift = 8;
    server->serverFormat.blueShift = 0;
}

int vnc_open(int listener, const struct picture *p, const char *name, enum vnc_sharing sharing)
{
    rfbLogEnable(getenv("PVFB_VNC_LOG") != NULL);
    rfbMaxClientWait = SLOW_CLIENT_MS;
    server = rfbGetScreen(NULL, NULL, p->width, p->height, 8, 3, 4);
    if (!server)
        return -1;
    server->desktopName = name;
    server->frameBuffer = (char *)p->pixels;
    server->alwaysShared = sharing == VNC_SHARE_ALWAYS;
    server->neverShared = sharing == VNC_SHARE_NEVER;
    server->dontDisconnect = sharing == VNC_SHARE_NEVER;
    server->deferUpdateTime = 0;
    server->deferPtrUpdateTime = 0;
    server->kbdAddEvent = on_key;
    server->ptrAddEvent = on_pointer;
    server->newClientHook = client_new;
    server->permitFileTransfer = FALSE;
    set_format();
    rfbSetCursor(server, NULL);
    vnc_keys_register();
    listening = listener;
    return loop_add(listener, accept_ready, NULL) ? -1 : 0;
}

void vnc_resized(const struct picture *p)
{
    if (!server)
        return;
    rfbNewFramebuffer(server, (char *)p->pixels, p->width, p->height, 8, 3, 4);
    set_format();
}

void vnc_damaged(const struct damage *damage)
{
    for (unsigned i = 0; server && i < damage->count; i++) {
        const struct fb_rect *r = &damage->rects[i];

        rfbMarkRectAsModified(server, r->x, r->y, r->x + r->width, r->y + r->height);
    }
}

static bool can_write(int fd)
{
    struct pollfd p = { .fd = fd, .events = POLLOUT };

    return poll(&p, 1, 0) == 1 && p.revents & POLLOUT;
}

int vnc_before_wait(void)
{
    bool blocked = false;

    for (unsigned i = 0; i < CLIENTS_MAX; i++) {
        if (!clients[i])
            continue;
        if (can_write(clients[i]->fd))
            rfbUpdateClient(clients[i]->rfb);
        else
            blocked = true;
    }
    sweep();
    return blocked ? BLOCKED_RETRY_MS : -1;
}
