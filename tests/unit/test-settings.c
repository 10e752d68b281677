/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domusd.conf: what is taken from it, and what is refused. */
/* sources: dom0/daemon/settings.c */
/* pkgs: glib-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dom0/daemon/settings.h>

#include <glib/gstdio.h>
#include <string.h>

/* NULL when the text is taken, else why not. */
static char *load(const char *text, struct settings *settings)
{
    g_autofree char *dir = g_dir_make_tmp("settings-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "domusd.conf", NULL);
    g_autoptr(GError) error = NULL;
    char *why = NULL;

    if (text)
        assert_true(g_file_set_contents(path, text, -1, NULL));
    if (!settings_load(path, settings, &error))
        why = g_strdup(error->message);
    g_unlink(path);
    g_rmdir(dir);
    return why;
}

static void expect(const char *text, uint64_t floor_kib)
{
    struct settings settings;
    g_autofree char *why = load(text, &settings);

    assert_null(why);
    assert_int_equal(settings.dom0_floor_kib, floor_kib);
}

static void refuse(const char *text, const char *words)
{
    struct settings settings;
    g_autofree char *why = load(text, &settings);

    assert_non_null(why);
    assert_non_null(strstr(why, words));
}

static void test_taken(void **state)
{
    (void)state;
    expect(NULL, 0);
    expect("", 0);
    expect("# nothing\n[memory]\n", 0);
    expect("[memory]\ndom0-floor=1024\n", 1024 << 10);
    expect("[memory]\ndom0-floor = 128\n", 128 << 10);
}

static void test_refused(void **state)
{
    (void)state;
    refuse("[memory]\ndom0-floor=127\n", "from 128 on");
    refuse("[memory]\ndom0-floor=1G\n", "from 128 on");
    refuse("[memory]\ndom0-floor=\n", "from 128 on");
    refuse("[memory]\ndom0_floor=512\n", "[memory] dom0_floor is not known");
    refuse("[memoy]\ndom0-floor=512\n", "[memoy] dom0-floor is not known");
    refuse("dom0-floor=512\n", "domusd.conf: ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_taken),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
