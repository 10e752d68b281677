/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The store protocol's messages. */
#include "wire.h"

#include <string.h>

enum wire_state wire_peek(const char *bytes, uint32_t length, struct xsd_sockmsg *header)
{
    if (length < WIRE_HEADER)
        return WIRE_PARTIAL;
    memcpy(header, bytes, WIRE_HEADER);
    if (header->len > XENSTORE_PAYLOAD_MAX)
        return WIRE_BROKEN;
    return length - WIRE_HEADER < header->len ? WIRE_PARTIAL : WIRE_COMPLETE;
}

const char *wire_string(struct wire_reader *reader, uint32_t *length)
{
    const char *text = reader->at;
    const char *end = reader->left > 0 ? memchr(text, 0, reader->left) : NULL;
    uint32_t size;

    if (!end)
        return NULL;
    size = (uint32_t)(end - text);
    if (length)
        *length = size;
    reader->at += size + 1;
    reader->left -= size + 1;
    return text;
}

int wire_number(const char *text, uint64_t max, uint64_t *value)
{
    uint64_t number = 0;

    if (*text == 0)
        return -EINVAL;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return -EINVAL;
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, (uint64_t)(*text - '0'), &number) || number > max)
            return -EINVAL;
    }
    *value = number;
    return 0;
}

unsigned wire_print_number(char *text, uint64_t value)
{
    char digits[20];
    unsigned count = 0, at = 0;

    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    while (count)
        text[at++] = digits[--count];
    text[at++] = 0;
    return at;
}

const char *wire_error_name(int error)
{
    for (unsigned i = 0; i < sizeof(xsd_errors) / sizeof(xsd_errors[0]); i++)
        if (xsd_errors[i].errnum == error)
            return xsd_errors[i].errstring;
    return "EINVAL";
}
