/* SPDX-License-Identifier: GPL-2.0-or-later */
/* save and restore: the file is opened here, by who asks, and handed over. */
#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static int save_to(BusMachine *machine, const char *file, bool running, bool paused)
{
    g_autoptr(GUnixFDList) fds = NULL;
    g_autofree char *job = NULL;
    GVariantBuilder options;
    GError *error = NULL;
    int fd = open(file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), result;

    if (fd < 0)
        return cli_fail("%s: %s", file, g_strerror(errno));
    fds = g_unix_fd_list_new_from_array(&fd, 1);
    g_variant_builder_init(&options, G_VARIANT_TYPE("a{sv}"));
    g_variant_builder_add(&options, "{sv}", "keep-running", g_variant_new_boolean(running));
    g_variant_builder_add(&options, "{sv}", "keep-paused", g_variant_new_boolean(paused));
    if (!bus_machine_call_save_to_sync(machine, g_variant_new_handle(0),
                                       g_variant_builder_end(&options), fds, &job, NULL, NULL,
                                       &error))
        result = cli_error(error);
    else
        result = cli_wait(job);
    if (result)
        unlink(file);
    return result;
}

int verb_save(int argc, char **argv)
{
    g_autoptr(BusMachine) machine = NULL;
    g_autofree char *job = NULL;
    bool running = false, paused = false;
    GError *error = NULL;
    int c;

    while ((c = cli_getopt(argc, argv, "cp", 1)) >= 0) {
        running |= c == 'c';
        paused |= c == 'p';
    }
    machine = c == -2 ? NULL : cli_machine(argv[optind]);
    if (!machine)
        return 1;
    if (optind + 1 < argc)
        return save_to(machine, argv[optind + 1], running, paused);
    if (!bus_machine_call_save_sync(machine, &job, NULL, &error))
        return cli_error(error);
    return cli_wait(job);
}

int verb_restore(int argc, char **argv)
{
    g_autoptr(GUnixFDList) fds = NULL;
    g_autofree char *config = NULL, *path = NULL, *job = NULL;
    const char *file;
    bool paused = false, console = false;
    GVariantBuilder options;
    GError *error = NULL;
    int c, fd;

    while ((c = cli_getopt(argc, argv, "pceF", 1)) >= 0) {
        paused |= c == 'p';
        console |= c == 'c';
    }
    if (c == -2)
        return 1;
    file = argv[argc - 1];
    if (argc - optind > 1 && !g_file_get_contents(argv[optind], &config, NULL, &error))
        return cli_error(error);
    fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return cli_fail("%s: %s", file, g_strerror(errno));
    fds = g_unix_fd_list_new_from_array(&fd, 1);
    g_variant_builder_init(&options, G_VARIANT_TYPE("a{sv}"));
    g_variant_builder_add(&options, "{sv}", "paused", g_variant_new_boolean(paused));
    if (config)
        g_variant_builder_add(&options, "{sv}", "config", g_variant_new_string(config));
    if (!bus_manager_call_restore_machine_sync(cli.manager, g_variant_new_handle(0),
                                               g_variant_builder_end(&options), fds, &path, &job,
                                               NULL, NULL, &error))
        return cli_error(error);
    if (cli_wait(job))
        return 1;
    if (console) {
        g_autoptr(BusMachine) machine = bus_machine_proxy_new_sync(
            cli.bus, G_DBUS_PROXY_FLAGS_NONE, "org.domus1", path, NULL, &error);

        return machine ? console_attach(machine, "pv", 0) : cli_error(error);
    }
    return 0;
}
