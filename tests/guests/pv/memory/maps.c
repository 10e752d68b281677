/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory maps, the machine's and ours, and where the machine-to-physical table lies. */
#include "memory.h"

#define RAM      1
#define MAX_SETS 1024U

struct entry {
    uint64_t start, size;
    uint32_t type;
} __attribute__((packed));

static struct entry map[MAX_SETS + 1];

static long get(unsigned int op, unsigned int *count, void *buffer)
{
    struct xen_memory_map m = { .nr_entries = *count };
    long ret;

    m.buffer.p = buffer;
    ret = memory_op(op, &m);
    *count = m.nr_entries;
    return ret;
}

static void test_machine(void)
{
    unsigned int count = 0, needed;
    uint64_t ram = 0, end = 0;

    check_equal(get(XENMEM_machine_memory_map, &count, NULL), 0);
    needed = count;
    count = 200;
    check_equal(get(XENMEM_machine_memory_map, &count, NULL), 0);
    check_equal(count, needed);
    /* The incumbent wants room for one more than it returns. */
    count = needed + 1;
    check_equal(get(XENMEM_machine_memory_map, &count, map), 0);
    check_equal(count, needed);
    for (unsigned int i = 0; i < count; i++) {
        check(map[i].start >= end);
        end = map[i].start + map[i].size;
        if (map[i].type == RAM)
            ram += map[i].size;
        else if (map[i].start <= 0xfee00000 && end > 0xfee00000)
            check(end >= 0xfef00000);
    }
    check(count == needed && ram >> 20 > 500);
    count = needed - 1;
    check_equal(get(XENMEM_machine_memory_map, &count, map), -XEN_EINVAL);
    check_equal(count, needed - 1);
    count = 128;
    check_equal(get(XENMEM_machine_memory_map, &count, UNMAPPED), -XEN_EFAULT);
    check_equal(memory_op(XENMEM_machine_memory_map, UNMAPPED), -XEN_EFAULT);
}

static long set(domid_t domid, unsigned int count, void *buffer)
{
    struct xen_foreign_memory_map f = { .domid = domid, .map = { .nr_entries = count } };

    f.map.buffer.p = buffer;
    return memory_op(XENMEM_set_memory_map, &f);
}

static void test_ours(void)
{
    unsigned int count = 5;

    check_equal(memory_op(XENMEM_memory_map, UNMAPPED), -XEN_EFAULT);
    check_equal(get(XENMEM_memory_map, &count, map), -XEN_ENOSYS);
    check_equal(memory_op(XENMEM_set_memory_map, UNMAPPED), -XEN_EFAULT);
    check_equal(set(NO_DOMAIN, 1, map), -XEN_ESRCH);
    check_equal(set(NO_DOMAIN, MAX_SETS + 1, map), -XEN_EINVAL);
    check_equal(set(DOMID_SELF, MAX_SETS + 1, map), -XEN_EINVAL);
    check_equal(set(DOMID_SELF, ~0U, map), -XEN_EINVAL);
    check_equal(set(DOMID_SELF, MAX_SETS, map), 0);
    check_equal(set(DOMID_SELF, 3, UNMAPPED), -XEN_EFAULT);
    map[2] = (struct entry){ .start = 0x1000, .size = 0x5000, .type = 9 };
    check_equal(set(DOMID_SELF, 3, map), 0);
    memset(map, 0, sizeof(map));
    check_equal(get(XENMEM_memory_map, &count, map), 0);
    check_equal(count, 3);
    check(map[2].start == 0x1000 && map[2].size == 0x5000 && map[2].type == 9);
    count = 2;
    check_equal(get(XENMEM_memory_map, &count, map), 0);
    check_equal(count, 2);
    check_equal(get(XENMEM_memory_map, &count, UNMAPPED), -XEN_EFAULT);
    check_equal(get(XENMEM_memory_map, &count, NULL), -XEN_EFAULT);
    check_equal(set(DOMID_SELF, 0, map), 0);
    check_equal(get(XENMEM_memory_map, &count, map), -XEN_ENOSYS);
}

static void test_table(void)
{
    struct xen_machphys_mapping where;
    struct xen_machphys_mfn_list list = { .max_extents = 64 };
    unsigned long frames[64] = { 0 };

    check_equal(memory_op(XENMEM_machphys_mapping, UNMAPPED), -XEN_EFAULT);
    check_equal(memory_op(XENMEM_machphys_mapping, &where), 0);
    check_equal(where.v_start, MACH2PHYS_VIRT_START);
    check_equal(where.v_end, MACH2PHYS_VIRT_END);
    check_equal(where.max_mfn + 1, memory_op(XENMEM_maximum_ram_page, NULL));
    list.extent_start.p = frames;
    check_equal(memory_op(XENMEM_machphys_mfn_list, &list), 0);
    check_equal(list.nr_extents, (where.max_mfn * 8 >> 21) + 1);
    for (unsigned int i = 0; i < list.nr_extents; i++)
        check(frames[i] && frames[i] % 512 == 0);
    list.max_extents = 0;
    check_equal(memory_op(XENMEM_machphys_mfn_list, &list), 0);
    check_equal(list.nr_extents, 0);
    list.max_extents = 1;
    list.extent_start.p = UNMAPPED;
    check_equal(memory_op(XENMEM_machphys_mfn_list, &list), -XEN_EFAULT);
    check_equal(memory_op(XENMEM_machphys_mfn_list, UNMAPPED), -XEN_EFAULT);
    check_equal(memory_op(XENMEM_machphys_compat_mfn_list, &list), -XEN_EOPNOTSUPP);
}

void test_maps(void)
{
    test_machine();
    test_ours();
    test_table();
}
