/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a configuration comes to: disk numbers, addresses, memory, nodes of the store. */
/* sources: dom0/toolstack/plan.c dom0/toolstack/plan-device.c dom0/toolstack/store-nodes.c */
/* pkgs: glib-2.0 xenstore */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dom0/toolstack/plan.h>

#include <string.h>

static const char *find(const GPtrArray *nodes, const char *path)
{
    for (unsigned i = 0; i < nodes->len; i++) {
        const struct store_node *n = g_ptr_array_index(nodes, i);

        if (!strcmp(n->path, path))
            return n->value;
    }
    return NULL;
}

static const struct store_node *find_node(const GPtrArray *nodes, const char *path)
{
    for (unsigned i = 0; i < nodes->len; i++) {
        const struct store_node *n = g_ptr_array_index(nodes, i);

        if (!strcmp(n->path, path))
            return n;
    }
    return NULL;
}

/* The numbers are those of xen-vbd-interface(7). */
static void test_vdev(void **state)
{
    static const struct {
        const char *name;
        int64_t number;
    } rows[] = {
        { "xvda", 51712 },       { "xvda1", 51713 },     { "xvdb", 51728 },
        { "xvdp15", 51967 },     { "xvdq", 268439552 },  { "xvdaa", 268442112 },
        { "xvda16", 268435472 }, { "hda", 768 },         { "hda1", 769 },
        { "hdb", 832 },          { "hdc", 5632 },        { "hdd", 5696 },
        { "sda", 2048 },         { "sdb2", 2066 },       { "d0", 51712 },
        { "d2p3", 51747 },       { "d16", 268439552 },   { "hde", -1 },
        { "sdq", -1 },           { "xvd", -1 },          { "xvda0", -1 },
        { "xvda256", -1 },       { "vda", -1 },          { "", -1 },
        { "xvdA", -1 },          { "xvda1x", -1 },       { "d1p", -1 },
        { "xvdzzzzzzzzzz", -1 }, { "d99999999999", -1 },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++)
        if (plan_vdev(rows[i].name) != rows[i].number)
            fail_msg("%s is %" G_GINT64_FORMAT, rows[i].name, plan_vdev(rows[i].name));
}

static void test_mac(void **state)
{
    static const char *const bad[] = { "",
                                       "00:16:3e:00:00",
                                       "00:16:3e:00:00:0g",
                                       "00-16-3e-00-00-01",
                                       "01:16:3e:00:00:01",
                                       "00:16:3e:00:00:01:" };
    uint8_t uuid[16] = { 1, 2, 3 };
    char a[PLAN_MAC_SIZE], b[PLAN_MAC_SIZE];

    (void)state;
    plan_mac(uuid, 0, a);
    plan_mac(uuid, 0, b);
    assert_string_equal(a, b);
    assert_memory_equal(a, "00:16:3e:", 9);
    assert_true(plan_mac_is_valid(a));
    plan_mac(uuid, 1, b);
    assert_string_not_equal(a, b);
    uuid[15] = 1;
    plan_mac(uuid, 0, b);
    assert_string_not_equal(a, b);
    assert_true(plan_mac_is_valid("00:16:3E:aB:00:01"));
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_false(plan_mac_is_valid(bad[i]));
}

static void test_memory(void **state)
{
    struct machine_config c = { .memory_kib = 262144, .max_vcpus = 2 };
    struct plan_memory m;
    const char *why;

    (void)state;
    assert_true(plan_memory(&c, &m, &why));
    assert_int_equal(m.pages, 65536);
    assert_int_equal(m.static_max_kib, 262144);
    assert_true(m.limit_kib >= 262144 && m.needed_kib > 262144);
    c.max_memory_kib = 524288;
    assert_true(plan_memory(&c, &m, &why));
    assert_int_equal(m.static_max_kib, 524288);
    assert_int_equal(m.pages, 65536);
    c.max_memory_kib = 1024;
    assert_false(plan_memory(&c, &m, &why));
    c = (struct machine_config){ .memory_kib = 0 };
    assert_false(plan_memory(&c, &m, &why));
    c.memory_kib = UINT64_MAX;
    assert_false(plan_memory(&c, &m, &why));
}

