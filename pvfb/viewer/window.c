/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SDL 2. The renderer scales to the window and keeps the aspect; it also turns the pointer's
 * coordinates back into pixels of the guest. */
#include <pvfb/viewer/window.h>

#include <SDL.h>
#include <errno.h>
#include <linux/input-event-codes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <pvfb/viewer/png.h>
#include <pvfb/viewer/scancodes.h>

#include <xen/io/kbdif.h>

#define PAUSE_MS 8
#define CONTACTS 10

static struct window {
    SDL_Window *window;
    SDL_Renderer *renderer;
    SDL_Texture *texture;
    struct source *source;
    const struct window_options *options;
    SDL_FingerID fingers[CONTACTS];
    bool touched[CONTACTS];
    bool grabbed, fullscreen, leaving;
} w;

static int complain(const char *what)
{
    fprintf(stderr, "domus-viewer: %s: %s\n", what, SDL_GetError());
    return 1;
}

static bool new_size(void)
{
    struct source *s = w.source;

    s->resized = false;
    if (w.texture)
        SDL_DestroyTexture(w.texture);
    w.texture = SDL_CreateTexture(w.renderer, SDL_PIXELFORMAT_XRGB8888, SDL_TEXTUREACCESS_STREAMING,
                                  s->width, s->height);
    SDL_RenderSetLogicalSize(w.renderer, s->width, s->height);
    if (!w.fullscreen)
        SDL_SetWindowSize(w.window, s->width, s->height);
    return w.texture != NULL;
}

static void draw(void)
{
    SDL_RenderClear(w.renderer);
    if (w.texture)
        SDL_RenderCopy(w.renderer, w.texture, NULL, NULL);
    SDL_RenderPresent(w.renderer);
}

static void show_damage(void)
{
    struct source *s = w.source;

    for (unsigned i = 0; i < s->damage.count; i++) {
        const struct fb_rect *r = &s->damage.rects[i];
        SDL_Rect area = { r->x, r->y, r->width, r->height };

        SDL_UpdateTexture(w.texture, &area, s->pixels + (size_t)r->y * s->width + r->x,
                          s->width * 4);
    }
    if (!s->damage.count)
        return;
    damage_clear(&s->damage);
    draw();
    s->ops->shown(s);
}

static void grab(bool on)
{
    w.grabbed = on;
    SDL_SetWindowGrab(w.window, on);
    SDL_SetWindowKeyboardGrab(w.window, on);
    SDL_SetRelativeMouseMode(on && w.options->relative);
}

static void screenshot(void)
{
    char path[512], stamp[32];
    time_t now = time(NULL);

    strftime(stamp, sizeof(stamp), "%Y-%m-%d-%H%M%S", localtime(&now));
    snprintf(path, sizeof(path), "%s/domus-%s.png", w.options->screenshots, stamp);
    if (!png_save(path, w.source->pixels, w.source->width, w.source->height))
        fprintf(stderr, "domus-viewer: cannot write %s: %s\n", path, strerror(errno));
}

