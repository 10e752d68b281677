/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strings. */
#ifndef HV_STRING_H
#define HV_STRING_H

#include <hv/types.h>

int string_length(const char *text);

#endif
