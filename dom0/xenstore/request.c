/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of requests and their handlers. */
#include "request.h"

#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "domain.h"
#include "journal.h"
#include "store.h"
#include "watch.h"

#define FOR_CONTROL_DOMAIN 1 /* others get -EACCES */
#define CHANGES            2 /* not for a read-only socket */
#define IN_TRANSACTION     4 /* tx_id counts */

/* One request at a time. */
static struct path path;

int request_reply(const struct request *r, const void *payload, uint32_t length)
{
    struct xsd_sockmsg header = r->header;
    char *out = connection_reserve(r->connection, length);

    if (!out)
        return -ENOMEM;
    memcpy(out, payload, length);
    header.len = length;
    connection_send(r->connection, &header);
    return 0;
}

int request_acknowledge(const struct request *r)
{
    return request_reply(r, "OK", 3);
}

int request_reply_error(const struct request *r, int error)
{
    const char *name = wire_error_name(-error);
    struct request failed = *r;

    failed.header.type = XS_ERROR;
    return request_reply(&failed, name, (uint32_t)strlen(name) + 1);
}

/* The next string as a path. */
static int take_path(struct request *r)
{
    uint32_t length;
    const char *text = wire_string(&r->in, &length);

    return text ? path_parse(&path, text, length, r->connection->subject.domid) : -EINVAL;
}

static int take_number(struct request *r, uint64_t max, uint64_t *value)
{
    const char *text = wire_string(&r->in, NULL);

    return text ? wire_number(text, max, value) : -EINVAL;
}

static int take_domid(struct request *r, unsigned *domid)
{
    uint64_t value;
    int err = take_number(r, STORE_DOMAINS - 1, &value);

    *domid = err ? 0 : (unsigned)value;
    return err;
}

static int find(struct request *r, unsigned what, struct node **node)
{
    int err = take_path(r);

    return err ? err : operation_find(&r->actor, &path, PERMISSION_READ, what, node);
}

static int request_read(struct request *r)
{
    struct node *node;
    int err = find(r, ACCESS_NODE, &node);

    if (!err && path.is_special)
        err = -EINVAL;
    return err ? err : request_reply(r, node_value(node), node->value_length);
}

/* Writes the names of the children from the `from`-th byte of the listing on; whole names only. */
static uint32_t list(const struct node *node, uint64_t from, char *out, uint32_t room)
{
    uint64_t at = 0;
    uint32_t length = 0;

    for (uint32_t i = 0; i < node_kid_count(node); i++) {
        const struct node *kid = node->kids->slot[i].node;
        uint32_t size = kid->name_length + 1u;

        if (at >= from) {
            if (length + size > room)
                return length;
            memcpy(out + length, node_name(kid), size);
            length += size;
        }
        at += size;
    }
    return length;
}

static int request_directory(struct request *r)
{
    struct xsd_sockmsg header = r->header;
    struct node *node;
    int err = find(r, ACCESS_EXISTS | ACCESS_KIDS, &node);
    char *out;

    if (err)
        return err;
    header.len = node->kids ? node->kids->text : 0;
    if (header.len > XENSTORE_PAYLOAD_MAX)
        return -E2BIG;
    out = connection_reserve(r->connection, header.len);
    if (!out)
        return -ENOMEM;
    list(node, 0, out, header.len);
    connection_send(r->connection, &header);
    return 0;
}

static int request_directory_part(struct request *r)
{
    struct xsd_sockmsg header = r->header;
    struct node *node;
    uint64_t offset;
    uint32_t total;
    int err = find(r, ACCESS_EXISTS | ACCESS_KIDS, &node);
    char *out;

    if (!err)
        err = take_number(r, UINT32_MAX, &offset);
    if (err)
        return err;
    total = node->kids ? node->kids->text : 0;
    if (offset > total)
        return -EINVAL;
    out = connection_reserve(r->connection, XENSTORE_PAYLOAD_MAX);
    if (!out)
        return -ENOMEM;
    header.len = wire_print_number(out, node->kids_gen);
    header.len += list(node, offset, out + header.len, XENSTORE_PAYLOAD_MAX - 1 - header.len);
    /* An empty name says that this was the last part. */
    if (offset + header.len - (strlen(out) + 1) == total)
        out[header.len++] = 0;
    connection_send(r->connection, &header);
    return 0;
}

