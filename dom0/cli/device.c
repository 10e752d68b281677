/* SPDX-License-Identifier: GPL-2.0-or-later */
/* block-..., network-..., cd-...: devices of a machine. */
#include <stdio.h>
#include <string.h>

#include "cli.h"

/* -s and -f, then at least `least` arguments. The machine of the first, or NULL after a message. */
static BusMachine *begin(int argc, char **argv, int least, bool *persist, bool *force)
{
    int c;

    while ((c = cli_getopt(argc, argv, "sf", least)) >= 0)
        *(c == 's' ? persist : force) = true;
    return c == -2 ? NULL : cli_machine(argv[optind]);
}

static int result(gboolean ok, GError *error)
{
    return ok ? 0 : cli_error(error);
}

int verb_block_attach(int argc, char **argv)
{
    bool persist = false, force = false;
    g_autoptr(BusMachine) machine = begin(argc, argv, 2, &persist, &force);
    g_autofree char *spec = machine ? g_strjoinv(",", argv + optind + 1) : NULL;
    GError *error = NULL;
    gboolean ok;

    if (!machine)
        return 1;
    ok = bus_machine_call_attach_disk_sync(machine, spec, persist, NULL, &error);
    return result(ok, error);
}

int verb_block_detach(int argc, char **argv)
{
    bool persist = false, force = false;
    g_autoptr(BusMachine) machine = begin(argc, argv, 2, &persist, &force);
    GError *error = NULL;
    gboolean ok;

    if (!machine)
        return 1;
    ok = bus_machine_call_detach_disk_sync(machine, argv[optind + 1], force, persist, NULL, &error);
    return result(ok, error);
}

int verb_network_attach(int argc, char **argv)
{
    bool persist = false, force = false;
    g_autoptr(BusMachine) machine = begin(argc, argv, 1, &persist, &force);
    g_autofree char *spec = machine ? g_strjoinv(",", argv + optind + 1) : NULL;
    GError *error = NULL;
    gboolean ok;

    if (!machine)
        return 1;
    ok = bus_machine_call_attach_nic_sync(machine, spec, persist, NULL, &error);
    return result(ok, error);
}

int verb_network_detach(int argc, char **argv)
{
    bool persist = false, force = false;
    g_autoptr(BusMachine) machine = begin(argc, argv, 2, &persist, &force);
    GError *error = NULL;
    gboolean ok;

    if (!machine)
        return 1;
    ok = bus_machine_call_detach_nic_sync(machine, argv[optind + 1], force, persist, NULL, &error);
    return result(ok, error);
}

int verb_cd_insert(int argc, char **argv)
{
    bool persist = false, force = false;
    g_autoptr(BusMachine) machine = begin(argc, argv, 3, &persist, &force);
    GError *error = NULL;
    gboolean ok;

    if (!machine)
        return 1;
    ok = bus_machine_call_change_medium_sync(machine, argv[optind + 1], argv[optind + 2], persist,
                                             NULL, &error);
    return result(ok, error);
}

int verb_cd_eject(int argc, char **argv)
{
    bool persist = false, force = false;
    g_autoptr(BusMachine) machine = begin(argc, argv, 2, &persist, &force);
    GError *error = NULL;
    gboolean ok;

    if (!machine)
        return 1;
    ok = bus_machine_call_change_medium_sync(machine, argv[optind + 1], "", persist, NULL, &error);
    return result(ok, error);
}

static void print_device(GVariant *device, bool disk, unsigned index)
{
    guint32 devid = 0, backend = 0, state = 0;
    gint32 channel = -1, ring = -1, rx_ring;
    const char *path = "", *mac = "";

    g_variant_lookup(device, "devid", "u", &devid);
    g_variant_lookup(device, "backend-id", "u", &backend);
    g_variant_lookup(device, "state", "u", &state);
    g_variant_lookup(device, "event-channel", "i", &channel);
    g_variant_lookup(device, "ring-ref", "i", &ring);
    rx_ring = ring;
    g_variant_lookup(device, "rx-ring-ref", "i", &rx_ring);
    g_variant_lookup(device, "backend-path", "&s", &path);
    g_variant_lookup(device, "mac", "&s", &mac);
    if (disk)
        printf("%-5u %-3u %-6u %-5u %-6d %-8d %-30s\n", devid, backend, 0u, state, channel, ring,
               path);
    else
        printf("%-3u %-2u %-17s %-6u %-5u %-6d %5d/%-11d %-30s\n", index, backend, mac, devid,
               state, channel, ring, rx_ring, path);
}

static int list(int argc, char **argv, bool disk)
{
    GError *error = NULL;
    int i;

    if (cli_getopt(argc, argv, "", 1) == -2)
        return 1;
    if (disk)
        printf("%-5s %-3s %-6s %-5s %-6s %-8s %-30s\n", "Vdev", "BE", "handle", "state", "evt-ch",
               "ring-ref", "BE-path");
    else
        printf("%-3s %-2s %-17s %-6s %-5s %-6s %5s/%-11s %-30s\n", "Idx", "BE", "Mac Addr.",
               "handle", "state", "evt-ch", "tx-", "rx-ring-ref", "BE-path");
    for (i = optind; i < argc; i++) {
        g_autoptr(BusMachine) machine = cli_machine(argv[i]);
        g_autoptr(GVariant) devices = NULL;
        GVariantIter iter;
        GVariant *device;
        unsigned index = 0;

        if (!machine)
            return 1;
        if (!bus_machine_call_list_devices_sync(machine, disk ? "vbd" : "vif", &devices, NULL,
                                                &error))
            return cli_error(error);
        g_variant_iter_init(&iter, devices);
        while ((device = g_variant_iter_next_value(&iter))) {
            print_device(device, disk, index++);
            g_variant_unref(device);
        }
    }
    return 0;
}

int verb_block_list(int argc, char **argv)
{
    return list(argc, argv, true);
}

int verb_network_list(int argc, char **argv)
{
    return list(argc, argv, false);
}
