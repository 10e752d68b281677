/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's console: its ring, its event channel, its log, and those who read and type. Nothing
 * waits here: the main loop polls what guest_poll() asks for.
 */
#ifndef DOM0_CONSOLE_GUEST_H
#define DOM0_CONSOLE_GUEST_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <xenevtchn.h>
#include <xenforeignmemory.h>
#include <xengnttab.h>

#include "log.h"
#include "outlet.h"
#include "ring.h"

enum {
    GUEST_CLIENTS = 16,
    GUEST_FDS = 3 + GUEST_CLIENTS, /* what guest_poll() fills at most */
    GUEST_HISTORY = 4096,          /* bytes that a new client is shown first */
    GUEST_BUDGET = 64 * 1024,      /* bytes a guest may print in a period; then it waits */
    GUEST_PERIOD_MS = 100,
};

/* How rings are mapped; opened once. */
struct mapper {
    xengnttab_handle *grants;
    xenforeignmemory_handle *foreign;
};

/* What the store says of a console. */
struct guest_nodes {
    uint64_t frame; /* console/ring-ref */
    uint32_t port;  /* console/port, the guest's end */
};

struct guest {
    struct guest *next;
    unsigned domid;
    struct guest_nodes nodes;
    struct xencons_interface *ring;
    bool is_granted; /* mapped by grant reference, not by frame */
    bool is_broken;  /* the guest wrote nonsense: served no more */
    bool is_masked;  /* an event was taken and its port not opened again */
    xenevtchn_handle *events;
    xenevtchn_port_or_error_t port;
    uint32_t consumer, producer, budget;
    struct log log;
    struct outlet terminal; /* the master of a pseudo-terminal */
    int slave;              /* kept open, so that the master stays usable while nobody is there */
    char tty[64];
    int listener; /* -1: none */
    char socket[108];
    struct outlet *clients[GUEST_CLIENTS];
    uint32_t history_end; /* free-running */
    char history[GUEST_HISTORY];
    unsigned first_fd; /* where its slots are in the polled array */
};

/* Maps the ring and binds the event channel; NULL and errno. The caller frees it by guest_close().
 */
struct guest *guest_open(const struct mapper *mapper, unsigned domid,
                         const struct guest_nodes *nodes);
/* Takes what is left in the ring to the log and the readers, and lets go of everything. */
void guest_close(const struct mapper *mapper, struct guest *guest);

/* Moves what was printed, as far as the budget allows. */
void guest_drain(struct guest *guest);
/* A new period: the budget is whole again. */
void guest_refill(struct guest *guest);
bool guest_is_throttled(const struct guest *guest);

/* Fills GUEST_FDS slots at most and returns how many; guest_serve() gets the same ones back. */
unsigned guest_poll(struct guest *guest, struct pollfd *fds);
void guest_serve(struct guest *guest, const struct pollfd *fds);

/* --- readers.c --- */

/* A pseudo-terminal, whose name is in guest->tty, and DIR/DOMID, where clients connect. */
int readers_open(struct guest *guest, const char *dir);
void readers_close(struct guest *guest);
/* Gives every reader the bytes. */
void readers_print(struct guest *guest, const char *data, size_t length);
unsigned readers_poll(struct guest *guest, struct pollfd *fds, bool may_type);
void readers_serve(struct guest *guest, const struct pollfd *fds);
/* Types to the guest what was read from `fd`. False: there is nobody any more. */
bool guest_type_from(struct guest *guest, int fd);

#endif
