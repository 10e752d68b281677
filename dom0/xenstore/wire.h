/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The store protocol's messages: cutting payloads into strings and numbers, naming errors. Pure. */
#ifndef XENSTORE_WIRE_H
#define XENSTORE_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include <errno.h> /* xs_wire.h names its errors only after this */

#include <xen/io/xs_wire.h>

#define WIRE_HEADER      ((uint32_t)sizeof(struct xsd_sockmsg))
#define WIRE_MESSAGE_MAX (WIRE_HEADER + XENSTORE_PAYLOAD_MAX)

/* A payload that is being read from its front. */
struct wire_reader {
    const char *at;
    uint32_t left;
};

enum wire_state {
    WIRE_PARTIAL,  /* more bytes are needed */
    WIRE_COMPLETE, /* a whole message is there */
    WIRE_BROKEN,   /* longer than the protocol allows: the connection is beyond help */
};

/* Looks at the `length` bytes at `bytes`; the header is copied out once it is there. */
enum wire_state wire_peek(const char *bytes, uint32_t length, struct xsd_sockmsg *header);

/* The next string (its zero included in the payload), or NULL when there is none that ends. */
const char *wire_string(struct wire_reader *reader, uint32_t *length);

/* A string of decimal digits alone, at most `max`. 0 or -EINVAL. */
int wire_number(const char *text, uint64_t max, uint64_t *value);

/* Writes `value` in decimal with a zero behind it (21 bytes at most); returns the bytes written. */
unsigned wire_print_number(char *text, uint64_t value);

/* The protocol's name for a positive errno; what it has no name for is "EINVAL". */
const char *wire_error_name(int error);

#endif
