/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A process killed at any instruction of a request leaves the store as before it, or as after. */
/* sources: dom0/xenstore/wire.c dom0/xenstore/path.c dom0/xenstore/permission.c
   dom0/xenstore/quota.c dom0/xenstore/ring.c dom0/xenstore/region.c dom0/xenstore/journal.c
   dom0/xenstore/node.c dom0/xenstore/tree.c dom0/xenstore/transaction.c dom0/xenstore/watch.c
   dom0/xenstore/connection.c dom0/xenstore/domain.c dom0/xenstore/operation.c
   dom0/xenstore/request.c dom0/xenstore/control.c dom0/xenstore/store.c
   tests/unit/lib/store-machine.c */
#include <tests/unit/include/unit.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <dom0/xenstore/journal.h>
#include <dom0/xenstore/transaction.h>
#include <tests/unit/lib/store-machine.h>

#define TRIALS 60

static uint32_t seed = 1;

static unsigned pick(unsigned below)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

static void send_something(struct connection *c, uint32_t transaction)
{
    static const uint32_t types[] = { XS_WRITE,           XS_WRITE,
                                      XS_MKDIR,           XS_RM,
                                      XS_SET_PERMS,       XS_WATCH,
                                      XS_UNWATCH,         XS_TRANSACTION_START,
                                      XS_TRANSACTION_END, XS_READ };
    uint32_t type = types[pick(sizeof(types) / sizeof(types[0]))], length;
    char payload[2100] = { 0 };

    length = 1 + (uint32_t)snprintf(payload, 64, "/%c/%c/%c", 'a' + pick(2), 'a' + pick(3),
                                    'a' + pick(9));
    if (pick(4) == 0)
        payload[2 + 2 * pick(2)] = 0, length = (uint32_t)strlen(payload) + 1;
    switch (type) {
    case XS_WRITE: length += pick(2) ? pick(40) : pick(1900); break;
    case XS_SET_PERMS:
        length += (uint32_t)snprintf(payload + length, 20, "b%u%cr2", pick(3), 0) + 1;
        break;
    case XS_WATCH:
    case XS_UNWATCH: length += (uint32_t)snprintf(payload + length, 20, "t%u", pick(2)) + 1; break;
    case XS_TRANSACTION_START:
        length = 1;
        transaction = 0;
        break;
    case XS_TRANSACTION_END: memcpy(payload, pick(4) ? "T" : "F", 2), length = 2; break;
    }
    machine_send(c, type, transaction, payload, length);
}

/* Runs the request in a child for `steps` instructions; false when the child came to its end. */
static int run_and_kill(struct store *store, struct connection *c, unsigned steps)
{
    int status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        request_run(store, c);
        _exit(0);
    }
    waitpid(child, &status, 0);
    while (WIFSTOPPED(status) && steps-- > 0) {
        ptrace(PTRACE_SINGLESTEP, child, NULL, NULL);
        waitpid(child, &status, 0);
    }
    if (!WIFSTOPPED(status)) {
        assert_int_equal(WEXITSTATUS(status), 0);
        return 0;
    }
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return 1;
}

/* What the store would be if the request were handled: done, looked at, and taken back. */
static uint64_t digest_after(struct store *store, struct connection *c)
{
    int pipes[2], status;
    uint64_t digest = 0;
    /* The child works on the shared region, so the parent keeps a copy to put back. */
    size_t heap = region->heap_end - REGION_JOURNAL_SIZE - 4096;
    char *copy = malloc(4096 + heap);
    pid_t child;

    assert_non_null(copy);
    assert_int_equal(pipe(pipes), 0);
    memcpy(copy, region, 4096);
    memcpy(copy + 4096, region_journal() + REGION_JOURNAL_SIZE, heap);
    child = fork();
    if (child == 0) {
        request_run(store, c);
        digest = machine_digest(store);
        _exit(write(pipes[1], &digest, sizeof(digest)) != sizeof(digest));
    }
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    assert_int_equal(read(pipes[0], &digest, sizeof(digest)), sizeof(digest));
    close(pipes[0]);
    close(pipes[1]);
    memcpy(region, copy, 4096);
    memcpy(region_journal() + REGION_JOURNAL_SIZE, copy + 4096, heap);
    free(copy);
    return digest;
}

static void a_kill_at_any_instruction_is_all_or_nothing(void **state)
{
    struct store *store = machine_open(NULL);
    struct connection *c[2] = { machine_connect(store, 0), machine_connect(store, 1) };
    struct machine_message got;
    unsigned undone = 0, done = 0;

    (void)state;
    assert_int_equal(machine_ask(store, c[0], XS_MKDIR, 0, "/a/a", &got), 0);
    for (unsigned i = 0; i < TRIALS; i++) {
        struct connection *who = c[pick(4) == 0];
        uint64_t before, after, found;

        send_something(who, pick(2) && who->transactions ? who->transactions->id : 0);
        before = machine_digest(store);
        after = digest_after(store, who);
        assert_int_equal(machine_digest(store), before);
        run_and_kill(store, who, pick(pick(3) ? 2000 : 12000));
        store = machine_take_over(NULL, STORE_KILLED);
        found = machine_digest(store);
        assert_true(found == before || found == after);
        undone += found == before;
        done += found == after;
        /* What was undone is done now, to the same end. */
        request_run(store, who);
        assert_int_equal(machine_digest(store), after);
        while (machine_receive(c[0], &got) || machine_receive(c[1], &got))
            ;
        assert_int_equal(machine_ask(store, c[0], XS_CONTROL, 0, "check", &got), 0);
    }
    print_message("%u undone, %u done\n", undone, done);
    assert_true(undone > 3 && done > 3);
    machine_close();
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kill_at_any_instruction_is_all_or_nothing),
    };

    if (argc > 1)
        seed = (uint32_t)strtoul(argv[1], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
