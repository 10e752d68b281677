/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domus-viewer: a guest's screen in a window or full-screen. */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pvfb/viewer/png.h>
#include <pvfb/viewer/window.h>

#define PATIENCE_MS 10000

static const char usage[] =
    "usage: domus-viewer [option...] --frames SOCKET | --vnc SOCKET|ADDRESS:PORT\n"
    "  --full-screen      start so\n"
    "  --grab             start with keyboard and pointer grabbed\n"
    "  --relative         a grabbed pointer sends motion, not positions\n"
    "  --title TEXT       the window's title\n"
    "  --screenshots DIR  where Ctrl-Alt-S puts them (the current directory)\n"
    "  --screenshot FILE  write what is on the screen now, as PNG, and end\n"
    "Ctrl-Alt with G grabs or lets go, F full-screen or window, S screenshot, Q leaves.\n";

/* Without any window: the first whole picture. */
static int shoot(struct source *s, const char *path)
{
    struct pollfd fd = { .fd = s->fd, .events = POLLIN };

    while (!s->damage.count)
        if (poll(&fd, 1, PATIENCE_MS) <= 0 || !s->ops->take(s)) {
            fprintf(stderr, "domus-viewer: there is no picture\n");
            return 1;
        }
    if (png_save(path, s->pixels, s->width, s->height))
        return 0;
    fprintf(stderr, "domus-viewer: cannot write %s: %s\n", path, strerror(errno));
    return 1;
}

int main(int argc, char **argv)
{
    static const struct option long_options[] = {
        { "frames", 1, NULL, 'f' },      { "vnc", 1, NULL, 'v' },
        { "full-screen", 0, NULL, 'F' }, { "grab", 0, NULL, 'g' },
        { "relative", 0, NULL, 'r' },    { "title", 1, NULL, 't' },
        { "screenshots", 1, NULL, 'd' }, { "screenshot", 1, NULL, 's' },
        { "help", 0, NULL, 'h' },        { NULL, 0, NULL, 0 },
    };
    struct window_options o = { .title = "Domus", .screenshots = "." };
    const char *frames = NULL, *vnc = NULL, *shot = NULL;
    struct source s;
    int option, code;

    while ((option = getopt_long(argc, argv, "", long_options, NULL)) >= 0) {
        switch (option) {
        case 'f': frames = optarg; break;
        case 'v': vnc = optarg; break;
        case 'F': o.fullscreen = true; break;
        case 'g': o.grab = true; break;
        case 'r': o.relative = true; break;
        case 't': o.title = optarg; break;
        case 'd': o.screenshots = optarg; break;
        case 's': shot = optarg; break;
        default: fputs(usage, option == 'h' ? stdout : stderr); return option == 'h' ? 0 : 2;
        }
    }
    if (!frames == !vnc || optind < argc) {
        fputs(usage, stderr);
        return 2;
    }
    if (frames ? !source_frames_open(&s, frames) : !source_vnc_open(&s, vnc))
        return 1;
    code = shot ? shoot(&s, shot) : window_run(&s, &o);
    s.ops->close(&s);
    return code;
}
