/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The control domain starts: from now on the serial input and the screen are its own. */
#include <hv/console.h>
#include <hv/video.h>

#include "private.h"

void console_hand_over(void)
{
    video_release();
    console_input_start();
}
