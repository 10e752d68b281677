/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every key of a keyboard with 105 keys has a way in, by keysym and by scan code. */
/* sources: pvfb/protocol/keys.c */
#include <tests/unit/include/unit.h>

#include <linux/input-event-codes.h>

#include <pvfb/protocol/keys.h>

/* The rows of the keyboard, left to right; KEY_102ND is what makes the 104 keys 105. */
static const uint16_t keyboard[] = {
    KEY_ESC,       KEY_F1,         KEY_F2,         KEY_F3,         KEY_F4,       KEY_F5,
    KEY_F6,        KEY_F7,         KEY_F8,         KEY_F9,         KEY_F10,      KEY_F11,
    KEY_F12,       KEY_SYSRQ,      KEY_SCROLLLOCK, KEY_PAUSE,      KEY_GRAVE,    KEY_1,
    KEY_2,         KEY_3,          KEY_4,          KEY_5,          KEY_6,        KEY_7,
    KEY_8,         KEY_9,          KEY_0,          KEY_MINUS,      KEY_EQUAL,    KEY_BACKSPACE,
    KEY_INSERT,    KEY_HOME,       KEY_PAGEUP,     KEY_NUMLOCK,    KEY_KPSLASH,  KEY_KPASTERISK,
    KEY_KPMINUS,   KEY_TAB,        KEY_Q,          KEY_W,          KEY_E,        KEY_R,
    KEY_T,         KEY_Y,          KEY_U,          KEY_I,          KEY_O,        KEY_P,
    KEY_LEFTBRACE, KEY_RIGHTBRACE, KEY_BACKSLASH,  KEY_DELETE,     KEY_END,      KEY_PAGEDOWN,
    KEY_KP7,       KEY_KP8,        KEY_KP9,        KEY_KPPLUS,     KEY_CAPSLOCK, KEY_A,
    KEY_S,         KEY_D,          KEY_F,          KEY_G,          KEY_H,        KEY_J,
    KEY_K,         KEY_L,          KEY_SEMICOLON,  KEY_APOSTROPHE, KEY_ENTER,    KEY_KP4,
    KEY_KP5,       KEY_KP6,        KEY_LEFTSHIFT,  KEY_102ND,      KEY_Z,        KEY_X,
    KEY_C,         KEY_V,          KEY_B,          KEY_N,          KEY_M,        KEY_COMMA,
    KEY_DOT,       KEY_SLASH,      KEY_RIGHTSHIFT, KEY_UP,         KEY_KP1,      KEY_KP2,
    KEY_KP3,       KEY_KPENTER,    KEY_LEFTCTRL,   KEY_LEFTMETA,   KEY_LEFTALT,  KEY_SPACE,
    KEY_RIGHTALT,  KEY_RIGHTMETA,  KEY_COMPOSE,    KEY_RIGHTCTRL,  KEY_LEFT,     KEY_DOWN,
    KEY_RIGHT,     KEY_KP0,        KEY_KPDOT,
};
#define KEYS (sizeof(keyboard) / sizeof(keyboard[0]))

static void test_keysyms(void **state)
{
    (void)state;
    assert_int_equal(KEYS, 105);
    for (unsigned i = 0; i < KEYS; i++)
        if (keyboard[i] != KEY_102ND)
            assert_int_equal(keys_from_keysym(keys_to_keysym(keyboard[i])), keyboard[i]);
    assert_int_equal(keys_from_keysym('A'), KEY_A);
    assert_int_equal(keys_from_keysym('"'), KEY_APOSTROPHE);
    assert_int_equal(keys_from_keysym(0), 0);
    assert_int_equal(keys_from_keysym(0xffffff), 0);
}

static void test_scancodes(void **state)
{
    unsigned char reached[KEYS_CODES] = { 0 };

    (void)state;
    for (uint32_t s = 0; s < 0x400; s++)
        reached[keys_from_scancode(s)]++;
    for (unsigned i = 0; i < KEYS; i++)
        assert_true(reached[keyboard[i]] >= 1);
    assert_int_equal(keys_from_scancode(0x1e), KEY_A);
    assert_int_equal(keys_from_scancode(0x9d), KEY_RIGHTCTRL);
    assert_int_equal(keys_from_scancode(0x55), 0);
    assert_int_equal(keys_from_scancode(0xffffffff), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_keysyms),
                                        cmocka_unit_test(test_scancodes) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