static void let_modifiers_go(void)
{
    static const uint16_t codes[] = { KEY_LEFTCTRL,  KEY_LEFTALT,    KEY_RIGHTCTRL, KEY_RIGHTALT,
                                      KEY_LEFTSHIFT, KEY_RIGHTSHIFT, KEY_LEFTMETA,  KEY_RIGHTMETA };

    for (unsigned i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        w.source->ops->key(w.source, codes[i], false);
}

/* Ctrl-Alt with a letter is the viewer's; true when the guest must not see it. */
static bool hot_key(const SDL_KeyboardEvent *e)
{
    if (!(e->keysym.mod & KMOD_CTRL) || !(e->keysym.mod & KMOD_ALT))
        return false;
    switch (e->keysym.sym) {
    case SDLK_g: grab(!w.grabbed); break;
    case SDLK_f:
        w.fullscreen = !w.fullscreen;
        SDL_SetWindowFullscreen(w.window, w.fullscreen ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0);
        break;
    case SDLK_s: screenshot(); break;
    case SDLK_q: w.leaving = true; break;
    default: return false;
    }
    let_modifiers_go();
    return true;
}

static void on_key(const SDL_KeyboardEvent *e)
{
    uint16_t code = scancode_to_evdev(e->keysym.scancode);
    bool pressed = e->type == SDL_KEYDOWN;

    if (pressed && !e->repeat && hot_key(e))
        return;
    if (code && !e->repeat) /* the guest repeats by itself */
        w.source->ops->key(w.source, code, pressed);
}

static void on_button(const SDL_MouseButtonEvent *e)
{
    static const uint16_t codes[] = { 0, BTN_LEFT, BTN_MIDDLE, BTN_RIGHT };

    if (e->which != SDL_TOUCH_MOUSEID && e->button < sizeof(codes) / sizeof(codes[0]))
        w.source->ops->key(w.source, codes[e->button], e->type == SDL_MOUSEBUTTONDOWN);
}

static void on_motion(const SDL_MouseMotionEvent *e)
{
    if (e->which == SDL_TOUCH_MOUSEID)
        return;
    if (SDL_GetRelativeMouseMode())
        w.source->ops->motion(w.source, e->xrel, e->yrel, 0);
    else
        w.source->ops->position(w.source, e->x, e->y, 0);
}

static void on_wheel(const SDL_MouseWheelEvent *e)
{
    float x, y;
    int window_x, window_y;

    SDL_GetMouseState(&window_x, &window_y);
    SDL_RenderWindowToLogical(w.renderer, window_x, window_y, &x, &y);
    if (SDL_GetRelativeMouseMode())
        w.source->ops->motion(w.source, 0, 0, e->y);
    else
        w.source->ops->position(w.source, x, y, e->y);
}

/* The place of a finger; a new one takes a free place. -1: there are too many. */
static int contact_of(SDL_FingerID finger)
{
    int free_place = -1;

    for (int i = 0; i < CONTACTS; i++) {
        if (w.touched[i] && w.fingers[i] == finger)
            return i;
        if (!w.touched[i])
            free_place = i;
    }
    if (free_place >= 0)
        w.fingers[free_place] = finger;
    return free_place;
}

static void on_finger(const SDL_TouchFingerEvent *e)
{
    int contact = contact_of(e->fingerId);
    uint8_t event = e->type == SDL_FINGERDOWN ? XENKBD_MT_EV_DOWN
                    : e->type == SDL_FINGERUP ? XENKBD_MT_EV_UP
                                              : XENKBD_MT_EV_MOTION;
    int32_t x = e->x * w.source->width, y = e->y * w.source->height;

    if (contact < 0)
        return;
    w.touched[contact] = event != XENKBD_MT_EV_UP;
    w.source->ops->touch(w.source, event, contact, x, y);
    w.source->ops->touch(w.source, XENKBD_MT_EV_SYN, contact, x, y);
}

static void on_window(const SDL_WindowEvent *e)
{
    if (e->event == SDL_WINDOWEVENT_FOCUS_LOST)
        let_modifiers_go();
    else if (e->event == SDL_WINDOWEVENT_EXPOSED || e->event == SDL_WINDOWEVENT_SIZE_CHANGED)
        draw();
}

static void on_event(const SDL_Event *e)
{
    switch (e->type) {
    case SDL_QUIT: w.leaving = true; break;
    case SDL_WINDOWEVENT: on_window(&e->window); break;
    case SDL_KEYDOWN:
    case SDL_KEYUP: on_key(&e->key); break;
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP: on_button(&e->button); break;
    case SDL_MOUSEMOTION: on_motion(&e->motion); break;
    case SDL_MOUSEWHEEL: on_wheel(&e->wheel); break;
    case SDL_FINGERDOWN:
    case SDL_FINGERUP:
    case SDL_FINGERMOTION: on_finger(&e->tfinger); break;
    }
}

static bool open_window(void)
{
    Uint32 flags = SDL_WINDOW_RESIZABLE | (w.fullscreen ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0);

    SDL_SetHint(SDL_HINT_RENDER_SCALE_QUALITY, "linear");
    SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
    if (SDL_Init(SDL_INIT_VIDEO))
        return false;
    w.window = SDL_CreateWindow(w.options->title, SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED,
                                w.source->width ? w.source->width : 800,
                                w.source->height ? w.source->height : 600, flags);
    if (w.window)
        w.renderer = SDL_CreateRenderer(w.window, -1, 0);
    return w.renderer != NULL;
}

static bool turn(void)
{
    struct pollfd fd = { .fd = w.source->fd, .events = POLLIN };
    SDL_Event e;

    if (poll(&fd, 1, PAUSE_MS) > 0 && !w.source->ops->take(w.source))
        return false;
    if (w.source->resized && !new_size())
        return false;
    if (w.texture)
        show_damage();
    while (SDL_PollEvent(&e))
        on_event(&e);
    return true;
}

int window_run(struct source *s, const struct window_options *o)
{
    w = (struct window){ .source = s, .options = o, .fullscreen = o->fullscreen };
    if (!open_window())
        return complain("no window");
    if (o->grab)
        grab(true);
    while (!w.leaving && turn())
        ;
    if (!w.leaving)
        fprintf(stderr, "domus-viewer: the screen is gone\n");
    SDL_Quit();
    return w.leaving ? 0 : 1;
}
