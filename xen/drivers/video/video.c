/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The screen as a console: which kind it is, and whose. Its mode is the boot loader's choice. */
#include <hv/console.h>
#include <hv/errno.h>
#include <hv/init.h>
#include <hv/printk.h>
#include <hv/string.h>
#include <hv/video.h>

#include "private.h"

static bool opt_keep;
static char wanted_mode[24]; /* vga=gfx-..., text-...; "": any */
static struct grid grid;
static bool is_text, is_there, is_ours;

static void screen_write(const char *s, size_t len)
{
    grid_write(&grid, s, len);
}

static struct console screen_console = { .name = "vga", .write = screen_write };

/* "text-80x25", "gfx-WIDTHxHEIGHTxDEPTH", "current", each with ",keep"; or "keep" alone. */
static int vga_parse(const char *value)
{
    char word[sizeof(wanted_mode)];

    for (const char *s = value; *s; s += *s == ',') {
        const char *end = strchr(s, ',');
        size_t len = end ? (size_t)(end - s) : strlen(s);

        if (len >= sizeof(word))
            return -EINVAL;
        strlcpy(word, s, len + 1);
        s += len;
        if (!strcmp(word, "keep"))
            opt_keep = true;
        else if (!strncmp(word, "gfx-", 4) || !strncmp(word, "text-", 5))
            strlcpy(wanted_mode, word, sizeof(wanted_mode));
        else if (strcmp(word, "current"))
            return -EINVAL;
    }
    return 0;
}
DEFINE_PARAM("vga", vga_parse);

/* The loader has set the mode; another one cannot be had any more. */
static void say_if_other_mode(const struct boot_framebuffer *fb)
{
    const char *s = wanted_mode + 4;
    uint64_t width, height;

    if (!wanted_mode[0])
        return;
    if (is_text && !strcmp(wanted_mode, "text-80x25"))
        return;
    if (!is_text && wanted_mode[0] == 'g') {
        width = strtou64(s, &s);
        height = *s == 'x' ? strtou64(s + 1, &s) : 0;
        if (width == fb->width && height == fb->height)
            return;
    }
    printk(LOG_WARN "vga=%s: the boot loader sets the mode (GRUB: gfxpayload), it is left as it "
                    "is\n",
           wanted_mode);
}

void video_init(void)
{
    const struct boot_framebuffer *fb = &boot_info.framebuffer;
    int ret;

    if (!console_is_wanted("vga"))
        return;
    is_text = !fb->base;
    if (is_text && boot_info.efi.present) /* there is no text mode */
        return;
    ret = is_text ? vga_text_init(&grid) : framebuffer_init(fb, &grid);
    if (ret) {
        printk(LOG_WARN "vga: this screen cannot be used (%d)\n", ret);
        return;
    }
    is_there = is_ours = true;
    if (is_text)
        vga_text_reset();
    console_register(&screen_console);
    say_if_other_mode(fb);
    if (is_text)
        printk(LOG_INFO "screen: text, %ux%u\n", grid.columns, grid.rows);
    else
        printk(LOG_INFO "screen: %ux%u, %u bits, at %#lx\n", fb->width, fb->height, fb->bpp,
               (unsigned long)fb->base);
}

void video_release(void)
{
    if (!is_ours || opt_keep)
        return;
    printk(LOG_INFO "the screen is the control domain's from here on (vga=keep: stays here)\n");
    console_unregister(&screen_console);
    is_ours = false;
}

void video_take_back(void)
{
    if (!is_there || is_ours)
        return;
    is_ours = true;
    if (is_text)
        vga_text_reset();
    grid_invalidate(&grid);
    console_register_quietly(&screen_console);
}
