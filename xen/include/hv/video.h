/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The screen (console=vga, vga=): text mode or a linear framebuffer, whichever the loader left on. */
#ifndef HV_VIDEO_H
#define HV_VIDEO_H

/* Registers the screen as a console, if there is one. Once device memory can be mapped. */
void video_init(void);
/* The control domain draws from now on, unless vga=keep. */
void video_release(void);
/* A panic: shows everything from now on, over what the control domain has drawn. */
void video_take_back(void);

#endif