static void test_domain_nodes(void **state)
{
    struct machine_config c = { .memory_kib = 4096, .vcpus = 1, .max_vcpus = 2 };
    const struct plan_domain d = { 7, "1.5" };
    const struct plan_channels channels = { 100, 101, 1, 2 };
    g_autoptr(GPtrArray) nodes = store_nodes_new();

    (void)state;
    c.name = (char *)(uintptr_t) "web";
    plan_domain_nodes(nodes, &c, &d);
    plan_channel_nodes(nodes, 7, &channels);
    assert_string_equal(find(nodes, "/local/domain/7/name"), "web");
    assert_string_equal(find(nodes, "/local/domain/7/vm"),
                        "/vm/00000000-0000-0000-0000-000000000000");
    assert_string_equal(find(nodes, "/local/domain/7/cpu/0/availability"), "online");
    assert_string_equal(find(nodes, "/local/domain/7/cpu/1/availability"), "offline");
    assert_string_equal(find(nodes, "/local/domain/7/memory/target"), "4096");
    assert_string_equal(find(nodes, "/local/domain/7/store/ring-ref"), "100");
    assert_string_equal(find(nodes, "/local/domain/7/console/ring-ref"), "101");
    assert_string_equal(find(nodes, "/local/domain/7/console/port"), "2");
    assert_int_equal(find_node(nodes, "/local/domain/7")->access, STORE_READABLE);
    assert_int_equal(find_node(nodes, "/local/domain/7/control/shutdown")->access, STORE_OWNED);
    assert_int_equal(find_node(nodes, "/libxl/7")->access, STORE_PRIVATE);
}

/* A node before what it lies in would be written with the wrong permissions. */
static void check_order(const GPtrArray *nodes)
{
    for (unsigned i = 0; i < nodes->len; i++) {
        const struct store_node *child = g_ptr_array_index(nodes, i);

        for (unsigned j = i + 1; j < nodes->len; j++) {
            const struct store_node *n = g_ptr_array_index(nodes, j);
            size_t length = strlen(n->path);

            if (!strncmp(child->path, n->path, length) && child->path[length] == '/')
                fail_msg("%s comes before %s", child->path, n->path);
        }
    }
}

static void test_devices(void **state)
{
    struct disk_config disk = { .writable = true, .discard = -1 };
    struct nic_config nic = { .rate_bytes = 1000 };
    const struct plan_disk p = { "phy", "/dev/loop3", "7:3", "/x.img" };
    const struct plan_device vbd = { 7, 51712, "vbd", "vbd" }, vif = { 7, 0, "vif", "vif" };
    g_autoptr(GPtrArray) nodes = store_nodes_new();

    (void)state;
    disk.vdev = (char *)(uintptr_t) "xvda";
    plan_disk_nodes(nodes, &vbd, &disk, &p);
    plan_nic_nodes(nodes, &vif, &nic, "00:16:3e:00:00:01", "br0");
    check_order(nodes);
    assert_string_equal(find(nodes, "/local/domain/7/device/vbd/51712/backend"),
                        "/local/domain/0/backend/vbd/7/51712");
    assert_string_equal(find(nodes, "/local/domain/0/backend/vbd/7/51712/physical-device"), "7:3");
    assert_string_equal(find(nodes, "/local/domain/0/backend/vbd/7/51712/mode"), "w");
    assert_string_equal(find(nodes, "/libxl/7/device/vbd/51712/params"), "/dev/loop3");
    assert_string_equal(find(nodes, "/local/domain/0/backend/vif/7/0/rate"), "1000,50000");
    assert_string_equal(find(nodes, "/local/domain/7/device/vif/0/mac"), "00:16:3e:00:00:01");
    assert_int_equal(find_node(nodes, "/local/domain/7/device/vif/0")->access, STORE_OWNED);
    assert_int_equal(find_node(nodes, "/local/domain/0/backend/vif/7/0")->access, STORE_READABLE);
    disk.cdrom = true;
    g_ptr_array_set_size(nodes, 0);
    plan_disk_nodes(nodes, &vbd, &disk, &p);
    assert_string_equal(find(nodes, "/local/domain/0/backend/vbd/7/51712/mode"), "r");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vdev),    cmocka_unit_test(test_mac),
        cmocka_unit_test(test_memory),  cmocka_unit_test(test_domain_nodes),
        cmocka_unit_test(test_devices),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
