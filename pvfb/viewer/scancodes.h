/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SDL's scan codes (USB's numbers) to Linux's input codes. */
#ifndef PVFB_VIEWER_SCANCODES_H
#define PVFB_VIEWER_SCANCODES_H

#include <stdint.h>

/* 0 for keys that are not known. */
uint16_t scancode_to_evdev(unsigned scancode);

#endif
