/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Permission lists: what they grant, and how they are written on the wire. */
#include "permission.h"

#include <errno.h>

#include "wire.h"

static const char letters[] = "nrwb";

unsigned permission_rights(const struct permission *list, unsigned count, const struct subject *who)
{
    if (who->is_privileged || list[0].domid == who->domid || list[0].domid == who->target)
        return PERMISSION_ALL;
    for (unsigned i = 1; i < count; i++)
        if (list[i].domid == who->domid || list[i].domid == who->target)
            return list[i].rights;
    return list[0].rights;
}

int permission_parse(const char *text, struct permission *permission)
{
    unsigned rights = 0;
    uint64_t domid;

    while (letters[rights] && letters[rights] != text[0])
        rights++;
    if (!letters[rights])
        return -EINVAL;
    if (wire_number(text + 1, UINT16_MAX, &domid) != 0)
        return -EINVAL;
    *permission = (struct permission){ .domid = (uint16_t)domid, .rights = (uint8_t)rights };
    return 0;
}

unsigned permission_print(char *text, const struct permission *permission)
{
    text[0] = letters[permission->rights & PERMISSION_ALL];
    return 1 + wire_print_number(text + 1, permission->domid);
}