static int request_get_perms(struct request *r)
{
    struct xsd_sockmsg header = r->header;
    struct node *node;
    int err = find(r, ACCESS_NODE, &node);
    char *out;

    if (err)
        return err;
    header.len = 0;
    out = connection_reserve(r->connection, node->permission_count * 8u);
    if (!out)
        return -ENOMEM;
    for (unsigned i = 0; i < node->permission_count; i++)
        header.len += permission_print(out + header.len, &node->permission[i]);
    connection_send(r->connection, &header);
    return 0;
}

static int request_set_perms(struct request *r)
{
    struct permission permissions[PERMISSION_MAX];
    uint32_t count = 0;
    int err = take_path(r);

    while (!err && r->in.left > 0) {
        const char *text = wire_string(&r->in, NULL);

        if (!text || count == PERMISSION_MAX)
            return -EINVAL;
        err = permission_parse(text, &permissions[count]);
        if (!err && permissions[count].domid >= STORE_DOMAINS)
            err = -EINVAL;
        count++;
    }
    if (!err && count == 0)
        err = -EINVAL;
    if (!err)
        err = operation_set_permissions(&r->actor, &path, permissions, count);
    return err ? err : request_acknowledge(r);
}

static int request_write(struct request *r)
{
    int err = take_path(r);

    if (!err)
        err = operation_write(&r->actor, &path, r->in.at, r->in.left);
    return err ? err : request_acknowledge(r);
}

static int request_mkdir(struct request *r)
{
    int err = take_path(r);

    if (!err)
        err = operation_mkdir(&r->actor, &path);
    return err ? err : request_acknowledge(r);
}

static int request_rm(struct request *r)
{
    int err = take_path(r);

    if (!err)
        err = operation_rm(&r->actor, &path);
    return err ? err : request_acknowledge(r);
}

/* Path and token of WATCH and UNWATCH. */
static int take_watch(struct request *r, struct watch_request *w)
{
    unsigned domid = r->connection->subject.domid;
    uint32_t length;
    const char *text = wire_string(&r->in, &length);
    int err = text ? path_parse_watch(&path, text, length, domid) : -EINVAL;

    if (err)
        return err;
    *w = (struct watch_request){ .path = &path, .depth = -1 };
    w->skip = (uint16_t)(path.length - length);
    w->token = wire_string(&r->in, &w->token_length);
    return w->token && w->token_length <= WATCH_TOKEN_MAX ? 0 : -EINVAL;
}

static int request_watch(struct request *r)
{
    struct connection *c = r->connection;
    struct watch_request w;
    uint64_t depth;
    int err = take_watch(r, &w);

    if (!err && r->in.left > 0) {
        err = take_number(r, INT32_MAX, &depth);
        w.depth = err ? -1 : (int32_t)depth;
    }
    if (err)
        return err;
    if (!c->subject.is_privileged && c->watch_count >= r->store->quota.watches)
        return -E2BIG;
    err = watch_create(r->store, c, &w);
    if (!err)
        err = request_acknowledge(r);
    if (!err)
        watch_fire_first(r->store, c);
    return err;
}

static int request_unwatch(struct request *r)
{
    struct watch_request w;
    int err = take_watch(r, &w);

    if (!err)
        err = watch_remove(r->store, r->connection, &path, w.token, w.token_length);
    return err ? err : request_acknowledge(r);
}

static int request_reset_watches(struct request *r)
{
    connection_reset(r->store, r->connection);
    return request_acknowledge(r);
}

static struct transaction *find_transaction(const struct connection *c, uint32_t id)
{
    struct transaction *t = c->transactions;

    while (t && t->id != id)
        t = t->next;
    return t;
}

