/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Framebuffer and keyboard rings, shapes, damage and pixels, as an honest and as a hostile guest
 * has them. */
/* sources: pvfb/protocol/geometry.c pvfb/protocol/damage.c pvfb/protocol/fb-ring.c
   pvfb/protocol/kbd-ring.c pvfb/protocol/pixels.c */
#include <tests/unit/include/unit.h>

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <pvfb/protocol/fb-ring.h>
#include <pvfb/protocol/kbd-ring.h>
#include <pvfb/protocol/pixels.h>

static union {
    struct xenfb_page fb;
    struct xenkbd_page kbd;
    uint8_t bytes[4096];
} page;

static const struct fb_geometry screen = {
    .width = 800, .height = 600, .stride = 3200, .depth = 32
};

static void test_geometry(void **state)
{
    struct fb_geometry g = screen;

    (void)state;
    assert_int_equal(fb_geometry_check(&g, 3200 * 600), 0);
    assert_int_equal(fb_geometry_check(&g, 3200 * 600 - 1), -EINVAL);
    g.offset = 1;
    assert_int_equal(fb_geometry_check(&g, 3200 * 600), -EINVAL);
    g = screen, g.stride = 3199;
    assert_int_equal(fb_geometry_check(&g, UINT32_MAX), -EINVAL);
    g = screen, g.width = 0;
    assert_int_equal(fb_geometry_check(&g, UINT32_MAX), -EINVAL);
    g = screen, g.height = 0;
    assert_int_equal(fb_geometry_check(&g, UINT32_MAX), -EINVAL);
    g = screen, g.depth = 15;
    assert_int_equal(fb_geometry_check(&g, UINT32_MAX), -EINVAL);
    /* Products that wrap in 32 bits. */
    g = screen, g.stride = 0x80000000, g.height = 3;
    assert_int_equal(fb_geometry_check(&g, UINT32_MAX), -EINVAL);
    g = screen, g.offset = UINT32_MAX;
    assert_int_equal(fb_geometry_check(&g, UINT32_MAX), -EINVAL);
    g = screen, g.width = 0x40000001;
    assert_int_equal(fb_geometry_check(&g, UINT32_MAX), -EINVAL);
}

static void test_clip(void **state)
{
    struct fb_rect r;

    (void)state;
    assert_true(fb_rect_clip(&r, (int32_t[]){ -5, 590, 10, 100 }, 800, 600));
    assert_int_equal(r.x, 0);
    assert_int_equal(r.width, 5);
    assert_int_equal(r.height, 10);
    assert_true(fb_rect_clip(&r, (int32_t[]){ 0, 0, INT32_MAX, INT32_MAX }, 800, 600));
    assert_int_equal(r.width, 800);
    assert_false(fb_rect_clip(&r, (int32_t[]){ INT32_MAX, 0, INT32_MAX, 1 }, 800, 600));
    assert_false(fb_rect_clip(&r, (int32_t[]){ 10, 10, -20, 5 }, 800, 600));
    assert_false(fb_rect_clip(&r, (int32_t[]){ INT32_MIN, 0, 5, 5 }, 800, 600));
    assert_false(fb_rect_clip(&r, (int32_t[]){ 800, 0, 1, 1 }, 800, 600));
}

static void put_update(int32_t x, int32_t y, int32_t w, int32_t h)
{
    union xenfb_out_event e = { .update = { XENFB_TYPE_UPDATE, x, y, w, h } };

    XENFB_OUT_RING_REF(&page.fb, page.fb.out_prod) = e;
    page.fb.out_prod++;
}

static void test_updates(void **state)
{
    struct fb_geometry g = screen;
    struct damage d = { 0 };
    bool resized = false;

    (void)state;
    memset(&page, 0, sizeof(page));
    page.fb.out_cons = page.fb.out_prod = XENFB_OUT_RING_LEN - 1; /* the ring wraps */
    put_update(1, 2, 3, 4);
    put_update(400, 400, 1000, 1000);
    put_update(-7, 0, 3, 3);
    assert_int_equal(fb_ring_take(&page.fb, 3200 * 600, &g, &d, &resized), 3);
    assert_int_equal(page.fb.out_cons, page.fb.out_prod);
    assert_false(resized);
    assert_int_equal(d.count, 2);
    assert_int_equal(d.rects[1].width, 400);
    page.fb.out_prod = page.fb.out_cons + XENFB_OUT_RING_LEN + 1;
    assert_int_equal(fb_ring_take(&page.fb, 3200 * 600, &g, &d, &resized), -EPROTO);
}

