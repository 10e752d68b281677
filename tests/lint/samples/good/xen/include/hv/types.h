/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers. */
#ifndef HV_TYPES_H
#define HV_TYPES_H

#include <stdint.h>

#endif
