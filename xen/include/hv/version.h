/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What we are, for the boot log and for guests that ask (xen_version). */
#ifndef HV_VERSION_H
#define HV_VERSION_H

#define ABI_VERSION_MAJOR 4
#define ABI_VERSION_MINOR 17

extern const char version_extra[]; /* behind "4.17" */
extern const char version_commit[];
extern const char version_compiler[];
extern const char version_hardening[]; /* which thunks the compiler made */

#endif
