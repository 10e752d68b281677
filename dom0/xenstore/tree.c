/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes of a tree, copying on the way what snapshots still need. */
#include "tree.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "journal.h"

struct node *tree_find(const struct tree *tree, const struct path *path, struct cursor *cursor)
{
    struct node *node = path->is_special ? tree->special : tree->root;
    unsigned n = 0;

    cursor->path = path;
    cursor->trail[0] = node;
    while (n < path->count) {
        const struct path_part *part = &path->part[n];

        node = node_find_kid(node, path->text + part->start, part->length, part->hash);
        if (!node)
            break;
        cursor->trail[++n] = node;
    }
    cursor->found = n;
    return node;
}

static void count_node(struct tree *tree, uint16_t owner, int change)
{
    if (tree->owned)
        SET(tree->owned[owner], tree->owned[owner] + (uint32_t)change);
    else if (owner == tree->subject)
        SET(tree->balance, tree->balance + change);
}

/* This tree no longer has the node. */
static void give_up(struct tree *tree, struct node *node)
{
    if (node->birth > tree->frozen) {
        node_free(node);
    } else if (tree->dead) {
        SET(node->dead, *tree->dead);
        SET(*tree->dead, node);
    }
}

/* Puts `new` in the place of trail[level]. */
static void put(struct tree *tree, struct cursor *cursor, unsigned level, struct node *new)
{
    struct node *old = cursor->trail[level];

    if (level > 0)
        node_replace_kid(cursor->trail[level - 1], old, new);
    else if (cursor->path->is_special)
        SET(tree->special, new);
    else
        SET(tree->root, new);
    cursor->trail[level] = new;
    give_up(tree, old);
}

/* Makes trail[0..level] ours alone. Above a node that is ours, all are. */
static int own(struct tree *tree, struct cursor *cursor, unsigned level)
{
    unsigned first = level + 1;

    while (first > 0 && cursor->trail[first - 1]->birth <= tree->frozen)
        first--;
    for (; first <= level; first++) {
        struct node *copy = node_copy(cursor->trail[first]);

        if (!copy)
            return -ENOMEM;
        copy->birth = tree->birth;
        put(tree, cursor, first, copy);
    }
    return 0;
}

static uint64_t next_generation(struct tree *tree)
{
    SET(*tree->generation, *tree->generation + 1);
    SET(tree->last_change, *tree->generation);
    return *tree->generation;
}

/* Puts a node made of `content` in the place of the one found; it keeps the children. */
static int remake(struct tree *tree, struct cursor *cursor, const struct node_content *content)
{
    struct node *old, *new;

    if (own(tree, cursor, cursor->found) != 0)
        return -ENOMEM;
    new = node_make(content);
    if (!new)
        return -ENOMEM;
    old = cursor_node(cursor);
    new->birth = tree->birth;
    new->gen = next_generation(tree);
    new->kids_gen = old->kids_gen;
    new->kids = old->kids;
    SET(old->kids, NULL);
    put(tree, cursor, cursor->found, new);
    return 0;
}

int tree_set_value(struct tree *tree, struct cursor *cursor, const void *value, uint32_t length)
{
    struct node *node = cursor_node(cursor);
    struct node_content content;

    if (node->birth > tree->frozen && length <= node_value_room(node)) {
        journal_save(&node->gen, sizeof(node->gen));
        journal_save(&node->value_length, sizeof(node->value_length));
        /* What is beyond the old value needs no saving: nobody reads it after a rollback. */
        journal_save(node_value(node), node->value_length < length ? node->value_length : length);
        node->gen = next_generation(tree);
        node->value_length = length;
        memcpy(node_value(node), value, length);
        return 0;
    }
    if (own(tree, cursor, cursor->found) != 0)
        return -ENOMEM;
    content = node_content(cursor_node(cursor));
    content.value = value;
    content.value_length = length;
    return remake(tree, cursor, &content);
}

int tree_set_permissions(struct tree *tree, struct cursor *cursor, const struct permission *list,
                         uint32_t count)
{
    struct node_content content = node_content(cursor_node(cursor));
    uint16_t before = node_owner(cursor_node(cursor));

    content.permission = list;
    content.permission_count = count;
    if (remake(tree, cursor, &content) != 0)
        return -ENOMEM;
    count_node(tree, before, -1);
    count_node(tree, list[0].domid, 1);
    return 0;
}

/* Adds a child to the node found and steps to it. */
static int add(struct tree *tree, struct cursor *cursor, const struct node_content *content,
               const uint16_t *creator)
{
    struct node *parent = cursor_node(cursor), *node = node_make(content);

    if (!node)
        return -ENOMEM;
    if (creator)
        node->permission[0].domid = *creator;
    node->birth = tree->birth;
    node->gen = node->kids_gen = next_generation(tree);
    SET(parent->kids_gen, node->gen);
    if (node_add_kid(parent, node) != 0)
        return -ENOMEM;
    count_node(tree, node_owner(node), 1);
    cursor->trail[++cursor->found] = node;
    return 0;
}

int tree_create(struct tree *tree, struct cursor *cursor, const uint16_t *creator,
                const void *value, uint32_t length)
{
    const struct path *path = cursor->path;
    struct node_content content;

    if (own(tree, cursor, cursor->found) != 0)
        return -ENOMEM;
    content = node_content(cursor_node(cursor));
    while (cursor->found < path->count) {
        const struct path_part *part = &path->part[cursor->found];

        content.name = path->text + part->start;
        content.name_length = part->length;
        content.hash = part->hash;
        content.value = value;
        content.value_length = cursor->found + 1 == path->count ? length : 0;
        if (add(tree, cursor, &content, creator) != 0)
            return -ENOMEM;
    }
    return 0;
}

static void remove_below(struct tree *tree, struct node *node)
{
    for (uint32_t i = 0; i < node_kid_count(node); i++)
        remove_below(tree, node->kids->slot[i].node);
    count_node(tree, node_owner(node), -1);
    give_up(tree, node);
}

int tree_remove(struct tree *tree, struct cursor *cursor)
{
    struct node *node = cursor_node(cursor), *parent;

    if (own(tree, cursor, cursor->found - 1) != 0)
        return -ENOMEM;
    parent = cursor->trail[--cursor->found];
    node_remove_kid(parent, node);
    SET(parent->kids_gen, next_generation(tree));
    remove_below(tree, node);
    return 0;
}

static void destroy_below(struct tree *tree, struct node *node)
{
    if (node->birth <= tree->frozen)
        return;
    for (uint32_t i = 0; i < node_kid_count(node); i++)
        destroy_below(tree, node->kids->slot[i].node);
    node_free(node);
}

void tree_destroy(struct tree *tree)
{
    destroy_below(tree, tree->root);
    destroy_below(tree, tree->special);
}
