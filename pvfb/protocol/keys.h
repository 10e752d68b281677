/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Key codes: what clients send, to Linux's input codes, which the keyboard's ring carries. */
#ifndef PVFB_PROTOCOL_KEYS_H
#define PVFB_PROTOCOL_KEYS_H

#include <stdint.h>

#define KEYS_CODES 0x200u /* evdev codes are below this, buttons too */

/* The key of a US keyboard with 105 keys (or a media key) that makes an X keysym, with or without
 * Shift; 0 when there is none. Shift itself comes as a key of its own. */
uint16_t keys_from_keysym(uint32_t keysym);

/* The key of a PC scan code as VNC's extended key event has it: set 1, bit 7 for the prefix E0. */
uint16_t keys_from_scancode(uint32_t scancode);

/* The keysym of the US layout that makes a key, without Shift; 0 when there is none. What a viewer
 * sends to VNC servers. */
uint32_t keys_to_keysym(uint16_t code);

#endif
