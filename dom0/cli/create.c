/* SPDX-License-Identifier: GPL-2.0-or-later */
/* create, start, define, undefine, config-update, autostart: from a file to a machine. */
#include <stdio.h>
#include <string.h>

#include "cli.h"

static char *read_file(const char *path)
{
    g_autofree char *text = NULL;
    GError *error = NULL;
    gsize length;

    if (!g_file_get_contents(path, &text, &length, &error)) {
        cli_error(error);
        return NULL;
    }
    if (!g_utf8_validate(text, (gssize)length, NULL)) {
        cli_fail("%s: is not UTF-8 text", path);
        return NULL;
    }
    return g_steal_pointer(&text);
}

/* What stands behind the file: KEY=VALUE, in the file's syntax. A bare word is a text. */
static void add_overrides(GVariantBuilder *options, char **lines)
{
    if (*lines)
        g_variant_builder_add(options, "{sv}", "overrides",
                              g_variant_new_strv((const char *const *)lines, -1));
}

static void print_notes(char **notes)
{
    char **note;

    for (note = notes; !cli.quiet && note && *note; note++)
        fprintf(stderr, "%s\n", *note);
}

static int dry_run(const char *text, const char *file, char **lines)
{
    g_autofree char *more = g_strjoinv("\n", lines);
    g_autofree char *whole = g_strdup_printf("%s\n%s\n", text, more);
    g_autoptr(GVariant) values = NULL;
    g_auto(GStrv) notes = NULL;
    g_autofree char *printed = NULL;
    GError *error = NULL;

    if (!bus_manager_call_check_config_sync(cli.manager, whole, file, &values, &notes, NULL,
                                            &error))
        return cli_error(error);
    print_notes(notes);
    printed = g_variant_print(values, FALSE);
    printf("%s\n", printed);
    return 0;
}

static int attach(const char *path)
{
    GError *error = NULL;
    g_autoptr(BusMachine) machine = bus_machine_proxy_new_sync(cli.bus, G_DBUS_PROXY_FLAGS_NONE,
                                                               "org.domus1", path, NULL, &error);

    return machine ? console_attach(machine, "pv", 0) : cli_error(error);
}

int verb_create(int argc, char **argv)
{
    const char *file = NULL;
    bool paused = false, console = false, dry = false;
    g_autofree char *text = NULL, *machine = NULL, *job = NULL;
    g_auto(GStrv) notes = NULL;
    GVariantBuilder options;
    GError *error = NULL;
    int c;

    while ((c = cli_getopt(argc, argv, "f:pcqndFhe", 0)) >= 0) {
        switch (c) {
        case 'f': file = optarg; break;
        case 'p': paused = true; break;
        case 'c': console = true; break;
        case 'q': cli.quiet = true; break;
        case 'n':
        case 'd': dry = true; break;
        default: break; /* xl's -F and -e: domusd looks after machines itself */
        }
    }
    if (c == -2)
        return 1;
    if (!file && optind < argc && !strchr(argv[optind], '='))
        file = argv[optind++];
    if (!file)
        return cli_usage();
    text = read_file(file);
    if (!text)
        return 1;
    if (dry)
        return dry_run(text, file, argv + optind);
    if (!cli.quiet)
        printf("Parsing config from %s\n", file);
    g_variant_builder_init(&options, G_VARIANT_TYPE("a{sv}"));
    add_overrides(&options, argv + optind);
    g_variant_builder_add(&options, "{sv}", "paused", g_variant_new_boolean(paused));
    if (!bus_manager_call_create_machine_sync(cli.manager, text, file,
                                              g_variant_builder_end(&options), &machine, &job,
                                              &notes, NULL, &error))
        return cli_error(error);
    print_notes(notes);
    if (cli_wait(job))
        return 1;
    return console ? attach(machine) : 0;
}

int verb_start(int argc, char **argv)
{
    bool paused = false, console = false;
    g_autoptr(BusMachine) machine = NULL;
    g_autofree char *job = NULL;
    GVariantBuilder options;
    GError *error = NULL;
    int c;

    while ((c = cli_getopt(argc, argv, "pc", 1)) >= 0) {
        if (c == 'p')
            paused = true;
        else
            console = true;
    }
    if (c == -2)
        return 1;
    machine = cli_machine(argv[optind]);
    if (!machine)
        return 1;
    g_variant_builder_init(&options, G_VARIANT_TYPE("a{sv}"));
    g_variant_builder_add(&options, "{sv}", "paused", g_variant_new_boolean(paused));
    if (!bus_machine_call_start_sync(machine, g_variant_builder_end(&options), &job, NULL, &error))
        return cli_error(error);
    if (cli_wait(job))
        return 1;
    return console ? console_attach(machine, "pv", 0) : 0;
}

int verb_define(int argc, char **argv)
{
    g_autofree char *text = NULL, *machine = NULL;
    g_auto(GStrv) notes = NULL;
    GVariantBuilder options;
    GError *error = NULL;

    if (cli_getopt(argc, argv, "", 1) == -2)
        return 1;
    text = read_file(argv[optind]);
    if (!text)
        return 1;
    g_variant_builder_init(&options, G_VARIANT_TYPE("a{sv}"));
    add_overrides(&options, argv + optind + 1);
    if (!bus_manager_call_define_machine_sync(cli.manager, text, argv[optind],
                                              g_variant_builder_end(&options), &machine, &notes,
                                              NULL, &error))
        return cli_error(error);
    print_notes(notes);
    return 0;
}

int verb_undefine(int argc, char **argv)
{
    g_autoptr(BusMachine) machine = NULL;
    bool disks = false;
    GError *error = NULL;
    int c;

    while ((c = cli_getopt(argc, argv, "d", 1)) >= 0)
        disks = true;
    machine = c == -2 ? NULL : cli_machine(argv[optind]);
    if (!machine)
        return 1;
    return bus_machine_call_delete_sync(machine, disks, NULL, &error) ? 0 : cli_error(error);
}

int verb_config_update(int argc, char **argv)
{
    g_autofree char *text = NULL, *more = NULL, *whole = NULL;
    g_autoptr(BusMachine) machine = NULL;
    g_auto(GStrv) notes = NULL;
    GError *error = NULL;
    int c;

    while ((c = cli_getopt(argc, argv, "d", 2)) >= 0)
        ;
    if (c == -2)
        return 1;
    machine = cli_machine(argv[optind]);
    text = machine ? read_file(argv[optind + 1]) : NULL;
    if (!text)
        return 1;
    more = g_strjoinv("\n", argv + optind + 2);
    whole = g_strdup_printf("%s%s%s", text, *more ? "\n" : "", more);
    if (!bus_machine_call_set_config_sync(machine, whole, &notes, NULL, &error))
        return cli_error(error);
    print_notes(notes);
    return 0;
}

int verb_autostart(int argc, char **argv)
{
    g_autoptr(BusMachine) machine = NULL;
    unsigned order = 0, delay = 0;
    GError *error = NULL;
    bool on;

    if (cli_getopt(argc, argv, "", 2) == -2)
        return 1;
    on = !strcmp(argv[optind + 1], "on");
    if (!on && strcmp(argv[optind + 1], "off"))
        return cli_usage();
    if ((argc - optind > 2 && !cli_number(argv[optind + 2], &order)) ||
        (argc - optind > 3 && !cli_number(argv[optind + 3], &delay)))
        return 1;
    machine = cli_machine(argv[optind]);
    if (!machine)
        return 1;
    return bus_machine_call_set_autostart_sync(machine, on, order, delay, NULL, &error)
               ? 0
               : cli_error(error);
}
