/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the two processes of a back end. The keeper has the store and root; it reads what the
 * guest wrote there, as numbers. The server maps the guest's memory and talks with clients, and has
 * no rights. Sequenced packets; each request of the keeper gets one answer. */
#ifndef PVFB_BACKEND_LINK_H
#define PVFB_BACKEND_LINK_H

#include <stdint.h>

enum link_device {
    LINK_SCREEN,
    LINK_KEYBOARD,
    LINK_DEVICES,
};

enum link_type {
    LINK_CONNECT = 1, /* map the shared page, bind the event channel; answered with an errno or 0 */
    LINK_DISCONNECT,  /* forget the guest's memory; answered */
};

struct link_message {
    uint32_t type, device;
    uint64_t frame;            /* the shared page, as the store's page-ref */
    uint32_t port;             /* the guest's event channel */
    uint32_t entry;            /* LINK_SCREEN: bytes of a directory entry, 4 or 8 */
    uint32_t absolute;         /* LINK_KEYBOARD: the guest asked for positions */
    uint32_t range_x, range_y; /* the pointer's range as the store has it; 0: pixels */
    uint32_t touch;            /* LINK_KEYBOARD: the guest asked for touches */
};

struct link_answer {
    int32_t error; /* 0 or an errno */
};

#endif
