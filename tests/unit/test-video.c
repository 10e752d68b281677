/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The screen: the grid's moves, what is drawn and what not, the font, pixels of every depth. */
/* sources: xen/drivers/video/grid.c xen/drivers/video/font.c xen/drivers/video/framebuffer.c */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include <hv/alloc.h>
#include <hv/errno.h>

#include <asm/mm.h>

#include "../../xen/drivers/video/private.h"

#define COLUMNS 10U
#define ROWS    3U

static char screen[ROWS][COLUMNS + 1];
static unsigned int drawn;
static unsigned int cursor_column, cursor_row;

void *page_alloc(unsigned int order)
{
    return calloc(1, PAGE_SIZE << order);
}

static void draw(unsigned int column, unsigned int row, char c)
{
    assert_in_range(column, 0, COLUMNS - 1);
    assert_in_range(row, 0, ROWS - 1);
    screen[row][column] = c;
    drawn++;
}

static void cursor(unsigned int column, unsigned int row)
{
    cursor_column = column;
    cursor_row = row;
}

static struct grid *new_grid(void)
{
    static struct grid g;

    free(g.wanted);
    g = (struct grid){ .draw = draw, .cursor = cursor };
    memset(screen, 0, sizeof(screen));
    drawn = 0;
    assert_int_equal(grid_init(&g, COLUMNS, ROWS), 0);
    return &g;
}

static void write_text(struct grid *g, const char *s)
{
    grid_write(g, s, strlen(s));
}

static void assert_screen(const char *a, const char *b, const char *c)
{
    assert_string_equal(screen[0], a);
    assert_string_equal(screen[1], b);
    assert_string_equal(screen[2], c);
}

static void test_lines_wrap_and_scroll(void **state)
{
    struct grid *g = new_grid();

    (void)state;
    write_text(g, "one\ntwo");
    assert_screen("one       ", "two       ", "          ");
    assert_int_equal(cursor_column, 3);
    assert_int_equal(cursor_row, 1);
    write_text(g, "\nthree");
    write_text(g, "\nfour\n");
    assert_screen("three     ", "four      ", "          ");
    write_text(g, "0123456789"); /* full, but the next line begins with the next character */
    assert_screen("three     ", "four      ", "0123456789");
    assert_int_equal(cursor_column, 9);
    write_text(g, "\n");
    assert_screen("four      ", "0123456789", "          ");
    write_text(g, "abcdefghijk");
    assert_screen("0123456789", "abcdefghij", "k         ");
}

static void test_controls(void **state)
{
    struct grid *g = new_grid();

    (void)state;
    write_text(g, "abc\rX\n\tz\b\by\x1b\xff!");
    assert_screen("Xbc       ", "       y  ", "!         ");
    new_grid();
}

static void test_only_changes_are_drawn(void **state)
{
    struct grid *g = new_grid();

    (void)state;
    write_text(g, "aaaa\naaab\naaaa");
    assert_int_equal(drawn, COLUMNS * ROWS);
    drawn = 0;
    write_text(g, "\n");
    /* b moves up, four characters go */
    assert_screen("aaab      ", "aaaa      ", "          ");
    assert_int_equal(drawn, 1 + 1 + 4);
    drawn = 0;
    write_text(g, "");
    assert_int_equal(drawn, 0);
    memset(screen, '?', sizeof(screen) - 1);
    grid_invalidate(g);
    write_text(g, "c");
    assert_int_equal(drawn, COLUMNS * ROWS);
    assert_memory_equal(screen[0], "aaab      ", COLUMNS);
}

static void test_glyphs_differ(void **state)
{
    (void)state;
    font_init();
    for (char a = ' '; a <= '~'; a++) {
        for (char b = ' '; b < a; b++)
            assert_memory_not_equal(font_glyph(a), font_glyph(b), FONT_HEIGHT);
        for (unsigned int y = 0; y < FONT_HEIGHT; y++)
            assert_int_equal(font_glyph(a)[y] & 1, 0); /* room between two characters */
    }
    assert_ptr_equal(font_glyph((char)0x80), font_glyph('?'));
    assert_ptr_equal(font_glyph('\0'), font_glyph('?'));
}

/* The framebuffer's memory, exactly as large as it says, so that the sanitizer sees its end. */
static uint8_t *pixels;

