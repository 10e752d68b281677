/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random requests of several domains, in and out of transactions, against a model that is simple.
 */
/* sources: dom0/xenstore/wire.c dom0/xenstore/path.c dom0/xenstore/permission.c
   dom0/xenstore/quota.c dom0/xenstore/ring.c dom0/xenstore/region.c dom0/xenstore/journal.c
   dom0/xenstore/node.c dom0/xenstore/tree.c dom0/xenstore/transaction.c dom0/xenstore/watch.c
   dom0/xenstore/connection.c dom0/xenstore/domain.c dom0/xenstore/operation.c
   dom0/xenstore/request.c dom0/xenstore/control.c dom0/xenstore/store.c
   tests/unit/lib/store-machine.c */
#include <tests/unit/include/unit.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dom0/xenstore/transaction.h>
#include <tests/unit/lib/store-machine.h>

#define NODES   96
#define CLIENTS 4
#define OPEN    3 /* transactions of one client */
#define ROUNDS  60000

/* The model: a list of nodes, copied whole for a transaction. Generations say what changed. */
struct model_node {
    char path[32]; /* "" for the root */
    char value[8];
    char perms[16]; /* as written on the wire, entries separated by blanks */
    unsigned gen, kids_gen;
    int is_there;
};

struct model {
    struct model_node node[NODES];
};

struct model_change {
    int type;
    char path[32], data[16];
};

struct model_transaction {
    int is_open;
    uint32_t id;
    struct model base, view;
    unsigned what[NODES]; /* ACCESS_* per path number */
    struct model_change change[64];
    unsigned changes, accesses;
};

static struct model now;
static struct model_transaction open_now[CLIENTS][OPEN];
static unsigned generation;
static const unsigned domid_of[CLIENTS] = { 0, 1, 2, 2 };
/* Every path there is: a tree of three names, three levels deep, numbered once. */
static char all_paths[NODES][32];
static unsigned path_count;

static uint32_t seed = 1;

static unsigned pick(unsigned below)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

static void make_paths(const char *base, int depth)
{
    for (char c = 'a'; c <= 'c'; c++) {
        unsigned mine = path_count;

        snprintf(all_paths[path_count++], 32, "%s/%c", base, c);
        if (depth > 1)
            make_paths(all_paths[mine], depth - 1);
    }
}

static unsigned number_of(const char *path)
{
    unsigned n = 0;

    while (strcmp(all_paths[n], path) != 0)
        n++;
    return n;
}

static struct model_node *find(struct model *m, const char *path)
{
    struct model_node *node = &m->node[number_of(path)];

    return node->is_there ? node : NULL;
}

static void parent_of(const char *path, char *parent)
{
    memmove(parent, path, strlen(path) + 1);
    *strrchr(parent, '/') = 0;
}

static int may(const struct model_node *node, unsigned domid, char right)
{
    char copy[16], *entry, *rest;
    int first = 1, granted = 0;

    if (domid == 0)
        return 1;
    strcpy(copy, node->perms);
    for (entry = strtok_r(copy, " ", &rest); entry; entry = strtok_r(NULL, " ", &rest)) {
        int has = entry[0] == 'b' || entry[0] == right;

        if ((unsigned)atoi(entry + 1) == domid)
            return first ? 1 : has;
        if (first)
            granted = has;
        first = 0;
    }
    return granted;
}

/* The deepest node of the path that is there. */
static struct model_node *nearest(struct model *m, const char *path)
{
    char at[32];

    strcpy(at, path);
    while (!find(m, at))
        parent_of(at, at);
    return find(m, at);
}

static int lookup(struct model *m, const char *path, unsigned domid, char right)
{
    struct model_node *node = find(m, path), *near = nearest(m, path);

    if (!node)
        return (right == 'b' ? domid == 0 : may(near, domid, right)) ? ENOENT : EACCES;
    return may(node, domid, right) ? 0 : EACCES;
}

static void create(struct model *m, const char *path, unsigned domid)
{
    char parent[32], *blank;
    struct model_node *node = &m->node[number_of(path)], *up;

    parent_of(path, parent);
    if (!find(m, parent))
        create(m, parent, domid);
    up = find(m, parent);
    node->is_there = 1;
    node->gen = node->kids_gen = up->kids_gen = ++generation;
    node->value[0] = 0;
    strcpy(node->perms, up->perms);
    if (domid != 0) {
        blank = strchr(up->perms, ' ');
        snprintf(node->perms, 16, "%c%u%s", up->perms[0], domid, blank ? blank : "");
    }
}

static int model_write(struct model *m, const char *path, const char *value, unsigned domid)
{
    int err = lookup(m, path, domid, 'w');

    if (err == ENOENT) {
        create(m, path, domid);
        err = 0;
    }
    if (err)
        return err;
    strcpy(find(m, path)->value, value);
    find(m, path)->gen = ++generation;
    return 0;
}

static int model_mkdir(struct model *m, const char *path, unsigned domid)
{
    int err = lookup(m, path, domid, 'w');

    if (err == ENOENT) {
        create(m, path, domid);
        err = 0;
    }
    return err;
}