static void test_resize(void **state)
{
    union xenfb_out_event e = { .resize = { XENFB_TYPE_RESIZE, 640, 480, 2560, 32, 4096 } };
    struct fb_geometry g = screen;
    struct damage d = { 0 };
    bool resized = false;

    (void)state;
    memset(&page, 0, sizeof(page));
    XENFB_OUT_RING_REF(&page.fb, 0) = e;
    e.resize.stride = -1;
    XENFB_OUT_RING_REF(&page.fb, 1) = e;
    e.resize.stride = 2560, e.resize.height = 601 * 4;
    XENFB_OUT_RING_REF(&page.fb, 2) = e;
    page.fb.out_prod = 3;
    assert_int_equal(fb_ring_take(&page.fb, 3200 * 600, &g, &d, &resized), 3);
    assert_true(resized);
    assert_int_equal(g.width, 640);
    assert_int_equal(g.offset, 4096);
    assert_int_equal(d.count, 1);
    assert_int_equal(d.rects[0].height, 480);
}

static void test_share(void **state)
{
    struct fb_share s;

    (void)state;
    memset(&page, 0, sizeof(page));
    page.fb.width = 800, page.fb.height = 600, page.fb.line_length = 3200;
    page.fb.mem_length = 2 << 20, page.fb.depth = 32;
    ((uint64_t *)page.fb.pd)[1] = 0x123456789ab;
    assert_int_equal(fb_share_read(&page.fb, 2 << 20, &s), 0);
    assert_int_equal(fb_share_frames(&s), 512);
    assert_int_equal(fb_share_directories(&s, 8), 1);
    assert_int_equal(fb_share_directories(&s, 4), 1);
    assert_true(fb_share_directory(&page.fb, 1, 8) == 0x123456789ab);
    assert_true(fb_share_directory(&page.fb, 2, 4) == 0x456789ab);
    assert_int_equal(fb_share_read(&page.fb, (2 << 20) - 1, &s), -E2BIG);
    page.fb.width = -1;
    assert_int_equal(fb_share_read(&page.fb, 2 << 20, &s), -EINVAL);
    s.length = UINT32_MAX;
    assert_int_equal(fb_share_frames(&s), 1 << 20);
}

static void test_period(void **state)
{
    (void)state;
    memset(&page, 0, sizeof(page));
    for (unsigned i = 0; i < XENFB_IN_RING_LEN; i++)
        assert_int_equal(fb_ring_put_period(&page.fb, 40 + i), 0);
    assert_int_equal(fb_ring_put_period(&page.fb, 1), -EAGAIN);
    assert_int_equal(XENFB_IN_RING_REF(&page.fb, 3).refresh_period.period, 43);
    page.fb.in_cons = page.fb.in_prod + 1;
    assert_int_equal(fb_ring_put_period(&page.fb, 1), -EPROTO);
}

/* Whatever is added, all of it is covered, and the list stays within its room. */
static void test_damage(void **state)
{
    static uint8_t wanted[64][64];
    struct damage d = { 0 };

    (void)state;
    srand(1);
    memset(wanted, 0, sizeof(wanted));
    for (int n = 0; n < 200; n++) {
        struct fb_rect r = { rand() % 60, rand() % 60, rand() % 4 + 1, rand() % 4 + 1 };

        for (uint32_t y = r.y; y < r.y + r.height; y++)
            memset(&wanted[y][r.x], 1, r.width);
        damage_add(&d, &r);
        assert_in_range(d.count, 1, DAMAGE_RECTS);
        for (int i = 0; i < 64 * 64; i++) {
            bool covered = false;

            for (unsigned k = 0; k < d.count; k++)
                covered |= i % 64 - d.rects[k].x < d.rects[k].width &&
                           i / 64 - d.rects[k].y < d.rects[k].height;
            assert_true(covered || !wanted[i / 64][i % 64]);
        }
    }
}