void *ioremap_wc(paddr_t pa, size_t size)
{
    assert_int_equal(pa, 0xfd000000);
    free(pixels);
    pixels = calloc(1, size);
    return pixels;
}

static uint32_t pixel(const struct boot_framebuffer *fb, unsigned int x, unsigned int y)
{
    uint32_t value = 0;

    memcpy(&value, pixels + (size_t)y * fb->pitch + (size_t)x * (fb->bpp / 8), fb->bpp / 8);
    return value;
}

static void check_depth(uint8_t bpp, uint8_t green_size, uint32_t expected)
{
    uint8_t size = bpp == 16 ? 5 : 8;
    struct boot_framebuffer fb = {
        .base = 0xfd000000,
        .width = 85,
        .height = 50,
        .pitch = 85U * (bpp / 8U) + 1 * 4U,
        .bpp = bpp,
        .red_size = size,
        .red_pos = size + green_size,
        .green_size = green_size,
        .green_pos = size,
        .blue_size = size,
    };
    struct grid g = { 0 };

    assert_int_equal(framebuffer_init(&fb, &g), 0);
    assert_int_equal(g.columns, 10);
    assert_int_equal(g.rows, 3);
    grid_write(&g, "\n\n         |", 12); /* the last cell */
    for (unsigned int y = 0; y < FONT_HEIGHT; y++)
        for (unsigned int x = 0; x < FONT_WIDTH; x++)
            assert_int_equal(pixel(&fb, 72 + x, 32 + y),
                             font_glyph('|')[y] & 0x80 >> x ? expected : 0);
    grid_write(&g, "\n", 1); /* scrolls: the cell is one higher */
    assert_int_equal(pixel(&fb, 72 + 3, 16 + 5), expected);
    assert_int_equal(pixel(&fb, 72 + 3, 32 + 5), 0);
    free(g.wanted);
}

static void test_depths(void **state)
{
    (void)state;
    check_depth(32, 8, 0xaaaaaa);
    check_depth(24, 8, 0xaaaaaa);
    check_depth(16, 6, 0x15 << 11 | 0x2a << 5 | 0x15);
}

static void test_large_screens_have_large_characters(void **state)
{
    struct boot_framebuffer fb = {
        .base = 0xfd000000, .width = 2560, .height = 1440, .bpp = 32, .pitch = 10240, .red_size = 8
    };
    struct grid g = { 0 };

    (void)state;
    assert_int_equal(framebuffer_init(&fb, &g), 0);
    assert_int_equal(g.columns, 160);
    assert_int_equal(g.rows, 45);
    grid_write(&g, "|", 1);
    assert_int_equal(pixel(&fb, 6, 10), 0xaa);
    assert_int_equal(pixel(&fb, 7, 11), 0xaa);
    assert_int_equal(pixel(&fb, 8, 10), 0);
    free(g.wanted);
}

static void test_nonsense_is_refused(void **state)
{
    const struct boot_framebuffer good = {
        .base = 0xfd000000, .width = 640, .height = 480, .bpp = 32, .pitch = 2560
    };
    struct boot_framebuffer fb = good;
    struct grid g = { 0 };

    (void)state;
    fb.bpp = 8;
    assert_int_equal(framebuffer_init(&fb, &g), -ENODEV);
    fb.bpp = 64;
    assert_int_equal(framebuffer_init(&fb, &g), -ENODEV);
    fb = good;
    fb.pitch = 2559;
    assert_int_equal(framebuffer_init(&fb, &g), -ENODEV);
    fb = good;
    fb.height = 8;
    assert_int_equal(framebuffer_init(&fb, &g), -ENODEV);
    fb = good;
    fb.pitch = 0x80000000;
    assert_int_equal(framebuffer_init(&fb, &g), -ENODEV);
    assert_int_equal(framebuffer_init(&good, &g), 0);
    free(g.wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_wrap_and_scroll),
        cmocka_unit_test(test_controls),
        cmocka_unit_test(test_only_changes_are_drawn),
        cmocka_unit_test(test_glyphs_differ),
        cmocka_unit_test(test_depths),
        cmocka_unit_test(test_large_screens_have_large_characters),
        cmocka_unit_test(test_nonsense_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
