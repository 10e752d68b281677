/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A store in a fresh region, and clients whose bytes the test writes and reads itself. */
#ifndef TESTS_UNIT_STORE_MACHINE_H
#define TESTS_UNIT_STORE_MACHINE_H

#include <stdint.h>

#include <dom0/xenstore/connection.h>
#include <dom0/xenstore/domain.h>
#include <dom0/xenstore/request.h>
#include <dom0/xenstore/store.h>

struct machine_message {
    struct xsd_sockmsg header;
    char payload[XENSTORE_PAYLOAD_MAX + 1]; /* a zero follows the payload */
};

/* A new region and store; the one before is forgotten. */
struct store *machine_open(const struct domain_source *source);
void machine_close(void);

/* Maps the same region again, as a successor does. */
struct store *machine_take_over(const struct domain_source *source, enum store_end end);

/* A client; domain 0 is privileged. */
struct connection *machine_connect(struct store *store, unsigned domid);

/* Puts one request into the client's buffer. */
void machine_send(struct connection *c, uint32_t type, uint32_t transaction, const void *payload,
                  uint32_t length);

/* Takes the next message to the client; 0: none is there. */
int machine_receive(struct connection *c, struct machine_message *message);

/* Sends, runs, and takes the reply; the events before it are dropped. */
void machine_call(struct store *store, struct connection *c, const struct xsd_sockmsg *header,
                  const void *payload, struct machine_message *reply);

/* The same with a string as payload, its zero included; 0 or the errno of the reply. */
int machine_ask(struct store *store, struct connection *c, uint32_t type, uint32_t transaction,
                const char *text, struct machine_message *reply);

/* Number of an error's name; 0: no such name. */
int machine_errno(const char *name);

/* A number that is the same for stores in which nobody could see a difference. */
uint64_t machine_digest(const struct store *store);

#endif
