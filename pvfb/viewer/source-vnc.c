/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A VNC server by libvncclient. */
#include <pvfb/viewer/source.h>

#include <linux/input-event-codes.h>
#include <rfb/rfbclient.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pvfb/protocol/keys.h>

static struct {
    int32_t x, y, buttons;
} pointer;

static struct source *source_of(rfbClient *c)
{
    return rfbClientGetClientData(c, &pointer);
}

static rfbBool resized(rfbClient *c)
{
    struct source *s = source_of(c);

    free(c->frameBuffer);
    c->frameBuffer = NULL;
    if (c->width <= 0 || c->height <= 0 || c->width > (int)FB_SIDE_MAX ||
        c->height > (int)FB_SIDE_MAX)
        return FALSE;
    c->frameBuffer = calloc((size_t)c->width * c->height, 4);
    s->pixels = (const uint32_t *)(const void *)c->frameBuffer;
    s->width = c->width;
    s->height = c->height;
    s->resized = true;
    damage_clear(&s->damage);
    return c->frameBuffer != NULL;
}

static void updated(rfbClient *c, int x, int y, int w, int h)
{
    struct source *s = source_of(c);
    struct fb_rect r;

    if (fb_rect_clip(&r, (int32_t[]){ x, y, w, h }, s->width, s->height))
        damage_add(&s->damage, &r);
}

static char *get_password(rfbClient *c)
{
    char *typed = getpass("Password: ");

    (void)c;
    return strdup(typed ? typed : "");
}

static bool take(struct source *s)
{
    rfbClient *c = s->private;
    int ready;

    while ((ready = WaitForMessage(c, 0)) > 0)
        if (!HandleRFBServerMessage(c))
            return false;
    return ready == 0;
}

static void shown(struct source *s)
{
    (void)s;
}

static void send_pointer(struct source *s)
{
    SendPointerEvent(s->private, pointer.x, pointer.y, pointer.buttons);
}

static bool button(struct source *s, uint16_t code, bool pressed)
{
    int32_t mask = code == BTN_LEFT     ? rfbButton1Mask
                   : code == BTN_MIDDLE ? rfbButton2Mask
                   : code == BTN_RIGHT  ? rfbButton3Mask
                                        : 0;

    if (!mask)
        return false;
    pointer.buttons = pressed ? pointer.buttons | mask : pointer.buttons & ~mask;
    send_pointer(s);
    return true;
}

static uint32_t scancode_of(uint16_t code)
{
    for (uint32_t scancode = 1; scancode < 0x100; scancode++)
        if (keys_from_scancode(scancode) == code)
            return scancode;
    return 0;
}

static void key(struct source *s, uint16_t code, bool pressed)
{
    uint32_t keysym = keys_to_keysym(code);

    if (button(s, code, pressed))
        return;
    if (!SendExtendedKeyEvent(s->private, keysym, scancode_of(code), pressed) && keysym)
        SendKeyEvent(s->private, keysym, pressed);
}

static void position(struct source *s, int32_t x, int32_t y, int32_t wheel)
{
    int32_t mask = wheel > 0 ? rfbButton4Mask : rfbButton5Mask;

    pointer.x = x;
    pointer.y = y;
    for (int32_t i = wheel < 0 ? -wheel : wheel; i > 0; i--) {
        SendPointerEvent(s->private, x, y, pointer.buttons | mask);
        SendPointerEvent(s->private, x, y, pointer.buttons);
    }
    if (!wheel)
        send_pointer(s);
}

static int32_t moved(int32_t from, int32_t by, uint32_t side)
{
    int64_t to = (int64_t)from + by;

    return to < 0 ? 0 : to >= side ? (int32_t)side - 1 : (int32_t)to;
}

/* VNC has positions only. */
static void motion(struct source *s, int32_t x, int32_t y, int32_t wheel)
{
    position(s, moved(pointer.x, x, s->width), moved(pointer.y, y, s->height), wheel);
}

static void touch(struct source *s, uint8_t event, uint8_t contact, int32_t x, int32_t y)
{
    (void)s, (void)event, (void)contact, (void)x, (void)y;
}

static void close_source(struct source *s)
{
    rfbClient *c = s->private;

    free(c->frameBuffer);
    c->frameBuffer = NULL;
    rfbClientCleanup(c);
}

bool source_vnc_open(struct source *s, const char *server)
{
    static const struct source_ops ops = {
        take, shown, key, position, motion, touch, close_source
    };
    rfbClient *c = rfbGetClient(8, 3, 4);
    char *copy = strdup(server);

    memset(s, 0, sizeof(*s));
    s->ops = &ops;
    s->private = c;
    c->appData.enableJPEG = server[0] != '/'; /* nothing is lost on this machine */
    c->format.redShift = 16;
    c->format.blueShift = 0;
    c->MallocFrameBuffer = resized;
    c->canHandleNewFBSize = TRUE;
    c->GotFrameBufferUpdate = updated;
    c->GetPassword = get_password;
    rfbClientSetClientData(c, &pointer, s);
    rfbEnableClientLogging = FALSE;
    if (!rfbInitClient(c, &(int){ 2 }, (char *[]){ copy, copy, NULL })) { /* frees the client */
        fprintf(stderr, "domus-viewer: cannot connect to %s\n", server);
        free(copy);
        return false;
    }
    s->fd = c->sock;
    free(copy);
    return true;
}
