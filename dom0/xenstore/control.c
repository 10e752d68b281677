/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XS_CONTROL: what an administrator asks of the daemon itself. */
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "journal.h"
#include "request.h"
#include "store.h"

static int control_help(struct request *r);

/* Nodes, owners and children as the store has counted them, counted again. */
static uint64_t count_nodes(const struct node *node, uint64_t owned[])
{
    uint64_t total = 1, text = 0;

    owned[node_owner(node)]++;
    for (uint32_t i = 0; i < node_kid_count(node); i++) {
        const struct node *kid = node->kids->slot[i].node;

        text += kid->name_length + 1u;
        if (node_find_kid(node, node_name(kid), kid->name_length, kid->hash) != kid)
            return 0;
        total += count_nodes(kid, owned);
    }
    return node->kids && text != node->kids->text ? 0 : total;
}

static int control_check(struct request *r)
{
    static uint64_t owned[UINT16_MAX + 1];

    memset(owned, 0, sizeof(owned));
    if (count_nodes(r->store->tree.root, owned) == 0)
        return -EIO;
    for (unsigned domid = 1; domid < STORE_DOMAINS; domid++)
        if (owned[domid] != r->store->owned[domid])
            return -EIO;
    return request_acknowledge(r);
}

static int control_log(struct request *r)
{
    const char *word = wire_string(&r->in, NULL);

    if (!word || (strcmp(word, "on") != 0 && strcmp(word, "off") != 0))
        return -EINVAL;
    SET(r->store->is_logging, strcmp(word, "on") == 0);
    return request_acknowledge(r);
}

static int control_memreport(struct request *r)
{
    char text[160];
    int length = snprintf(text, sizeof(text),
                          "region %llu KiB of %llu KiB\nwatches %u\nopen transactions %s\n",
                          (unsigned long long)(region->backed - REGION_JOURNAL_SIZE) >> 10,
                          (unsigned long long)region->size >> 10, r->store->watches.count,
                          r->store->newest ? "yes" : "no");

    return request_reply(r, text, (uint32_t)length + 1);
}

static int control_print(struct request *r)
{
    const char *text = wire_string(&r->in, NULL);

    if (!text)
        return -EINVAL;
    syslog(LOG_INFO, "%s", text);
    return request_acknowledge(r);
}

static int quota_list(struct request *r)
{
    char text[1024];
    int length = 0;

    for (unsigned n = 0; quota_name(n); n++)
        length += snprintf(text + length, sizeof(text) - (size_t)length, "%-20s: %8u\n",
                           quota_name(n), *quota_find(&r->store->quota, quota_name(n)));
    return request_reply(r, text, (uint32_t)length + 1);
}

static int quota_set(struct request *r)
{
    const char *name = wire_string(&r->in, NULL), *number = wire_string(&r->in, NULL);
    uint32_t *field = name ? quota_find(&r->store->quota, name) : NULL;
    uint64_t value;

    if (!field || !number || wire_number(number, INT32_MAX, &value) != 0)
        return -EINVAL;
    SET(*field, (uint32_t)value);
    return request_acknowledge(r);
}

static int control_quota(struct request *r)
{
    const char *word = wire_string(&r->in, NULL);
    uint64_t domid;
    char text[64];

    if (!word)
        return quota_list(r);
    if (strcmp(word, "set") == 0)
        return quota_set(r);
    if (wire_number(word, STORE_DOMAINS - 1, &domid) != 0)
        return -EINVAL;
    return request_reply(
        r, text, (uint32_t)snprintf(text, sizeof(text), "nodes: %u\n", r->store->owned[domid]) + 1);
}

static const struct {
    const char *name;
    int (*handle)(struct request *r);
} commands[] = {
    { "check", control_check }, { "help", control_help },   { "log", control_log },
    { "print", control_print }, { "quota", control_quota }, { "memreport", control_memreport },
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static int control_help(struct request *r)
{
    char text[128];
    int length = 0;

    for (unsigned i = 0; i < COMMAND_COUNT; i++)
        length += snprintf(text + length, sizeof(text) - (size_t)length, "%s\n", commands[i].name);
    return request_reply(r, text, (uint32_t)length + 1);
}

int request_control(struct request *r)
{
    const char *name = wire_string(&r->in, NULL);

    for (unsigned i = 0; name && i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, name) == 0)
            return commands[i].handle(r);
    return -EINVAL;
}
