/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Queues in front of a console's readers. */
#include "outlet.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void outlet_queue(struct outlet *o, const char *data, size_t length)
{
    if (length > OUTLET_SIZE) {
        data += length - OUTLET_SIZE;
        length = OUTLET_SIZE;
    }
    for (size_t done = 0; done < length;) {
        uint32_t at = o->to % OUTLET_SIZE;
        size_t part = OUTLET_SIZE - at < length - done ? OUTLET_SIZE - at : length - done;

        memcpy(o->waiting + at, data + done, part);
        o->to += (uint32_t)part;
        done += part;
    }
    if (o->to - o->from > OUTLET_SIZE)
        o->from = o->to - OUTLET_SIZE;
}

bool outlet_flush(struct outlet *o)
{
    while (!outlet_is_empty(o)) {
        uint32_t at = o->from % OUTLET_SIZE, length = o->to - o->from;
        ssize_t n;

        if (length > OUTLET_SIZE - at)
            length = OUTLET_SIZE - at;
        n = write(o->fd, o->waiting + at, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN;
        o->from += (uint32_t)n;
    }
    return true;
}
