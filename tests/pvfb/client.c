/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A VNC client on libvncclient for the tests of domus-pvfb --fake. Prints what it saw:
 *   client SERVER SECONDS [encodings=TEXT] [password=TEXT] [ca=FILE] [shared=0|1] [keys]
 * SERVER is a socket's path or ADDRESS:PORT. Output: size, the animation's frame counter at first
 * and at last, updates, and whether all pixels of the square's frame are as drawn. */
#include <poll.h>
#include <rfb/rfbclient.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SQUARE 96u

static const char *password = "", *ca;
static unsigned updates;

static char *get_password(rfbClient *client)
{
    (void)client;
    return strdup(password);
}

static rfbCredential *get_credential(rfbClient *client, int kind)
{
    rfbCredential *credential = calloc(1, sizeof(*credential));

    (void)client;
    if (kind == rfbCredentialTypeX509 && ca)
        credential->x509Credential.x509CACertFile = strdup(ca);
    return credential;
}

static void finished(rfbClient *client)
{
    (void)client;
    updates++;
}

static uint32_t pixel(const rfbClient *c, uint32_t x, uint32_t y)
{
    return ((const uint32_t *)(const void *)c->frameBuffer)[y * c->width + x] & 0xffffff;
}

static uint32_t counter(const rfbClient *c)
{
    uint32_t number = 0;

    for (unsigned bit = 0; bit < 32; bit++)
        if (pixel(c, bit, 0))
            number |= 1u << bit;
    return number;
}

/* The square where the counter says that it is, and black around it. */
static bool drawn_right(const rfbClient *c)
{
    uint32_t n = counter(c), left = n * 7 % (c->width - SQUARE);
    uint32_t top = 1 + n * 5 % (c->height - SQUARE - 1);

    for (uint32_t y = 1; y < (uint32_t)c->height; y++)
        for (uint32_t x = 0; x < (uint32_t)c->width; x++) {
            uint32_t dx = x - left, dy = y - top;
            uint32_t wanted = dx < SQUARE && dy < SQUARE ? 0x40c080 ^ (dx * dy) : 0;

            if (pixel(c, x, y) != (wanted & 0xffffff))
                return false;
        }
    return true;
}

static void option(rfbClient *c, const char *text)
{
    if (!strncmp(text, "encodings=", 10))
        c->appData.encodingsString = text + 10;
    else if (!strncmp(text, "password=", 9))
        password = text + 9;
    else if (!strncmp(text, "ca=", 3))
        ca = text + 3;
    else if (!strncmp(text, "shared=", 7))
        c->appData.shareDesktop = text[7] == '1';
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static bool watch(rfbClient *c, double seconds)
{
    double end = now() + seconds;

    while (now() < end || updates < 2) { /* the first may only say what the server can */
        int ready = WaitForMessage(c, 100000);

        if (ready < 0 || (ready > 0 && !HandleRFBServerMessage(c)))
            return false;
        if (now() > end + 10)
            return false;
    }
    return true;
}

static void press(rfbClient *c)
{
    static const rfbKeySym keys[] = { XK_a, XK_Escape, XK_F12, XK_KP_Enter };

    for (unsigned i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        SendKeyEvent(c, keys[i], TRUE);
        SendKeyEvent(c, keys[i], FALSE);
    }
    SendPointerEvent(c, 100, 50, 0);
    SendPointerEvent(c, 100, 50, rfbButton1Mask);
    SendPointerEvent(c, 100, 50, 0);
    SendPointerEvent(c, 101, 50, rfbButton5Mask);
    SendPointerEvent(c, 5000, 5000, 0);
    SendKeyEvent(c, XK_b, TRUE); /* stays down: the server has to let it go */
}

int main(int argc, char **argv)
{
    rfbClient *c = rfbGetClient(8, 3, 4);
    uint32_t first;
    bool alive;

    if (argc < 3)
        return 2;
    c->appData.enableJPEG = FALSE; /* pictures are compared */
    c->format.redShift = 16;
    c->format.blueShift = 0;
    c->GetPassword = get_password;
    c->GetCredential = get_credential;
    c->FinishedFrameBufferUpdate = finished;
    for (int i = 3; i < argc; i++)
        option(c, argv[i]);
    if (!rfbInitClient(c, &(int){ 2 }, (char *[]){ argv[0], argv[1], NULL })) {
        puts("refused");
        return 1;
    }
    if (!watch(c, 0))
        return 1;
    first = counter(c);
    if (argc > 3 && !strcmp(argv[argc - 1], "keys"))
        press(c);
    alive = watch(c, atof(argv[2]));
    printf("size %dx%d frames %u %u updates %u picture %s\n", c->width, c->height, first,
           counter(c), updates, drawn_right(c) ? "right" : "wrong");
    if (!alive)
        puts("closed");
    return 0;
}
