/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VNC's extended key event (QEMU's, -258): scan codes beside keysyms, so that every key gets
 * through whatever layout the client has. */
#ifndef PVFB_BACKEND_VNC_KEYS_H
#define PVFB_BACKEND_VNC_KEYS_H

/* Before the first client. */
void vnc_keys_register(void);

#endif
