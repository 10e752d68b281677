/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configurations in xl's JSON: what xl wrote is understood, what we write comes back, rubbish is
 * refused. */
/* sources: dom0/daemon/xl-json.c dom0/daemon/xl-json-read.c dom0/toolstack/config.c
   dom0/toolstack/config-text.c dom0/toolstack/config-keys.c dom0/toolstack/config-disk.c
   dom0/toolstack/config-nic.c dom0/toolstack/config-screen.c dom0/toolstack/config-cpus.c */
/* pkgs: glib-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dom0/daemon/xl-json.h>

#include <string.h>

static struct machine_config *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    struct machine_config *c = machine_config_parse(text, strlen(text), "x", NULL, &error);

    if (!c)
        fail_msg("%s in:\n%s", error->message, text);
    return c;
}

static struct machine_config *from_json(const char *json)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = xl_json_read(json, strlen(json), &error);

    if (!text)
        fail_msg("%s", error->message);
    return parse(text);
}

/* As xl 4.17 writes it. */
static const char of_xl[] =
    "{\n    \"c_info\": {\n        \"type\": \"pv\",\n        \"name\": \"g1\",\n"
    "        \"uuid\": \"03b0e080-f552-451b-82b3-f58e68d9d919\",\n"
    "        \"run_hotplug_scripts\": \"True\"\n    },\n    \"b_info\": {\n"
    "        \"max_vcpus\": 2,\n        \"avail_vcpus\": [\n            0\n        ],\n"
    "        \"max_memkb\": 131072,\n        \"target_memkb\": 98304,\n"
    "        \"video_memkb\": 0,\n        \"sched_params\": {\n"
    "            \"sched\": \"credit2\",\n            \"weight\": 256,\n            \"cap\": 0\n"
    "        },\n        \"claim_mode\": \"True\",\n        \"kernel\": \"/s/vmlinuz\",\n"
    "        \"cmdline\": \"console=hvc0 root=/dev/ram0\",\n"
    "        \"ramdisk\": \"/s/ginitrd.gz\",\n        \"type.pv\": {\n\n        },\n"
    "        \"arch_arm\": {\n\n        },\n        \"arch_x86\": {\n"
    "            \"msr_relaxed\": \"False\"\n        }\n    },\n    \"disks\": [\n        {\n"
    "            \"pdev_path\": \"/s/a b, c\",\n            \"vdev\": \"xvda\",\n"
    "            \"format\": \"raw\"\n        },\n        {\n"
    "            \"pdev_path\": \"/s/x.img\",\n            \"vdev\": \"xvdb\",\n"
    "            \"format\": \"qcow2\",\n            \"readwrite\": 1\n        }\n    ],\n"
    "    \"nics\": [\n        {\n            \"devid\": 0,\n"
    "            \"mac\": \"00:16:3e:01:02:03\",\n            \"bridge\": \"xenbr0\"\n"
    "        }\n    ],\n    \"on_reboot\": \"restart\",\n    \"on_crash\": \"rename_restart\",\n"
    "    \"on_soft_reset\": \"soft_reset\"\n}\n";

static void test_of_xl(void **state)
{
    struct machine_config *c = from_json(of_xl);

    (void)state;
    assert_string_equal(c->name, "g1");
    assert_true(c->uuid_given);
    assert_int_equal(c->uuid[0], 0x03);
    assert_int_equal(c->memory_kib, 98304);
    assert_int_equal(c->max_memory_kib, 131072);
    assert_int_equal(c->vcpus, 1);
    assert_int_equal(c->max_vcpus, 2);
    assert_int_equal(c->cpu_weight, -1);
    assert_string_equal(c->kernel, "/s/vmlinuz");
    assert_string_equal(c->cmdline, "console=hvc0 root=/dev/ram0");
    assert_int_equal(c->n_disks, 2);
    assert_string_equal(c->disks[0].target, "/s/a b, c");
    assert_false(c->disks[0].writable);
    assert_int_equal(c->disks[1].format, DISK_QCOW2);
    assert_true(c->disks[1].writable);
    assert_int_equal(c->n_nics, 1);
    assert_string_equal(c->nics[0].mac, "00:16:3e:01:02:03");
    assert_int_equal(c->on_crash, ACTION_RENAME_RESTART);
    machine_config_free(c);
}

static void test_round_trip(void **state)
{
    struct machine_config *c = parse(
        "name='a b-c'\nuuid='03b0e080-f552-451b-82b3-f58e68d9d919'\nmemory=64\nmaxmem=96\n"
        "vcpus=2\nmaxvcpus=4\nkernel='/k'\nramdisk='/r'\ncmdline='x=\"1 2\" \\\\ "
        "y'\ncpu_weight=100\n"
        "disk=['vdev=hdc,devtype=cdrom,access=ro,target=', '/d,raw,xvda,w']\n"
        "vif=['mac=00:16:3e:00:00:09,vifname=v0']\non_poweroff='preserve'\n");
    g_autofree char *json = xl_json_write(c);
    struct machine_config *back = from_json(json);

    (void)state;
    assert_string_equal(back->name, c->name);
    assert_memory_equal(back->uuid, c->uuid, 16);
    assert_int_equal(back->memory_kib, 64 << 10);
    assert_int_equal(back->max_memory_kib, 96 << 10);
    assert_int_equal(back->vcpus, 2);
    assert_int_equal(back->max_vcpus, 4);
    assert_string_equal(back->cmdline, c->cmdline);
    assert_int_equal(back->cpu_weight, 100);
    assert_int_equal(back->cap, -1);
    assert_int_equal(back->n_disks, 2);
    assert_true(back->disks[0].cdrom);
    assert_null(back->disks[0].target);
    assert_true(back->disks[1].writable);
    assert_string_equal(back->nics[0].ifname, "v0");
    assert_int_equal(back->on_poweroff, ACTION_PRESERVE);
    machine_config_free(c);
    machine_config_free(back);
}

static void test_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "{",
        "[1,2",
        "{\"a\":}",
        "{\"a\" 1}",
        "{\"c_info\":{\"name\":\"x\"}",
        "{\"c_info\":{\"name\":\"x}}",
        "{\"c_info\":{\"name\":\"\\u00\"}}",
        "{\"c_info\":{\"name\":\"\\ud800\"}}",
        "{\"c_info\":{\"name\":\"\\u0000\"}}",
        "{\"c_info\":{}}",
        "[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]",
        "{\"c_info\":{\"name\":\"x\"}} more",
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text = xl_json_read(bad[i], strlen(bad[i]), &error);

        if (text)
            fail_msg("%s is taken", bad[i]);
        assert_non_null(error);
    }
    /* Cut off at any byte: an error, and no byte read beyond. */
    for (size_t n = 0; n + 2 < strlen(of_xl); n++) {
        g_autofree char *part = g_memdup2(of_xl, n ? n : 1);
        g_autofree char *text = xl_json_read(part, n, NULL);

        assert_null(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_of_xl),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
