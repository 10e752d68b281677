/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Command-line options, each defined where it is used. */
#ifndef HV_INIT_H
#define HV_INIT_H

#include <hv/types.h>

/* @value is the text behind "name=", "" for a bare name, or "no" for "no-name". 0 or -EINVAL. */
struct param {
    const char *name;
    int (*parse)(const char *value);
};

/*
 * DEFINE_PARAM("com1", com1_parse): registers an option; the line is parsed once, early. The
 * section is an array, so no entry may get more alignment than its type has, as compilers like to
 * give.
 */
#define DEFINE_PARAM(opt, fn) \
    static const struct param param_##fn __section(".params") __aligned(8) = { opt, fn }

/* Calls the parsers for @cmdline; says which options are unknown or malformed. */
void params_parse(const char *cmdline);

/* 1 for yes/on/true/1/"", 0 for no/off/false/0, -EINVAL otherwise. */
int param_bool(const char *value);

/* A size: number with suffix B K M G T (K without); *end behind it. */
uint64_t param_size(const char *value, const char **end);

#endif
