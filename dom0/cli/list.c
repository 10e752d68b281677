/* SPDX-License-Identifier: GPL-2.0-or-later */
/* list: a table with xl's columns, or JSON. */
#include <stdio.h>
#include <string.h>

#include "cli.h"

static void json_string(const char *text)
{
    const unsigned char *p = (const unsigned char *)text;

    putchar('"');
    for (; *p; p++) {
        if (*p == '"' || *p == '\\')
            printf("\\%c", *p);
        else if (*p < 0x20)
            printf("\\u%04x", *p);
        else
            putchar(*p);
    }
    putchar('"');
}

static void json_value(GVariant *value);

static void json_pairs(GVariant *dictionary)
{
    GVariantIter iter;
    const char *key, *sign = "";
    GVariant *item;

    putchar('{');
    g_variant_iter_init(&iter, dictionary);
    while (g_variant_iter_next(&iter, "{&sv}", &key, &item)) {
        printf("%s", sign);
        json_string(key);
        putchar(':');
        json_value(item);
        g_variant_unref(item);
        sign = ",";
    }
    putchar('}');
}

static void json_value(GVariant *value)
{
    GVariantIter iter;
    const char *sign = "";
    GVariant *item;

    if (g_variant_is_of_type(value, G_VARIANT_TYPE_STRING)) {
        json_string(g_variant_get_string(value, NULL));
    } else if (g_variant_is_of_type(value, G_VARIANT_TYPE("a{sv}"))) {
        json_pairs(value);
    } else if (g_variant_is_container(value)) {
        putchar('[');
        g_variant_iter_init(&iter, value);
        while ((item = g_variant_iter_next_value(&iter))) {
            printf("%s", sign);
            json_value(item);
            g_variant_unref(item);
            sign = ",";
        }
        putchar(']');
    } else {
        g_autofree char *text = g_variant_print(value, FALSE);

        printf("%s", text);
    }
}

/* libxl's names where it has them, ours behind. */
static void json_machine(BusMachine *m)
{
    if (bus_machine_get_domain_id(m) >= 0)
        printf("    {\n        \"domid\": %d,\n", bus_machine_get_domain_id(m));
    else
        printf("    {\n        \"domid\": null,\n");
    printf("        \"config\": {\n            \"c_info\": {\n                \"type\": ");
    json_string(bus_machine_get_kind(m));
    printf(",\n                \"name\": ");
    json_string(bus_machine_get_name(m));
    printf(",\n                \"uuid\": ");
    json_string(bus_machine_get_uuid(m));
    printf("\n            },\n            \"b_info\": {\n");
    printf("                \"max_vcpus\": %u,\n", bus_machine_get_max_vcpus(m));
    printf("                \"max_memkb\": %" G_GUINT64_FORMAT ",\n",
           bus_machine_get_max_memory(m));
    printf("                \"target_memkb\": %" G_GUINT64_FORMAT "\n            },\n",
           bus_machine_get_memory(m));
    printf("            \"disks\": ");
    json_value(bus_machine_get_disks(m));
    printf(",\n            \"nics\": ");
    json_value(bus_machine_get_nics(m));
    printf("\n        },\n        \"state\": ");
    json_string(bus_machine_get_state(m));
    printf(",\n        \"vcpus\": %u,\n        \"cpu_time\": %.1f,\n", bus_machine_get_vcpus(m),
           (double)bus_machine_get_cpu_time(m) / 1e9);
    printf("        \"defined\": %s,\n        \"autostart\": %s\n    }",
           bus_machine_get_defined(m) ? "true" : "false",
           bus_machine_get_autostart(m) ? "true" : "false");
}

static void print_row(BusMachine *m, bool verbose)
{
    int domid = bus_machine_get_domain_id(m);
    const char *flags = bus_machine_get_flags(m);
    char id[16];

    if (domid < 0)
        flags = bus_machine_get_state(m);
    g_snprintf(id, sizeof(id), domid < 0 ? "-" : "%d", domid);
    printf("%-40s %5s %5lu %5u     %-6s  %8.1f", bus_machine_get_name(m), id,
           (unsigned long)(bus_machine_get_memory(m) >> 10), bus_machine_get_vcpus(m), flags,
           (double)bus_machine_get_cpu_time(m) / 1e9);
    if (verbose)
        printf(" %s %16s", bus_machine_get_uuid(m), strchr(flags, 'c') ? "3" : "-");
    putchar('\n');
}

static bool is_chosen(BusMachine *m, char **names, bool all)
{
    char id[16];

    if (!*names)
        return all || bus_machine_get_domain_id(m) >= 0;
    g_snprintf(id, sizeof(id), "%d", bus_machine_get_domain_id(m));
    return g_strv_contains((const char *const *)names, bus_machine_get_name(m)) ||
           g_strv_contains((const char *const *)names, bus_machine_get_uuid(m)) ||
           g_strv_contains((const char *const *)names, id);
}

static int print_list(GPtrArray *machines, char **names, const char *options)
{
    bool json = strchr(options, 'l'), first = true;
    guint i;

    if (json)
        printf("[\n");
    else
        printf("Name                                        ID   Mem VCPUs\tState\tTime(s)%s\n",
               strchr(options, 'v') ? "  UUID                                Reason-Code" : "");
    for (i = 0; i < machines->len; i++) {
        BusMachine *m = machines->pdata[i];

        if (!is_chosen(m, names, strchr(options, 'a')))
            continue;
        if (json) {
            printf("%s", first ? "" : ",\n");
            json_machine(m);
        } else {
            print_row(m, strchr(options, 'v'));
        }
        first = false;
    }
    if (json)
        printf("\n]\n");
    return 0;
}

int verb_list(int argc, char **argv)
{
    g_autoptr(GPtrArray) machines = NULL;
    char options[16] = "";
    int c, i;

    while ((c = cli_getopt(argc, argv, "lvancZ", 0)) >= 0)
        if (strlen(options) < sizeof(options) - 1)
            options[strlen(options)] = (char)c;
    if (c == -2)
        return 1;
    for (i = optind; i < argc; i++) {
        g_autoptr(BusMachine) m = cli_machine(argv[i]);

        if (!m)
            return 1;
    }
    machines = cli_machines();
    return machines ? print_list(machines, argv + optind, options) : 1;
}