static void test_keyboard(void **state)
{
    static struct kbd_queue q;

    (void)state;
    memset(&page, 0, sizeof(page));
    kbd_queue_key(&q, 30, true);
    kbd_queue_position(&q, 1, 2, 0);
    kbd_queue_position(&q, 3, 4, 0);
    kbd_queue_position(&q, 3, 4, -1);
    kbd_queue_motion(&q, 5, 5, 0);
    kbd_queue_motion(&q, -1, 1, 0);
    kbd_queue_touch(&q, XENKBD_MT_EV_DOWN, 2, 9, 8);
    assert_int_equal(kbd_ring_put(&page.kbd, &q), 5);
    assert_int_equal(XENKBD_IN_RING_REF(&page.kbd, 0).key.keycode, 30);
    assert_int_equal(XENKBD_IN_RING_REF(&page.kbd, 1).pos.abs_y, 4);
    assert_int_equal(XENKBD_IN_RING_REF(&page.kbd, 2).pos.rel_z, -1);
    assert_int_equal(XENKBD_IN_RING_REF(&page.kbd, 3).motion.rel_x, 4);
    assert_int_equal(XENKBD_IN_RING_REF(&page.kbd, 4).mtouch.u.pos.abs_x, 9);
    for (unsigned i = 0; i < 1000; i++)
        kbd_queue_key(&q, i, true);
    assert_int_equal(q.count, KBD_QUEUE);
    assert_int_equal(kbd_ring_put(&page.kbd, &q), XENKBD_IN_RING_LEN - 5);
    assert_int_equal(kbd_ring_put(&page.kbd, &q), 0);
    assert_int_equal(XENKBD_IN_RING_REF(&page.kbd, 5).key.keycode, 1000 - KBD_QUEUE);
    page.kbd.in_cons = page.kbd.in_prod + 1;
    assert_int_equal(kbd_ring_put(&page.kbd, &q), -EPROTO);
}

static void test_pixels(void **state)
{
    static const uint8_t bytes_565[] = { 0x00, 0xf8, 0xe0, 0x07, 0x1f, 0x00, 0xff, 0xff };
    struct fb_geometry g = { .width = 4, .height = 1, .stride = 8, .depth = 16 };
    struct fb_rect all = { 0, 0, 4, 1 };
    uint32_t picture[4] = { 0 };
    struct damage d = { 0 };

    (void)state;
    pixels_copy(picture, bytes_565, &g, &all, &d);
    assert_int_equal(picture[0], 0xff0000);
    assert_int_equal(picture[1], 0x00ff00);
    assert_int_equal(picture[2], 0x0000ff);
    assert_int_equal(picture[3], 0xffffff);
    assert_int_equal(d.count, 1);
    damage_clear(&d);
    pixels_copy(picture, bytes_565, &g, &all, &d);
    assert_int_equal(d.count, 0);
    g.depth = 24, g.width = 2;
    all.width = 2;
    pixels_copy(picture, bytes_565, &g, &all, &d);
    assert_int_equal(picture[0], 0xe0f800);
    g.depth = 8;
    pixels_copy(picture, bytes_565, &g, &all, &d);
    assert_int_equal(picture[0], 0x000000);
    assert_int_equal(picture[1], 0xffda00);
}

/* A screen of tiles that do not divide it: only the changed tile is damage. */
static void test_tiles(void **state)
{
    struct fb_geometry g = { .width = 150, .height = 50, .stride = 608, .depth = 32, .offset = 8 };
    uint8_t *guest = calloc(1, 8 + 49 * 608 + 600); /* exactly the bytes that may be read */
    uint32_t *picture = calloc(150 * 50, 4);
    struct damage d = { 0 };

    (void)state;
    guest[8 + 49 * 608 + 149 * 4] = 1;
    pixels_copy(picture, guest, &g, &(struct fb_rect){ 0, 0, 150, 50 }, &d);
    assert_int_equal(picture[150 * 50 - 1], 1);
    assert_int_equal(d.count, 1);
    assert_int_equal(d.rects[0].x, 128);
    assert_int_equal(d.rects[0].y, 48);
    assert_int_equal(d.rects[0].width, 22);
    assert_int_equal(d.rects[0].height, 2);
    free(guest);
    free(picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_geometry), cmocka_unit_test(test_clip),
        cmocka_unit_test(test_updates),  cmocka_unit_test(test_resize),
        cmocka_unit_test(test_share),    cmocka_unit_test(test_period),
        cmocka_unit_test(test_damage),   cmocka_unit_test(test_keyboard),
        cmocka_unit_test(test_pixels),   cmocka_unit_test(test_tiles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
