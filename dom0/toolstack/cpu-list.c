/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of CPUs, parsed against a machine's CPUs and nodes, and printed. */
#include <dom0/toolstack/cpu-list.h>

#include <glib.h>
#include <stdlib.h>
#include <string.h>

static void map_set(uint8_t *map, unsigned cpu, bool on)
{
    if (on)
        map[cpu / 8] |= 1U << cpu % 8;
    else
        map[cpu / 8] &= ~(1U << cpu % 8);
}

static bool map_has(const uint8_t *map, unsigned cpu)
{
    return map[cpu / 8] >> cpu % 8 & 1;
}

/* "3", "0-3". */
static bool parse_range(const char *text, unsigned long *first, unsigned long *last)
{
    char *end;

    if (!g_ascii_isdigit(*text))
        return false;
    *first = *last = strtoul(text, &end, 10);
    if (*end == '-' && g_ascii_isdigit(end[1]))
        *last = strtoul(end + 1, &end, 10);
    return !*end && *first <= *last && *last < CPU_LIST_MAX;
}

static void set_nodes(const struct cpu_set *set, unsigned long first, unsigned long last, bool on,
                      uint8_t *map)
{
    for (unsigned i = 0; i < set->cpus; i++) {
        uint32_t node = set->nodes ? set->nodes[i] : 0;

        if (node >= first && node <= last)
            map_set(map, i, on);
    }
}

/* One element: "3", "0-3", "^2", "all", "none", "node:1", "nodes:0-3,^node:2". */
static bool parse_element(const char *text, const struct cpu_set *set, uint8_t *map)
{
    unsigned long first = 0, last = CPU_LIST_MAX - 1;
    bool on = *text != '^', nodes;

    text += !on;
    nodes = g_str_has_prefix(text, "node:") || g_str_has_prefix(text, "nodes:");
    if (nodes)
        text = strchr(text, ':') + 1;
    if (nodes && *text == '^') {
        on = !on;
        text++;
    }
    if (!strcmp(text, "none"))
        return on && !nodes;
    if (strcmp(text, "all") && !parse_range(text, &first, &last))
        return false;
    if (nodes)
        set_nodes(set, first, last, on, map);
    else
        for (unsigned long i = first; i <= last && i < set->cpus; i++)
            map_set(map, i, on);
    return true;
}

bool cpu_list_parse(const char *text, const struct cpu_set *set, uint8_t *map, char **why)
{
    g_auto(GStrv) elements = g_strsplit(text, ",", -1);

    memset(map, 0, CPU_LIST_SIZE);
    /* A list that begins with what it leaves out means all but that. */
    if (elements[0] && *g_strstrip(elements[0]) == '^')
        parse_element("all", set, map);
    for (char **e = elements; *e; e++) {
        if (parse_element(g_strstrip(*e), set, map))
            continue;
        *why = g_strdup_printf(
            "CPUs \"%s\": \"%s\" is none of N, N-M, all, node:N and these with ^", text, *e);
        return false;
    }
    for (unsigned i = 0; i < set->cpus; i++)
        if (map_has(map, i))
            return true;
    *why = g_strdup_printf("CPUs \"%s\": none of them is there (the machine has %u)", text,
                           set->cpus);
    return false;
}

char *cpu_list_format(const uint8_t *map, unsigned cpus)
{
    GString *s = g_string_new(NULL);

    for (unsigned i = 0; i < cpus; i++) {
        unsigned first = i;

        if (!map_has(map, i))
            continue;
        while (i + 1 < cpus && map_has(map, i + 1))
            i++;
        if (first == 0 && i == cpus - 1) {
            g_string_assign(s, "all");
            break;
        }
        g_string_append_printf(s, "%s%u", s->len ? "," : "", first);
        if (i > first)
            g_string_append_printf(s, "-%u", i);
    }
    return g_string_free(s, FALSE);
}
