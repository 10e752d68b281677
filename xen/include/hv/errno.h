/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Error numbers: the ABI's own, under their plain names, since guests see them. */
#ifndef HV_ERRNO_H
#define HV_ERRNO_H

#include <abi/abi.h>
#include <abi/errno.h>

/* Preempted, to be continued: the headers keep it for the hypervisor, no guest ever sees it. */
#ifndef ERESTART
#define ERESTART 85
#endif

#endif
