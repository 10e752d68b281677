/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a fake guest shows: a console that greets and echoes, and a screen by VNC with a square that
 * moves and a background that a key press changes. */
#include <endian.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake.h"

#define WIDTH  640
#define HEIGHT 480
#define SQUARE 32

static int serve(struct toolstack *ts, uint32_t domid, GThreadFunc thread, GError **error)
{
    struct fake *f = fake_of(ts);
    struct fake_domain *d;
    int pair[2];

    g_mutex_lock(&f->lock);
    d = fake_domain(f, domid, error);
    g_mutex_unlock(&f->lock);
    if (!d || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
        return -1;
    g_thread_unref(g_thread_new("fake", thread, GINT_TO_POINTER(pair[1])));
    return pair[0];
}

static bool send_all(int fd, const void *data, size_t size)
{
    const char *p = data;

    while (size) {
        ssize_t n = send(fd, p, size, MSG_NOSIGNAL);

        if (n <= 0)
            return false;
        p += n;
        size -= (size_t)n;
    }
    return true;
}

static bool receive(int fd, void *data, size_t size)
{
    return recv(fd, data, size, MSG_WAITALL) == (ssize_t)size;
}

static void *console_thread(void *opaque)
{
    static const char greeting[] = "\r\nFake GNU/Linux 12 hvc0\r\n\r\nlogin: ";
    int fd = GPOINTER_TO_INT(opaque);
    char data[256];
    ssize_t n;

    if (send_all(fd, greeting, sizeof(greeting) - 1))
        while ((n = recv(fd, data, sizeof(data), 0)) > 0 && send_all(fd, data, (size_t)n))
            ;
    close(fd);
    return NULL;
}

int fake_console(struct toolstack *ts, uint32_t domid, const char *type, unsigned number,
                 GError **error)
{
    if (strcmp(type, "pv") || number) {
        g_set_error(error, TOOLSTACK_ERROR, TOOLSTACK_ERROR_NO_DOMAIN,
                    "there is no console %u of type %s", number, type);
        return -1;
    }
    return serve(ts, domid, console_thread, error);
}

/* RFB 3.8, section 7.1 to 7.3.2: no password, 32 bits a pixel. */
static bool shake_hands(int fd)
{
    static const char name[] = "Fake screen";
    struct {
        uint16_t width, height;
        uint8_t bits, depth, big, colour;
        uint16_t max[3];
        uint8_t shift[3], pad[3];
        uint32_t length;
    } __attribute__((packed)) init = {
        .width = htobe16(WIDTH),
        .height = htobe16(HEIGHT),
        .bits = 32,
        .depth = 24,
        .colour = 1,
        .max = { htobe16(255), htobe16(255), htobe16(255) },
        .shift = { 16, 8, 0 },
        .length = htobe32(sizeof(name) - 1),
    };
    char client[12], byte;

    return send_all(fd, "RFB 003.008\n", 12) && receive(fd, client, 12) &&
           send_all(fd, "\1\1", 2) && receive(fd, &byte, 1) && send_all(fd, "\0\0\0\0", 4) &&
           receive(fd, &byte, 1) && send_all(fd, &init, sizeof(init)) &&
           send_all(fd, name, sizeof(name) - 1);
}

static bool send_rectangle(int fd, unsigned x, unsigned y, unsigned w, unsigned h, uint32_t colour)
{
    uint16_t head[8] = { 0, htobe16(1), htobe16(x), htobe16(y), htobe16(w), htobe16(h), 0, 0 };
    g_autofree uint32_t *pixels = g_new(uint32_t, w * h);
    unsigned i;

    for (i = 0; i < w * h; i++)
        pixels[i] = colour;
    return send_all(fd, head, sizeof(head)) && send_all(fd, pixels, w * h * 4);
}

/* The rest of a message behind its first byte. */
static bool answer(int fd, uint8_t type, uint32_t *colour, unsigned *frame)
{
    uint8_t rest[32];
    uint16_t n;

    switch (type) {
    case 0: return receive(fd, rest, 19); /* SetPixelFormat: ours stays */
    case 2:
        if (!receive(fd, rest, 3))
            return false;
        for (n = (uint16_t)(rest[1] << 8 | rest[2]); n; n--)
            if (!receive(fd, rest, 4))
                return false;
        return true;
    case 3:
        if (!receive(fd, rest, 9))
            return false;
        if (!rest[0])
            return send_rectangle(fd, 0, 0, WIDTH, HEIGHT, *colour);
        g_usleep(100000);
        *frame += 1;
        return send_rectangle(fd, *frame * 8 % (WIDTH - SQUARE), HEIGHT / 2, SQUARE, SQUARE,
                              *frame & 1 ? 0xffffff : *colour);
    case 4:
        if (!receive(fd, rest, 7))
            return false;
        if (rest[0])
            *colour = (uint32_t)(rest[5] << 8 | rest[6]) * 2654435761u >> 8;
        return true;
    case 5: return receive(fd, rest, 5);
    case 6:
        if (!receive(fd, rest, 7))
            return false;
        for (n = (uint16_t)(rest[5] << 8 | rest[6]); n; n--)
            if (!receive(fd, rest, 1))
                return false;
        return true;
    default: return false;
    }
}

static void *screen_thread(void *opaque)
{
    int fd = GPOINTER_TO_INT(opaque);
    uint32_t colour = 0x2e3436;
    unsigned frame = 0;
    uint8_t type;

    if (shake_hands(fd))
        while (receive(fd, &type, 1) && answer(fd, type, &colour, &frame))
            ;
    close(fd);
    return NULL;
}

int fake_screen(struct toolstack *ts, uint32_t domid, GError **error)
{
    return serve(ts, domid, screen_thread, error);
}
