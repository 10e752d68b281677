/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's version of <hv/init.h>: options gather in a table that tests can look into. */
#ifndef HV_INIT_H
#define HV_INIT_H

#include <hv/types.h>

struct param {
    const char *name;
    int (*parse)(const char *value);
};

#define TEST_PARAMS_MAX 128

__attribute__((weak)) struct param test_params[TEST_PARAMS_MAX];
__attribute__((weak)) unsigned int test_nr_params;

#define DEFINE_PARAM(opt, fn)                                      \
    __attribute__((constructor)) static void param_add_##fn(void)  \
    {                                                              \
        test_params[test_nr_params++] = (struct param){ opt, fn }; \
    }                                                              \
    struct param

void params_parse(const char *cmdline);
int param_bool(const char *value);
uint64_t param_size(const char *value, const char **end);

#endif
