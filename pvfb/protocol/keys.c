/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of keys. Numbers of keysyms are X's; evdev's names are the kernel's. */
#include <pvfb/protocol/keys.h>

#include <linux/input-event-codes.h>
#include <stddef.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The printing keys: what each makes without and with Shift. The first of a code is its name. */
static const struct printing {
    char plain, shifted;
    uint8_t code;
} printing[] = {
    { '1', '!', KEY_1 },          { '2', '@', KEY_2 },           { '3', '#', KEY_3 },
    { '4', '$', KEY_4 },          { '5', '%', KEY_5 },           { '6', '^', KEY_6 },
    { '7', '&', KEY_7 },          { '8', '*', KEY_8 },           { '9', '(', KEY_9 },
    { '0', ')', KEY_0 },          { '-', '_', KEY_MINUS },       { '=', '+', KEY_EQUAL },
    { 'q', 'Q', KEY_Q },          { 'w', 'W', KEY_W },           { 'e', 'E', KEY_E },
    { 'r', 'R', KEY_R },          { 't', 'T', KEY_T },           { 'y', 'Y', KEY_Y },
    { 'u', 'U', KEY_U },          { 'i', 'I', KEY_I },           { 'o', 'O', KEY_O },
    { 'p', 'P', KEY_P },          { '[', '{', KEY_LEFTBRACE },   { ']', '}', KEY_RIGHTBRACE },
    { 'a', 'A', KEY_A },          { 's', 'S', KEY_S },           { 'd', 'D', KEY_D },
    { 'f', 'F', KEY_F },          { 'g', 'G', KEY_G },           { 'h', 'H', KEY_H },
    { 'j', 'J', KEY_J },          { 'k', 'K', KEY_K },           { 'l', 'L', KEY_L },
    { ';', ':', KEY_SEMICOLON },  { '\'', '"', KEY_APOSTROPHE }, { '`', '~', KEY_GRAVE },
    { '\\', '|', KEY_BACKSLASH }, { 'z', 'Z', KEY_Z },           { 'x', 'X', KEY_X },
    { 'c', 'C', KEY_C },          { 'v', 'V', KEY_V },           { 'b', 'B', KEY_B },
    { 'n', 'N', KEY_N },          { 'm', 'M', KEY_M },           { ',', '<', KEY_COMMA },
    { '.', '>', KEY_DOT },        { '/', '?', KEY_SLASH },       { ' ', ' ', KEY_SPACE },
};

/* The other keys, by keysym. Where two keysyms make one key, the first is the one to send. */
static const struct named {
    uint32_t keysym;
    uint16_t code;
} named[] = {
    { 0xff1b, KEY_ESC },
    { 0xff08, KEY_BACKSPACE },
    { 0xff09, KEY_TAB },
    { 0xfe20, KEY_TAB },
    { 0xff0d, KEY_ENTER },
    { 0xffe1, KEY_LEFTSHIFT },
    { 0xffe2, KEY_RIGHTSHIFT },
    { 0xffe3, KEY_LEFTCTRL },
    { 0xffe4, KEY_RIGHTCTRL },
    { 0xffe9, KEY_LEFTALT },
    { 0xffea, KEY_RIGHTALT },
    { 0xfe03, KEY_RIGHTALT },
    { 0xff7e, KEY_RIGHTALT },
    { 0xffe7, KEY_LEFTMETA },
    { 0xffe8, KEY_RIGHTMETA },
    { 0xffeb, KEY_LEFTMETA },
    { 0xffec, KEY_RIGHTMETA },
    { 0xff67, KEY_COMPOSE },
    { 0xffe5, KEY_CAPSLOCK },
    { 0xff7f, KEY_NUMLOCK },
    { 0xff14, KEY_SCROLLLOCK },
    { 0xff61, KEY_SYSRQ },
    { 0xff15, KEY_SYSRQ },
    { 0xff13, KEY_PAUSE },
    { 0xff6b, KEY_PAUSE },
    { 0xff63, KEY_INSERT },
    { 0xffff, KEY_DELETE },
    { 0xff50, KEY_HOME },
    { 0xff57, KEY_END },
    { 0xff55, KEY_PAGEUP },
    { 0xff56, KEY_PAGEDOWN },
    { 0xff51, KEY_LEFT },
    { 0xff52, KEY_UP },
    { 0xff53, KEY_RIGHT },
    { 0xff54, KEY_DOWN },
    { 0xffbe, KEY_F1 },
    { 0xffbf, KEY_F2 },
    { 0xffc0, KEY_F3 },
    { 0xffc1, KEY_F4 },
    { 0xffc2, KEY_F5 },
    { 0xffc3, KEY_F6 },
    { 0xffc4, KEY_F7 },
    { 0xffc5, KEY_F8 },
    { 0xffc6, KEY_F9 },
    { 0xffc7, KEY_F10 },
    { 0xffc8, KEY_F11 },
    { 0xffc9, KEY_F12 },
    { 0xffb0, KEY_KP0 },
    { 0xffb1, KEY_KP1 },
    { 0xffb2, KEY_KP2 },
    { 0xffb3, KEY_KP3 },
    { 0xffb4, KEY_KP4 },
    { 0xffb5, KEY_KP5 },
    { 0xffb6, KEY_KP6 },
    { 0xffb7, KEY_KP7 },
    { 0xffb8, KEY_KP8 },
    { 0xffb9, KEY_KP9 },
    { 0xff9e, KEY_KP0 },
    { 0xff9c, KEY_KP1 },
    { 0xff99, KEY_KP2 },
    { 0xff9b, KEY_KP3 },
    { 0xff96, KEY_KP4 },
    { 0xff9d, KEY_KP5 },
    { 0xff98, KEY_KP6 },
    { 0xff95, KEY_KP7 },
    { 0xff97, KEY_KP8 },
    { 0xff9a, KEY_KP9 },
    { 0xffae, KEY_KPDOT },
    { 0xff9f, KEY_KPDOT },
    { 0xffac, KEY_KPDOT },
    { 0xff8d, KEY_KPENTER },
    { 0xffab, KEY_KPPLUS },
    { 0xffad, KEY_KPMINUS },
    { 0xffaa, KEY_KPASTERISK },
    { 0xffaf, KEY_KPSLASH },
    { 0x1008ff11, KEY_VOLUMEDOWN },
    { 0x1008ff12, KEY_MUTE },
    { 0x1008ff13, KEY_VOLUMEUP },
    { 0x1008ff14, KEY_PLAYPAUSE },
    { 0x1008ff15, KEY_STOPCD },
    { 0x1008ff16, KEY_PREVIOUSSONG },
    { 0x1008ff17, KEY_NEXTSONG },
    { 0x1008ff2a, KEY_POWER },
    { 0x1008ff2f, KEY_SLEEP },
};

