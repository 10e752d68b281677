/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's console: its rings, its log of bounded size, its readers who sleep. */
/* sources: dom0/console/ring.c dom0/console/log.c dom0/console/outlet.c */
#include <tests/unit/include/unit.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <dom0/console/log.h>
#include <dom0/console/outlet.h>
#include <dom0/console/ring.h>

static void test_take(void **state)
{
    struct xencons_interface ring = { 0 };
    char data[sizeof(ring.out)];

    (void)state;
    assert_int_equal(ring_take(&ring, 0, data, sizeof(data)), 0);
    /* across the end of the ring, and of the numbers */
    ring.out_prod = 3;
    memcpy(ring.out + sizeof(ring.out) - 2, "ab", 2);
    memcpy(ring.out, "cde", 3);
    assert_int_equal(ring_take(&ring, UINT32_MAX - 1, data, sizeof(data)), 5);
    assert_memory_equal(data, "abcde", 5);
    assert_int_equal(ring_take(&ring, UINT32_MAX - 1, data, 3), 3);
    /* full, and more than full */
    ring.out_prod = sizeof(ring.out);
    assert_int_equal(ring_take(&ring, 0, data, sizeof(data)), sizeof(ring.out));
    ring.out_prod++;
    assert_int_equal(ring_take(&ring, 0, data, sizeof(data)), -EIO);
}

static void test_put(void **state)
{
    struct xencons_interface ring = { 0 };
    char data[sizeof(ring.in) + 10];

    (void)state;
    memset(data, 'x', sizeof(data));
    assert_int_equal(ring_room(&ring, 0), sizeof(ring.in));
    assert_int_equal(ring_put(&ring, 0, data, sizeof(data)), sizeof(ring.in));
    assert_int_equal(ring_put(&ring, sizeof(ring.in), data, 1), 0);
    ring.in_cons = 2;
    assert_int_equal(ring_room(&ring, sizeof(ring.in)), 2);
    assert_int_equal(ring_put(&ring, sizeof(ring.in), "yz!", 3), 2);
    assert_memory_equal(ring.in, "yzx", 3);
    /* across the end */
    ring.in_cons = sizeof(ring.in) - 1;
    assert_int_equal(ring_put(&ring, sizeof(ring.in) - 1, "ab", 2), 2);
    assert_int_equal(ring.in[sizeof(ring.in) - 1], 'a');
    assert_int_equal(ring.in[0], 'b');
    /* the guest took more than there was */
    ring.in_cons = 5;
    assert_int_equal(ring_put(&ring, 4, data, 1), -EIO);
    assert_int_equal(ring_room(&ring, 4), 0);
    ring_publish(&ring, 7, 9);
    assert_int_equal(ring.out_cons, 7);
    assert_int_equal(ring.in_prod, 9);
}

static off_t size_of(const char *dir, const char *file)
{
    char path[128];
    struct stat st;

    snprintf(path, sizeof(path), "%s/%s", dir, file);
    return stat(path, &st) ? -1 : st.st_size;
}

static void test_log(void **state)
{
    char dir[] = "/tmp/console-log-XXXXXX", command[64];
    struct log log;

    (void)state;
    assert_non_null(mkdtemp(dir));
    assert_int_equal(log_open(&log, dir, "../x", 100), -EINVAL);
    log_write(&log, "dropped", 7);
    assert_int_equal(log_open(&log, dir, "", 100), -EINVAL);
    assert_int_equal(log_open(&log, dir, "g", 100), 0);
    for (int i = 0; i < 25; i++)
        log_write(&log, "0123456789", 10);
    assert_int_equal(size_of(dir, "g.log"), 50);
    assert_int_equal(size_of(dir, "g.log.1"), 100);
    log_close(&log);
    /* the next daemon goes on in the same file */
    assert_int_equal(log_open(&log, dir, "g", 100), 0);
    for (int i = 0; i < 6; i++)
        log_write(&log, "0123456789", 10);
    assert_int_equal(size_of(dir, "g.log"), 10);
    log_close(&log);
    snprintf(command, sizeof(command), "rm -r %s", dir);
    assert_int_equal(system(command), 0);
}

static void test_sleeping_reader(void **state)
{
    struct outlet *o = calloc(1, sizeof(*o));
    char *data = malloc(OUTLET_SIZE + 100), back[8];
    int fds[2];

    (void)state;
    assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
    assert_true(fcntl(fds[1], F_SETPIPE_SZ, 4096) >= 0);
    o->fd = fds[1];
    for (int i = 0; i < OUTLET_SIZE + 100; i++)
        data[i] = (char)(i % 251);
    outlet_queue(o, data, OUTLET_SIZE + 100);
    assert_int_equal(o->to - o->from, OUTLET_SIZE);
    outlet_queue(o, "end", 3);
    assert_int_equal(o->to - o->from, OUTLET_SIZE);
    assert_true(outlet_flush(o));
    assert_false(outlet_is_empty(o));
    assert_int_equal(read(fds[0], back, 1), 1);
    assert_int_equal(back[0], (char)(103 % 251)); /* the oldest 103 bytes are lost */
    while (!outlet_is_empty(o)) {
        while (read(fds[0], data, OUTLET_SIZE) > 0)
            continue;
        assert_true(outlet_flush(o));
    }
    close(fds[0]);
    close(fds[1]);
    free(data);
    free(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_take),
        cmocka_unit_test(test_put),
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_sleeping_reader),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
