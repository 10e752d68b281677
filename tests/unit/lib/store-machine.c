/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A store for tests, and a look at all of it. */
#include "store-machine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <dom0/xenstore/journal.h>
#include <dom0/xenstore/transaction.h>

static int memory = -1;

static void must(int ok)
{
    if (!ok)
        abort();
}

struct store *machine_open(const struct domain_source *source)
{
    struct store *store;

    machine_close();
    memory = memfd_create("store", MFD_CLOEXEC);
    must(memory >= 0 && region_open(memory, UINT64_C(256) << 20, STORE_LAYOUT) == 0);
    store = store_open(source, STORE_CLOSED);
    must(store != NULL);
    return store;
}

void machine_close(void)
{
    while (connection_next_dirty())
        ;
    region_close();
    if (memory >= 0)
        close(memory);
    memory = -1;
}

struct store *machine_take_over(const struct domain_source *source, enum store_end end)
{
    while (connection_next_dirty())
        ;
    region_close();
    must(region_open(memory, 0, STORE_LAYOUT) == 0);
    return store_open(source, end);
}

struct connection *machine_connect(struct store *store, unsigned domid)
{
    struct subject subject = { (uint16_t)domid, (uint16_t)domid, domid == 0 };
    struct connection *c = connection_create(store, &subject, -1);

    must(c != NULL);
    journal_commit();
    return c;
}

void machine_send(struct connection *c, uint32_t type, uint32_t transaction, const void *payload,
                  uint32_t length)
{
    struct xsd_sockmsg header = { type, 77, transaction, length };

    must(connection_room(c) >= WIRE_HEADER + length);
    memcpy(c->in + c->in_end, &header, WIRE_HEADER);
    if (length)
        memcpy(c->in + c->in_end + WIRE_HEADER, payload, length);
    connection_received(c, WIRE_HEADER + length);
    journal_commit();
}

int machine_receive(struct connection *c, struct machine_message *message)
{
    if (connection_unsent(c) == 0)
        return 0;
    must(connection_unsent(c) >= WIRE_HEADER);
    memcpy(&message->header, c->out + c->out_at, WIRE_HEADER);
    must(message->header.len <= XENSTORE_PAYLOAD_MAX &&
         connection_unsent(c) >= WIRE_HEADER + message->header.len);
    memcpy(message->payload, c->out + c->out_at + WIRE_HEADER, message->header.len);
    message->payload[message->header.len] = 0;
    connection_sent(c, WIRE_HEADER + message->header.len);
    journal_commit();
    return 1;
}

void machine_call(struct store *store, struct connection *c, const struct xsd_sockmsg *header,
                  const void *payload, struct machine_message *reply)
{
    machine_send(c, header->type, header->tx_id, payload, header->len);
    request_run(store, c);
    do
        must(machine_receive(c, reply));
    while (reply->header.type == XS_WATCH_EVENT);
    must(reply->header.req_id == 77 && reply->header.tx_id == header->tx_id);
}

int machine_ask(struct store *store, struct connection *c, uint32_t type, uint32_t transaction,
                const char *text, struct machine_message *reply)
{
    struct xsd_sockmsg header = { type, 0, transaction, (uint32_t)strlen(text) + 1 };

    machine_call(store, c, &header, text, reply);
    return reply->header.type == XS_ERROR ? machine_errno(reply->payload) : 0;
}

int machine_errno(const char *name)
{
    for (unsigned i = 0; i < sizeof(xsd_errors) / sizeof(xsd_errors[0]); i++)
        if (strcmp(xsd_errors[i].errstring, name) == 0)
            return xsd_errors[i].errnum;
    return 0;
}

static uint64_t add(uint64_t digest, const void *bytes, size_t length)
{
    const uint8_t *p = bytes;

    for (size_t i = 0; i < length; i++)
        digest = (digest ^ p[i]) * UINT64_C(0x100000001b3);
    return digest ^ length << 32;
}

static uint64_t add_node(uint64_t digest, const struct node *node)
{
    digest = add(digest, &node->birth, sizeof(node->birth));
    digest = add(digest, &node->gen, sizeof(node->gen));
    digest = add(digest, &node->kids_gen, sizeof(node->kids_gen));
    digest = add(digest, node->permission, node->permission_count * sizeof(struct permission));
    digest = add(digest, node_name(node), node->name_length);
    digest = add(digest, node_value(node), node->value_length);
    for (uint32_t i = 0; i < node_kid_count(node); i++)
        digest = add_node(digest, node->kids->slot[i].node);
    return digest;
}

static uint64_t add_transaction(uint64_t digest, const struct transaction *t)
{
    digest = add(digest, &t->id, sizeof(t->id));
    digest = add(digest, &t->tree.balance, sizeof(t->tree.balance));
    for (const struct change *c = t->first; c; c = c->next)
        digest = add(digest, c->data, c->path_length + c->length);
    for (unsigned i = 0; i < ACCESS_BUCKETS; i++)
        for (const struct access *a = t->access[i]; a; a = a->next)
            digest = add(digest, a->text, a->length) + a->what + a->gen + a->kids_gen;
    for (const struct node *node = t->dead; node; node = node->dead)
        digest = add(digest, node_name(node), node->name_length);
    return add_node(digest, t->tree.root);
}

uint64_t machine_digest(const struct store *store)
{
    uint64_t digest = add_node(add_node(UINT64_C(0xcbf29ce484222325), store->tree.root),
                               store->tree.special);

    digest = add(digest, store->owned, sizeof(store->owned));
    digest = add(digest, &store->watches.count, sizeof(store->watches.count));
    for (uint32_t i = 0; i < store->watches.size; i++)
        for (const struct watch *w = store->watches.bucket[i]; w; w = w->chain)
            digest = add(digest, w->text, w->path_length + w->token_length + 1u);
    for (const struct connection *c = store->connections; c; c = c->next) {
        digest = add(digest, c->in + c->in_at, c->in_end - c->in_at);
        digest = add(digest, c->out + c->out_at, connection_unsent(c));
        for (const struct watch *w = c->watches; w; w = w->next)
            digest = add(digest, w->text, w->path_length);
        for (const struct transaction *t = c->transactions; t; t = t->next)
            digest = add_transaction(digest, t);
    }
    for (unsigned i = 1; i < REGION_HEAP_CLASSES; i++)
        for (void **p = region->heap_free[i]; p; p = *p)
            digest = add(digest, &p, sizeof(p));
    return digest;
}