/* KEY_102ND has no keysym of the US layout; a keysym that only other layouts have would be a guess.
 */

/* Set 1 after E0, where it is not what the plain code is. Up to 0x58 plain codes are evdev's. */
static const struct extended {
    uint8_t scancode;
    uint16_t code;
} extended[] = {
    { 0x10, KEY_PREVIOUSSONG }, { 0x19, KEY_NEXTSONG },   { 0x1c, KEY_KPENTER },
    { 0x1d, KEY_RIGHTCTRL },    { 0x20, KEY_MUTE },       { 0x22, KEY_PLAYPAUSE },
    { 0x24, KEY_STOPCD },       { 0x2e, KEY_VOLUMEDOWN }, { 0x30, KEY_VOLUMEUP },
    { 0x35, KEY_KPSLASH },      { 0x37, KEY_SYSRQ },      { 0x38, KEY_RIGHTALT },
    { 0x46, KEY_PAUSE },        { 0x47, KEY_HOME },       { 0x48, KEY_UP },
    { 0x49, KEY_PAGEUP },       { 0x4b, KEY_LEFT },       { 0x4d, KEY_RIGHT },
    { 0x4f, KEY_END },          { 0x50, KEY_DOWN },       { 0x51, KEY_PAGEDOWN },
    { 0x52, KEY_INSERT },       { 0x53, KEY_DELETE },     { 0x5b, KEY_LEFTMETA },
    { 0x5c, KEY_RIGHTMETA },    { 0x5d, KEY_COMPOSE },    { 0x5e, KEY_POWER },
    { 0x5f, KEY_SLEEP },
};

uint16_t keys_from_keysym(uint32_t keysym)
{
    for (size_t i = 0; i < COUNT(printing); i++)
        if (keysym == (uint32_t)printing[i].plain || keysym == (uint32_t)printing[i].shifted)
            return printing[i].code;
    for (size_t i = 0; i < COUNT(named); i++)
        if (keysym == named[i].keysym)
            return named[i].code;
    return 0;
}

uint16_t keys_from_scancode(uint32_t scancode)
{
    if (scancode & 0x80) {
        for (size_t i = 0; scancode < 0x100 && i < COUNT(extended); i++)
            if ((scancode & 0x7f) == extended[i].scancode)
                return extended[i].code;
        return 0;
    }
    if (scancode == 0x54) /* Alt with Print Screen is one code of its own */
        return KEY_SYSRQ;
    return (scancode && scancode <= KEY_KPDOT) || (scancode >= KEY_102ND && scancode <= KEY_F12)
               ? scancode
               : 0;
}

uint32_t keys_to_keysym(uint16_t code)
{
    for (size_t i = 0; i < COUNT(printing); i++)
        if (code == printing[i].code)
            return (uint32_t)printing[i].plain;
    for (size_t i = 0; i < COUNT(named); i++)
        if (code == named[i].code)
            return named[i].keysym;
    return code == KEY_102ND ? '<' : 0;
}
