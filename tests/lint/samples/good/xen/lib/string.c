/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strings. */
#include <hv/string.h>

int string_length(const char *text)
{
    int length = 0;

    while (text[length])
        length++;
    return length;
}
