/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VNC clients on a listening Unix socket, served by libvncserver. Who may open the socket may see
 * and type: its file mode is the permission. TCP clients come through the gateway (gateway.h). */
#ifndef PVFB_BACKEND_VNC_H
#define PVFB_BACKEND_VNC_H

#include <stdbool.h>

#include <pvfb/backend/picture.h>
#include <pvfb/protocol/damage.h>

enum vnc_sharing {
    VNC_SHARE_ASKED, /* as each client asks: an exclusive one closes the others */
    VNC_SHARE_ALWAYS,
    VNC_SHARE_NEVER, /* a new client is refused while there is one */
};

/* Takes a listening socket. `name` is kept. -1: no memory. */
int vnc_open(int listener, const struct picture *p, const char *name, enum vnc_sharing sharing);
/* Clients that the gateway has let in come as descriptors over this socket. -ENOSPC. */
int vnc_add_door(int fd);
void vnc_resized(const struct picture *p); /* the old picture may go after this */
void vnc_damaged(const struct damage *damage);
/* Sends what clients wait for. Returns how long the loop may wait (milliseconds; -1: for ever). */
int vnc_before_wait(void);

#endif