static int request_transaction_start(struct request *r)
{
    struct connection *c = r->connection;
    uint32_t id = c->next_transaction;
    struct transaction *t;
    char text[24];

    if (r->header.tx_id != 0)
        return -EBUSY;
    if (!c->subject.is_privileged && c->transaction_count >= r->store->quota.transactions)
        return -ENOSPC;
    while (id == 0 || find_transaction(c, id))
        id++;
    t = transaction_start(r->store, id, c->subject.domid);
    if (!t)
        return -ENOMEM;
    t->next = c->transactions;
    SET(c->transactions, t);
    SET(c->transaction_count, c->transaction_count + 1);
    SET(c->next_transaction, id + 1);
    return request_reply(r, text, wire_print_number(text, id));
}

static int request_transaction_end(struct request *r)
{
    struct connection *c = r->connection;
    struct transaction *t = r->actor.transaction, **link = &c->transactions;
    struct journal_mark mark = journal_mark();
    const char *answer = wire_string(&r->in, NULL);
    int err = 0;

    if (!answer || (strcmp(answer, "T") != 0 && strcmp(answer, "F") != 0))
        return -EINVAL;
    if (!t)
        return -ENOENT;
    if (answer[0] == 'T')
        err = operation_commit(&r->actor);
    if (err)
        journal_rollback(mark);
    /* However the commit went, the transaction ends. */
    while (*link != t)
        link = &(*link)->next;
    SET(*link, t->next);
    SET(c->transaction_count, c->transaction_count - 1);
    transaction_destroy(r->store, t);
    return err ? request_reply_error(r, err) : request_acknowledge(r);
}

static int request_introduce(struct request *r)
{
    unsigned domid;
    uint64_t gfn, port;
    int err = take_domid(r, &domid);

    if (!err)
        err = take_number(r, UINT64_MAX, &gfn);
    if (!err)
        err = take_number(r, INT32_MAX, &port);
    if (!err && domid == 0)
        err = -EINVAL;
    if (!err)
        err = domain_introduce(r->store, domid, gfn, (uint32_t)port);
    return err ? err : request_acknowledge(r);
}

static int take_domain(struct request *r, struct domain **d)
{
    unsigned domid;
    int err = take_domid(r, &domid);

    if (err)
        return err;
    *d = domain_find(r->store, domid);
    return *d ? 0 : -ENOENT;
}

static int request_release(struct request *r)
{
    struct domain *d;
    int err = take_domain(r, &d);

    if (!err && d->domid == 0)
        err = -EINVAL;
    if (err)
        return err;
    domain_release(r->store, d);
    return request_acknowledge(r);
}

static int request_resume(struct request *r)
{
    struct domain *d;
    int err = take_domain(r, &d);

    if (err)
        return err;
    SET(d->is_shut_down, false);
    return request_acknowledge(r);
}

static int request_set_target(struct request *r)
{
    struct domain *d, *target;
    int err = take_domain(r, &d);

    if (!err)
        err = take_domain(r, &target);
    if (err)
        return err;
    SET(d->connection->subject.target, target->domid);
    return request_acknowledge(r);
}

static int request_get_domain_path(struct request *r)
{
    unsigned domid;
    char text[32];
    int err = take_domid(r, &domid);

    if (err)
        return err;
    return request_reply(r, text,
                         (uint32_t)snprintf(text, sizeof(text), "/local/domain/%u", domid) + 1);
}

static int request_is_introduced(struct request *r)
{
    unsigned domid;
    int err = take_domid(r, &domid);

    if (err)
        return err;
    return request_reply(r, domid == 0 || domain_find(r->store, domid) ? "T" : "F", 2);
}

