/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the back end and a viewer on the same machine: a Unix socket of sequenced packets, in
 * host order. The picture itself is a memory file that the back end passes along (read only: its
 * seals forbid the viewer to write); packets say what changed in it, and carry input back. */
#ifndef PVFB_PROTOCOL_FRAME_WIRE_H
#define PVFB_PROTOCOL_FRAME_WIRE_H

#include <stdint.h>

#include <pvfb/protocol/damage.h>

#define FRAME_WIRE_VERSION 1u

enum frame_wire_type {
    /* From the back end. PICTURE has the memory file as SCM_RIGHTS: x8r8g8b8, width * 4 bytes a
       row. */
    FRAME_WIRE_PICTURE = 1,
    FRAME_WIRE_DAMAGE,
    /* From the viewer. READY asks for the next damage: one packet is under way at most. */
    FRAME_WIRE_READY,
    FRAME_WIRE_KEY,      /* a: evdev code, b: pressed */
    FRAME_WIRE_POSITION, /* a, b: pixels; c: wheel */
    FRAME_WIRE_MOTION,   /* a, b: relative; c: wheel */
    FRAME_WIRE_TOUCH,    /* a, b: pixels; c: XENKBD_MT_EV_... << 8 | contact */
};

struct frame_wire_message {
    uint32_t type;
    union {
        struct {
            uint32_t version, width, height;
        } picture;
        struct damage damage;
        struct {
            int32_t a, b, c;
        } input;
    };
};

#endif
