/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of CPUs: what they mean on a machine, and how they are printed again. */
/* sources: dom0/toolstack/cpu-list.c */
/* pkgs: glib-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dom0/toolstack/cpu-list.h>

#include <glib.h>

/* The list as it is printed again, or "!" and why it is refused. */
static char *round_trip(const char *text, unsigned cpus, const uint32_t *nodes)
{
    const struct cpu_set set = { cpus, nodes };
    uint8_t map[CPU_LIST_SIZE];
    g_autofree char *why = NULL;

    if (!cpu_list_parse(text, &set, map, &why))
        return g_strconcat("!", why, NULL);
    return cpu_list_format(map, cpus);
}

static void expect(const char *text, unsigned cpus, const uint32_t *nodes, const char *expected)
{
    g_autofree char *found = round_trip(text, cpus, nodes);

    assert_string_equal(found, expected);
}

static void test_lists(void **state)
{
    (void)state;
    expect("all", 8, NULL, "all");
    expect("0-7", 8, NULL, "all");
    expect("3", 8, NULL, "3");
    expect("0-3, 5", 8, NULL, "0-3,5");
    expect("0-3,^1", 8, NULL, "0,2-3");
    expect("all,^0", 8, NULL, "1-7");
    expect("^0", 4, NULL, "1-3");
    expect("^0-1,1", 4, NULL, "1-3");
    expect("2-4095", 4, NULL, "2-3");
    expect("none,1", 4, NULL, "1");
    expect("0-4095", 4096, NULL, "all");
}

static void test_nodes(void **state)
{
    static const uint32_t nodes[] = { 0, 0, 1, 1, 2, UINT32_MAX };

    (void)state;
    expect("node:1", 6, nodes, "2-3");
    expect("nodes:0-1", 6, nodes, "0-3");
    expect("nodes:0-1,^2", 6, nodes, "0-1,3");
    expect("all,^node:0", 6, nodes, "2-5");
    expect("all,nodes:^1", 6, nodes, "0-1,4-5");
    expect("node:0", 3, NULL, "all");
}

static void test_refused(void **state)
{
    static const char *const bad[] = { "",     "x",    "1-",    "-1", "3-1",
                                       "4096", "1,,2", "node:", "1x", "^" };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *found = round_trip(bad[i], 4, NULL);

        assert_int_equal(found[0], '!');
    }
    expect("7", 4, NULL, "!CPUs \"7\": none of them is there (the machine has 4)");
    expect("0,^0", 4, NULL, "!CPUs \"0,^0\": none of them is there (the machine has 4)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_nodes),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
