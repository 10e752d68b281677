/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nodes and their tables of children: a table of slots, chained by the hash of the name. */
#include "node.h"

#include <errno.h>
#include <string.h>

#include "journal.h"

#define KIDS_FIRST 4

static uint32_t *buckets(const struct kids *kids)
{
    return (uint32_t *)(uintptr_t)&kids->slot[kids->room];
}

static size_t kids_size(uint32_t room)
{
    return sizeof(struct kids) + room * (sizeof(struct kids_slot) + sizeof(uint32_t));
}

struct node *node_make(const struct node_content *content)
{
    size_t list = content->permission_count * sizeof(struct permission);
    size_t size = sizeof(struct node) + list + content->name_length + 1 + content->value_length;
    struct node *node;

    size = heap_round(size);
    node = heap_alloc(size);
    if (!node)
        return NULL;
    memset(node, 0, sizeof(*node));
    node->hash = content->hash;
    node->size = (uint32_t)size;
    node->value_length = content->value_length;
    node->name_length = (uint16_t)content->name_length;
    node->permission_count = (uint16_t)content->permission_count;
    memcpy(node->permission, content->permission, list);
    memcpy(node_name(node), content->name, content->name_length);
    node_name(node)[content->name_length] = 0;
    if (content->value_length)
        memcpy(node_value(node), content->value, content->value_length);
    return node;
}

struct node_content node_content(const struct node *node)
{
    return (struct node_content){
        .name = node_name(node),
        .name_length = node->name_length,
        .hash = node->hash,
        .permission = node->permission,
        .permission_count = node->permission_count,
        .value = node_value(node),
        .value_length = node->value_length,
    };
}

struct node *node_copy(const struct node *node)
{
    struct node *copy = heap_alloc(node->size);
    size_t size;

    if (!copy)
        return NULL;
    memcpy(copy, node, node->size);
    copy->dead = NULL;
    if (node->kids) {
        size = kids_size(node->kids->room);
        copy->kids = heap_alloc(size);
        if (!copy->kids)
            return NULL;
        memcpy(copy->kids, node->kids, size);
    }
    return copy;
}

void node_free(struct node *node)
{
    if (node->kids)
        heap_free(node->kids, kids_size(node->kids->room));
    heap_free(node, node->size);
}

uint32_t node_value_room(const struct node *node)
{
    return node->size - (uint32_t)(node_value(node) - (const char *)node);
}

struct node *node_find_kid(const struct node *node, const char *name, uint32_t length,
                           uint32_t hash)
{
    const struct kids *kids = node->kids;
    uint32_t at;

    if (!kids)
        return NULL;
    for (at = buckets(kids)[hash & (kids->room - 1)]; at; at = kids->slot[at - 1].link) {
        const struct kids_slot *slot = &kids->slot[at - 1];

        if (slot->hash == hash && slot->node->name_length == length &&
            memcmp(node_name(slot->node), name, length) == 0)
            return slot->node;
    }
    return NULL;
}

/* The place that says where `kid` is: a bucket or another slot's link. */
static uint32_t *link_to(struct kids *kids, const struct node *kid)
{
    uint32_t *link = &buckets(kids)[kid->hash & (kids->room - 1)];

    while (kids->slot[*link - 1].node != kid)
        link = &kids->slot[*link - 1].link;
    return link;
}

/* A table for `room` children with those of `old` in it. */
static struct kids *kids_make(const struct kids *old, uint32_t room)
{
    struct kids *kids = heap_alloc(kids_size(room));

    if (!kids)
        return NULL;
    memset(kids, 0, kids_size(room));
    kids->room = room;
    for (uint32_t i = 0; old && i < old->count; i++) {
        uint32_t *bucket = &buckets(kids)[old->slot[i].hash & (room - 1)];

        kids->slot[i] = old->slot[i];
        kids->slot[i].link = *bucket;
        *bucket = ++kids->count;
    }
    kids->text = old ? old->text : 0;
    return kids;
}

static int make_room(struct node *node)
{
    struct kids *old = node->kids, *new;
    uint32_t room = old ? old->room : 0;

    if (old && old->count < room)
        return 0;
    new = kids_make(old, room ? room * 2 : KIDS_FIRST);
    if (!new)
        return -ENOMEM;
    if (old)
        heap_free(old, kids_size(room));
    SET(node->kids, new);
    return 0;
}

int node_add_kid(struct node *node, struct node *kid)
{
    struct kids *kids;
    uint32_t *bucket, at;

    if (make_room(node) != 0)
        return -ENOMEM;
    kids = node->kids;
    bucket = &buckets(kids)[kid->hash & (kids->room - 1)];
    at = kids->count;
    kids->slot[at] = (struct kids_slot){ kid, kid->hash,
                                         *bucket }; /* beyond count: free to write */
    SET(*bucket, at + 1);
    SET(kids->count, at + 1);
    SET(kids->text, kids->text + kid->name_length + 1);
    return 0;
}

void node_remove_kid(struct node *node, const struct node *kid)
{
    struct kids *kids = node->kids;
    uint32_t *link = link_to(kids, kid), at = *link, last = kids->count;

    SET(*link, kids->slot[at - 1].link);
    SET(kids->text, kids->text - kid->name_length - 1);
    if (last == 1) {
        heap_free(kids, kids_size(kids->room));
        SET(node->kids, NULL);
        return;
    }
    if (at != last) { /* the last slot moves into the gap */
        link = link_to(kids, kids->slot[last - 1].node);
        SET(*link, at);
        SET(kids->slot[at - 1], kids->slot[last - 1]);
    }
    /* The slot beyond the new count is saved: it may be written again before the commit. */
    journal_save(&kids->slot[last - 1], sizeof(struct kids_slot));
    SET(kids->count, last - 1);
}

void node_replace_kid(struct node *node, const struct node *old, struct node *new)
{
    struct kids *kids = node->kids;

    SET(kids->slot[*link_to(kids, old) - 1].node, new);
}
