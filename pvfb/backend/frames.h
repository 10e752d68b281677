/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Viewers on this machine (frame-wire.h): they get the picture's memory file and what changed. */
#ifndef PVFB_BACKEND_FRAMES_H
#define PVFB_BACKEND_FRAMES_H

#include <pvfb/protocol/damage.h>

/* Takes a listening socket of sequenced packets; without one there are no viewers. -1: no room. */
int frames_open(int listener);
void frames_resized(void);
void frames_damaged(const struct damage *damage);

#endif
