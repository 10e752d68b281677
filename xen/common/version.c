/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The version strings; the build passes the commit and what its flags harden. */
#include <hv/version.h>

const char version_extra[] = "-domus";
const char version_commit[] = BUILD_COMMIT;
const char version_compiler[] = __VERSION__;
const char version_hardening[] = BUILD_HARDENING;
