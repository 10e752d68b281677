/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes from a guest and from a control client: the store lives, and its counts stay right. */
/* sources: dom0/xenstore/wire.c dom0/xenstore/path.c dom0/xenstore/permission.c
   dom0/xenstore/quota.c dom0/xenstore/ring.c dom0/xenstore/region.c dom0/xenstore/journal.c
   dom0/xenstore/node.c dom0/xenstore/tree.c dom0/xenstore/transaction.c dom0/xenstore/watch.c
   dom0/xenstore/connection.c dom0/xenstore/domain.c dom0/xenstore/operation.c
   dom0/xenstore/request.c dom0/xenstore/control.c dom0/xenstore/store.c
   tests/unit/lib/store-machine.c */
#include <stdlib.h>
#include <string.h>

#include <dom0/xenstore/journal.h>
#include <tests/unit/lib/store-machine.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the fuzzer writes: for each request who, which type, which transaction, how long; then
 * payload. */
struct head {
    uint8_t who, type, transaction, length;
};

static void ask(struct store *store, struct connection *c, uint32_t type, const char *text)
{
    struct machine_message got;

    machine_ask(store, c, type, 0, text, &got);
}

/* The store as it was before: opening another each time would be most of the work. */
static void clean(struct store *store, struct connection *c[3])
{
    struct connection *control;
    char name[XENSTORE_ABS_PATH_MAX + 2];

    for (unsigned i = 0; i < 3; i++)
        connection_destroy(store, c[i]);
    journal_commit();
    if (store->newest || store->watches.count || store->connections)
        abort();
    control = machine_connect(store, 0);
    while (node_kid_count(store->tree.root) > 0) {
        name[0] = '/';
        strcpy(name + 1, node_name(store->tree.root->kids->slot[0].node));
        ask(store, control, XS_RM, name);
    }
    connection_destroy(store, control);
    quota_defaults(&store->quota);
    journal_commit();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct store *store;
    struct connection *c[3];
    struct machine_message got;
    struct xsd_sockmsg perms = { XS_SET_PERMS, 0, 0, 9 };
    struct head head;

    if (!store)
        store = machine_open(NULL);
    for (unsigned i = 0; i < 3; i++)
        c[i] = machine_connect(store, i);
    ask(store, c[0], XS_MKDIR, "/a");
    machine_call(store, c[0], &perms, "/a\0b1\0r2", &got);
    while (size >= sizeof(head)) {
        memcpy(&head, data, sizeof(head));
        data += sizeof(head);
        size -= sizeof(head);
        if (head.length > size)
            head.length = (uint8_t)size;
        machine_send(c[head.who % 3], head.type % 24, head.transaction % 4, data, head.length);
        request_run(store, c[head.who % 3]);
        data += head.length;
        size -= head.length;
        for (unsigned i = 0; i < 3; i++)
            while (machine_receive(c[i], &got))
                ;
    }
    if (machine_ask(store, c[0], XS_CONTROL, 0, "check", &got) != 0)
        abort();
    clean(store, c);
    return 0;
}
