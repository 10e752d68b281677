/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ground the other unit tests stand on: the sanitizers are compiled in and do end a test. */
/* sources: */
#include "unit.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int sink;

static void read_past_end(void)
{
    volatile char *p = malloc(4);
    volatile int beyond = 4;

    sink = p[beyond];
}

static void shift_too_far(void)
{
    volatile int by = 40;

    /* cppcheck-suppress [integerOverflow, shiftTooManyBits] */
    sink = 1 << by;
}

/* Runs a fault in a child with its messages dropped; true when the child was ended for it. */
static int dies(void (*fault)(void))
{
    pid_t child = fork();
    int status = 0;

    if (child == 0) {
        close(STDERR_FILENO);
        fault();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status != 0;
}

static void test_address_sanitizer_is_on(void **state)
{
    (void)state;
    assert_true(dies(read_past_end));
}

static void test_undefined_sanitizer_is_on(void **state)
{
    (void)state;
    assert_true(dies(shift_too_far));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_address_sanitizer_is_on),
        cmocka_unit_test(test_undefined_sanitizer_is_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