static int model_rm(struct model *m, const char *path, unsigned domid)
{
    int err = lookup(m, path, domid, 'w');
    char parent[32];

    parent_of(path, parent);
    if (err == ENOENT && find(m, parent))
        return 0;
    if (err)
        return err;
    for (unsigned n = 0; n < path_count; n++)
        if (strncmp(all_paths[n], path, strlen(path)) == 0)
            m->node[n].is_there = 0;
    find(m, parent)->kids_gen = ++generation;
    return 0;
}

static int model_set_perms(struct model *m, const char *path, const char *perms, unsigned domid)
{
    int err = lookup(m, path, domid, 'w');
    struct model_node *node = find(m, path);

    if (err)
        return err;
    if (domid != 0 && (unsigned)atoi(node->perms + 1) != domid)
        return EACCES;
    if (domid != 0 && atoi(perms + 1) != atoi(node->perms + 1))
        return EPERM;
    strcpy(node->perms, perms);
    node->gen = ++generation;
    return 0;
}

static int change(struct model *m, const struct model_change *c, unsigned domid)
{
    switch (c->type) {
    case XS_WRITE: return model_write(m, c->path, c->data, domid);
    case XS_MKDIR: return model_mkdir(m, c->path, domid);
    case XS_RM: return model_rm(m, c->path, domid);
    default: return model_set_perms(m, c->path, c->data, domid);
    }
}

static unsigned gen_of(const struct model_node *node, int of_kids)
{
    return !node->is_there ? 0 : of_kids ? node->kids_gen : node->gen;
}

static int conflicts(const struct model_transaction *t)
{
    for (unsigned n = 0; n < path_count; n++) {
        const struct model_node *then = &t->base.node[n], *today = &now.node[n];

        if ((t->what[n] & ACCESS_EXISTS) && then->is_there != today->is_there)
            return 1;
        if ((t->what[n] & ACCESS_NODE) && gen_of(then, 0) != gen_of(today, 0))
            return 1;
        if ((t->what[n] & ACCESS_KIDS) && gen_of(then, 1) != gen_of(today, 1))
            return 1;
    }
    return 0;
}

static int model_end(struct model_transaction *t, int commit, unsigned domid)
{
    struct model before = now;

    t->is_open = 0;
    if (!commit)
        return 0;
    if (conflicts(t))
        return EAGAIN;
    for (unsigned i = 0; i < t->changes; i++)
        if (change(&now, &t->change[i], domid) != 0) {
            now = before;
            return EAGAIN;
        }
    return 0;
}

static void expect(int model, int store, const char *what, const char *path)
{
    if (model != store)
        fail_msg("seed %u: %s %s: %d, the model says %d", seed, what, path, store, model);
}

static void expect_kids(struct model *m, const char *path, const struct machine_message *got)
{
    unsigned kids = 0, listed = 0;

    for (unsigned n = 0; n < path_count; n++) {
        const char *child = all_paths[n] + strlen(path) + 1;

        if (m->node[n].is_there && strlen(all_paths[n]) == strlen(path) + 2 &&
            strncmp(all_paths[n], path, strlen(path)) == 0) {
            kids++;
            for (uint32_t i = 0; i < got->header.len; i += 2)
                listed += got->payload[i] == *child && got->payload[i + 1] == 0;
        }
    }
    if (kids != listed || got->header.len != 2 * kids)
        fail_msg("seed %u: another listing of %s", seed, path);
}

struct turn {
    struct store *store;
    struct connection *c;
    struct model *view;
    struct model_transaction *t;
    unsigned domid;
    const char *path;
};

static void note(const struct turn *turn, unsigned what)
{
    if (turn->t)
        turn->t->what[number_of(turn->path)] |= what;
}

static int ask(const struct turn *turn, uint32_t type, const char *payload, uint32_t length,
               struct machine_message *reply)
{
    struct xsd_sockmsg header = { type, 0, turn->t ? turn->t->id : 0, length };

    machine_call(turn->store, turn->c, &header, payload, reply);
    return reply->header.type == XS_ERROR ? machine_errno(reply->payload) : 0;
}

static void read_something(const struct turn *turn, unsigned kind)
{
    static const uint32_t types[] = { XS_READ, XS_DIRECTORY, XS_GET_PERMS };
    const char *path = *turn->path ? turn->path : "/";
    struct machine_message got;
    int err = ask(turn, types[kind], path, (uint32_t)strlen(path) + 1, &got);
    struct model_node *node = find(turn->view, turn->path);

    note(turn, kind == 1 ? ACCESS_EXISTS | ACCESS_KIDS : ACCESS_NODE);
    expect(lookup(turn->view, turn->path, turn->domid, 'r'), err, "reading", path);
    if (err)
        return;
    if (kind == 0) {
        assert_string_equal(got.payload, node->value);
    } else if (kind == 1) {
        expect_kids(turn->view, turn->path, &got);
    } else {
        for (uint32_t i = 0; i + 1 < got.header.len; i++)
            if (got.payload[i] == 0)
                got.payload[i] = ' ';
        assert_string_equal(got.payload, node->perms);
    }
}