static const struct {
    int (*handle)(struct request *r);
    unsigned flags;
} table[XS_TYPE_COUNT] = {
    [XS_CONTROL] = { request_control, FOR_CONTROL_DOMAIN | CHANGES },
    [XS_DIRECTORY] = { request_directory, IN_TRANSACTION },
    [XS_DIRECTORY_PART] = { request_directory_part, IN_TRANSACTION },
    [XS_READ] = { request_read, IN_TRANSACTION },
    [XS_GET_PERMS] = { request_get_perms, IN_TRANSACTION },
    [XS_WATCH] = { request_watch, 0 },
    [XS_UNWATCH] = { request_unwatch, 0 },
    [XS_TRANSACTION_START] = { request_transaction_start, 0 },
    [XS_TRANSACTION_END] = { request_transaction_end, IN_TRANSACTION },
    [XS_INTRODUCE] = { request_introduce, FOR_CONTROL_DOMAIN | CHANGES },
    [XS_RELEASE] = { request_release, FOR_CONTROL_DOMAIN | CHANGES },
    [XS_GET_DOMAIN_PATH] = { request_get_domain_path, 0 },
    [XS_WRITE] = { request_write, CHANGES | IN_TRANSACTION },
    [XS_MKDIR] = { request_mkdir, CHANGES | IN_TRANSACTION },
    [XS_RM] = { request_rm, CHANGES | IN_TRANSACTION },
    [XS_SET_PERMS] = { request_set_perms, CHANGES | IN_TRANSACTION },
    [XS_IS_DOMAIN_INTRODUCED] = { request_is_introduced, 0 },
    [XS_RESUME] = { request_resume, FOR_CONTROL_DOMAIN | CHANGES },
    [XS_SET_TARGET] = { request_set_target, FOR_CONTROL_DOMAIN | CHANGES },
    [XS_RESET_WATCHES] = { request_reset_watches, 0 },
};

static int dispatch(struct request *r)
{
    const struct connection *c = r->connection;
    uint32_t type = r->header.type;

    if (type >= XS_TYPE_COUNT || !table[type].handle)
        return -ENOSYS;
    if ((table[type].flags & FOR_CONTROL_DOMAIN) && !c->subject.is_privileged)
        return -EACCES;
    if ((table[type].flags & CHANGES) && c->is_read_only)
        return -EROFS;
    if ((table[type].flags & IN_TRANSACTION) && r->header.tx_id != 0) {
        r->actor.transaction = find_transaction(c, r->header.tx_id);
        if (!r->actor.transaction)
            return -ENOENT;
    }
    return table[type].handle(r);
}

/* CONTROL log on */
static void log_request(const struct request *r)
{
    uint32_t length = r->in.left;
    char text[128];

    length = length < sizeof(text) ? length : sizeof(text);
    for (uint32_t i = 0; i < length; i++)
        text[i] = r->in.at[i] >= ' ' && r->in.at[i] <= '~' ? r->in.at[i] : ' ';
    syslog(LOG_DEBUG, "domain %u fd %d: type %u tx %u: %.*s", r->connection->subject.domid,
           r->connection->fd, r->header.type, r->header.tx_id, (int)length, text);
}

static void handle(struct request *r)
{
    struct connection *c = r->connection;
    int err;

    r->mark = journal_mark();
    r->actor.mark = &r->mark;
    if (r->store->is_logging)
        log_request(r);
    r->store->serving = c;
    err = dispatch(r);
    if (err) {
        journal_rollback(r->mark);
        err = request_reply_error(r, err);
    }
    if (err)
        c->is_closing = true;
    if (c->in_at + WIRE_HEADER + r->header.len == c->in_end) {
        SET(c->in_at, 0);
        SET(c->in_end, 0);
    } else {
        SET(c->in_at, c->in_at + WIRE_HEADER + r->header.len);
    }
    journal_commit();
    r->store->serving = NULL;
}

bool request_run(struct store *store, struct connection *c)
{
    struct request r = { .store = store, .connection = c };
    bool did = false;

    while (!c->is_closing && connection_unsent(c) < CONNECTION_OUT_BUSY) {
        enum wire_state state = wire_peek(c->in + c->in_at, c->in_end - c->in_at, &r.header);

        if (state == WIRE_BROKEN)
            c->is_closing = true;
        if (state != WIRE_COMPLETE)
            break;
        r.in = (struct wire_reader){ c->in + c->in_at + WIRE_HEADER, r.header.len };
        r.actor = (struct actor){ .store = store, .subject = &c->subject };
        handle(&r);
        did = true;
    }
    return did;
}