static void change_something(const struct turn *turn, int type)
{
    static const char *const perms[] = { "n0", "r0",    "b0", "n1",   "b1 r2",
                                         "n2", "w2 b1", "b2", "n1 b2" };
    static const unsigned accesses[] = { [XS_WRITE] = ACCESS_NODE,
                                         [XS_MKDIR] = ACCESS_EXISTS,
                                         [XS_RM] = ACCESS_NODE | ACCESS_KIDS,
                                         [XS_SET_PERMS] = ACCESS_NODE };
    struct model_change c = { .type = type };
    struct machine_message got;
    char payload[64] = { 0 };
    uint32_t length = (uint32_t)strlen(turn->path) + 1;
    int was_there = find(turn->view, turn->path) != NULL, err;

    strcpy(c.path, turn->path);
    strcpy(payload, turn->path);
    if (type == XS_WRITE)
        length += (uint32_t)snprintf(c.data, 8, "%u", pick(1000));
    if (type == XS_SET_PERMS) {
        strcpy(c.data, perms[pick(sizeof(perms) / sizeof(perms[0]))]);
        length += (uint32_t)strlen(c.data) + 1;
    }
    strcpy(payload + strlen(turn->path) + 1, c.data);
    for (char *p = payload + strlen(turn->path) + 1; type == XS_SET_PERMS && *p; p++)
        if (*p == ' ')
            *p = 0;
    note(turn, accesses[type]);
    expect(change(turn->view, &c, turn->domid),
           err = ask(turn, (uint32_t)type, payload, length, &got), "changing", turn->path);
    /* What changed nothing is not done again at the commit. */
    if (turn->t && !err &&
        (type == XS_WRITE || type == XS_SET_PERMS || (type == XS_RM) == was_there))
        turn->t->change[turn->t->changes++] = c;
}

static void begin(struct store *store, struct connection *c, struct model_transaction *t)
{
    struct machine_message got;

    assert_int_equal(machine_ask(store, c, XS_TRANSACTION_START, 0, "", &got), 0);
    memset(t, 0, sizeof(*t));
    t->is_open = 1;
    t->id = (uint32_t)atoi(got.payload);
    t->base = t->view = now;
}

static void finish(struct store *store, unsigned client, struct connection *c,
                   struct model_transaction *t)
{
    struct machine_message got;
    int commit = pick(4) != 0;
    int err = machine_ask(store, c, XS_TRANSACTION_END, t->id, commit ? "T" : "F", &got);

    expect(model_end(t, commit, domid_of[client]), err, "commit", "");
}

static void turn(struct store *store, struct connection *clients[])
{
    unsigned client = pick(CLIENTS), kind = pick(20);
    struct model_transaction *t = &open_now[client][pick(OPEN)];
    struct turn turn = { store, clients[client], &now, NULL, domid_of[client], NULL };

    turn.path = all_paths[kind < 8 ? pick(path_count) : 1 + pick(path_count - 1)];
    if (kind == 19 && !t->is_open) {
        begin(store, clients[client], t);
        return;
    }
    if (t->is_open && (kind >= 18 || t->changes >= 60)) {
        finish(store, client, clients[client], t);
        return;
    }
    if (t->is_open && pick(2)) {
        turn.t = t;
        turn.view = &t->view;
    }
    if (kind < 8)
        read_something(&turn, kind % 3);
    else if (kind < 12)
        change_something(&turn, XS_WRITE);
    else if (kind < 14)
        change_something(&turn, XS_MKDIR);
    else if (kind < 16)
        change_something(&turn, XS_RM);
    else
        change_something(&turn, XS_SET_PERMS);
}

static void store_does_what_the_model_does(void **state)
{
    struct store *store = machine_open(NULL);
    struct connection *clients[CLIENTS];
    struct machine_message got;

    (void)state;
    path_count = 1; /* all_paths[0] is the root, "" */
    make_paths("", 3);
    memset(&now, 0, sizeof(now));
    now.node[0] = (struct model_node){ .perms = "b0", .gen = 1, .kids_gen = 1, .is_there = 1 };
    for (unsigned i = 0; i < CLIENTS; i++)
        clients[i] = machine_connect(store, domid_of[i]);
    assert_int_equal(machine_ask(store, clients[0], XS_RM, 0, "/tool", &got), 0);
    {
        struct xsd_sockmsg header = { XS_SET_PERMS, 0, 0, 5 };

        machine_call(store, clients[0], &header, "/\0b0", &got);
    }
    for (unsigned i = 0; i < ROUNDS; i++) {
        turn(store, clients);
        if (i % 1000 == 0) {
            assert_int_equal(machine_ask(store, clients[0], XS_CONTROL, 0, "check", &got), 0);
            store = machine_take_over(NULL, STORE_KILLED);
        }
    }
    machine_close();
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(store_does_what_the_model_does) };

    if (argc > 1)
        seed = (uint32_t)strtoul(argv[1], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
