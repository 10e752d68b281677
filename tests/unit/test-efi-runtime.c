/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XENPF_efi_runtime_call and EFI information, with a firmware of the test's own behind efi_call().
 */
/* sources: xen/arch/x86/efi/runtime.c xen/arch/x86/efi/info.c */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include <hv/alloc.h>
#include <hv/boot-info.h>
#include <hv/efi.h>
#include <hv/errno.h>
#include <hv/guest-access.h>

#include "../../xen/arch/x86/efi/private.h"

struct boot_info boot_info;
struct efi_system_table efi_system;
struct efi_runtime_services efi_runtime;
uint16_t efi_vendor[EFI_VENDOR_LENGTH] = u"Test firmware";

enum service { GET_TIME = 1, GET_VARIABLE, SET_VARIABLE, NEXT_NAME };

static struct xenpf_efi_runtime_call op;
static uint8_t value[64];
static uint64_t value_size;
static unsigned int calls, blocks;
static const void *no_access; /* the guest may not touch this byte */

/* The test's firmware: one variable, whatever its name. */
efi_status_t efi_call(uint64_t service, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
    uint64_t *size = (uint64_t *)(service == NEXT_NAME ? a : d);

    calls++;
    switch (service) {
    case GET_VARIABLE:
        *(uint32_t *)c = 7;
        if (*size < value_size) {
            *size = value_size;
            return EFI_BUFFER_TOO_SMALL;
        }
        *size = value_size;
        memcpy((void *)e, value, value_size);
        return EFI_SUCCESS;
    case SET_VARIABLE:
        value_size = d;
        memcpy(value, (const void *)e, d);
        return EFI_SUCCESS;
    case NEXT_NAME:
        *size = 4;
        memcpy((void *)b, u"x", 4);
        return EFI_SUCCESS;
    default: return EFI_UNSUPPORTED;
    }
}

static bool guest_may(const void *p, size_t size)
{
    return !no_access || (const char *)no_access < (const char *)p ||
           (const char *)no_access >= (const char *)p + size;
}

int guest_copy_from(void *dst, const void *guest_src, size_t size)
{
    if (!guest_may(guest_src, size))
        return -EFAULT;
    memcpy(dst, guest_src, size);
    return 0;
}

int guest_copy_to(void *guest_dst, const void *src, size_t size)
{
    if (!guest_may(guest_dst, size))
        return -EFAULT;
    memcpy(guest_dst, src, size);
    return 0;
}

void *heap_alloc(size_t size)
{
    blocks++;
    return malloc(size);
}

void *heap_zalloc(size_t size)
{
    blocks++;
    return calloc(1, size);
}

void heap_free(void *p)
{
    blocks -= p != NULL;
    free(p);
}

static uint16_t name[] = u"Boot0000";
static uint8_t data[64];

static int setup(void **state)
{
    (void)state;
    memset(&op, 0, sizeof(op));
    memset(data, 0xee, sizeof(data));
    memcpy(value, "hello", 5);
    value_size = 5;
    calls = 0;
    no_access = NULL;
    efi_runtime = (struct efi_runtime_services){
        .get_time = GET_TIME,
        .get_variable = GET_VARIABLE,
        .set_variable = SET_VARIABLE,
        .get_next_variable_name = NEXT_NAME,
    };
    efi_system.header.signature = EFI_SYSTEM_TABLE_SIGNATURE;
    op.u.get_variable.name.p = name;
    op.u.get_variable.data.p = data;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return blocks; /* all memory was given back */
}

static int call(uint32_t function)
{
    op.function = function;
    return efi_runtime_call(&op);
}

static void test_without_efi(void **state)
{
    union xenpf_efi_info info;

    (void)state;
    memset(&efi_runtime, 0, sizeof(efi_runtime));
    memset(&efi_system, 0, sizeof(efi_system));
    assert_int_equal(call(XEN_EFI_get_time), -ENODEV);
    assert_int_equal(efi_firmware_info(XEN_FW_EFI_VERSION, &info), -ENODEV);
}

static void test_unknown_functions(void **state)
{
    (void)state;
    assert_int_equal(call(0), -EINVAL);
    assert_int_equal(call(12), -EINVAL);
    assert_int_equal(call(~0U), -EINVAL);
    assert_int_equal(call(XEN_EFI_update_capsule), -EOPNOTSUPP);
    assert_int_equal(calls, 0);
}

static void test_unknown_flags(void **state)
{
    (void)state;
    op.misc = 4;
    for (uint32_t f = XEN_EFI_get_time; f <= XEN_EFI_query_variable_info; f++)
        if (f != XEN_EFI_set_variable)
            assert_int_equal(call(f), -EINVAL);
    assert_int_equal(calls, 0);
}

static void test_get_variable(void **state)
{
    (void)state;
    op.u.get_variable.size = 8;
    assert_int_equal(call(XEN_EFI_get_variable), 0);
    assert_int_equal(op.status, EFI_SUCCESS);
    assert_int_equal(op.u.get_variable.size, 5);
    assert_int_equal(op.misc, 7);
    assert_memory_equal(data, "hello\xee", 6); /* nothing behind it is written */
}

static void test_get_variable_too_small(void **state)
{
    (void)state;
    op.u.get_variable.size = 2;
    assert_int_equal(call(XEN_EFI_get_variable), 0);
    assert_int_equal(op.status, EFI_BUFFER_TOO_SMALL);
    assert_int_equal(op.u.get_variable.size, 5);
    assert_int_equal(data[0], 0xee);
}

static void test_set_variable(void **state)
{
    (void)state;
    op.misc = 7; /* attributes, not flags */
    op.u.set_variable.size = 3;
    memcpy(data, "abc", 3);
    assert_int_equal(call(XEN_EFI_set_variable), 0);
    assert_int_equal(value_size, 3);
    assert_memory_equal(value, "abc", 3);
}

static void test_sizes_are_bounded(void **state)
{
    (void)state;
    op.u.get_variable.size = ~0UL;
    assert_int_equal(call(XEN_EFI_get_variable), -E2BIG);
    assert_int_equal(call(XEN_EFI_set_variable), -E2BIG);
    op.u.get_next_variable_name.size = (1U << 20) + 1;
    assert_int_equal(call(XEN_EFI_get_next_variable_name), -E2BIG);
    assert_int_equal(calls, 0);
}

static void test_guest_faults(void **state)
{
    (void)state;
    op.u.get_variable.size = 8;
    no_access = &name[3];
    assert_int_equal(call(XEN_EFI_get_variable), -EFAULT);
    assert_int_equal(call(XEN_EFI_set_variable), -EFAULT);
    assert_int_equal(calls, 0);
    no_access = &data[4];
    assert_int_equal(call(XEN_EFI_set_variable), -EFAULT);
    assert_int_equal(calls, 0);
    assert_int_equal(call(XEN_EFI_get_variable), -EFAULT);
}

static void test_name_without_end(void **state)
{
    static uint16_t endless[2048];

    (void)state;
    memset(endless, 'x', sizeof(endless));
    op.u.get_variable.name.p = endless;
    assert_int_equal(call(XEN_EFI_get_variable), -EINVAL);
    assert_int_equal(calls, 0);
}

static void test_next_name(void **state)
{
    uint16_t buffer[8] = { 0 };

    (void)state;
    op.u.get_next_variable_name.name.p = buffer;
    op.u.get_next_variable_name.size = sizeof(buffer);
    assert_int_equal(call(XEN_EFI_get_next_variable_name), 0);
    assert_int_equal(op.u.get_next_variable_name.size, 4);
    assert_int_equal(buffer[0], 'x');
}

static void test_memory_information(void **state)
{
    const struct efi_memory_descriptor d = { 6, 0, 0x10000, 0, 4, 15 };
    union xenpf_efi_info info = { .mem = { .addr = 0x11000, .size = ~0ULL } };

    (void)state;
    memcpy(boot_info.efi.memory_map, &d, sizeof(d));
    boot_info.efi.memory_map_size = boot_info.efi.descriptor_size = sizeof(d);
    assert_int_equal(efi_firmware_info(XEN_FW_EFI_MEM_INFO, &info), 0);
    assert_int_equal(info.mem.size, 0x3000);
    assert_int_equal(info.mem.type, 6);
    info.mem.addr = 0x14000;
    assert_int_equal(efi_firmware_info(XEN_FW_EFI_MEM_INFO, &info), -ESRCH);
    assert_int_equal(efi_firmware_info(99, &info), -EINVAL);
}

static void test_vendor_is_cut(void **state)
{
    uint16_t buffer[8];
    union xenpf_efi_info info = { .vendor = { .bufsz = 10, .name.p = buffer } };

    (void)state;
    memset(buffer, 0xff, sizeof(buffer));
    assert_int_equal(efi_firmware_info(XEN_FW_EFI_VENDOR, &info), 0);
    assert_memory_equal(buffer, u"Test", 10);
    assert_int_equal(buffer[5], 0xffff);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_without_efi),       T(test_unknown_functions),      T(test_unknown_flags),
        T(test_get_variable),      T(test_get_variable_too_small), T(test_set_variable),
        T(test_sizes_are_bounded), T(test_guest_faults),           T(test_name_without_end),
        T(test_next_name),         T(test_memory_information),     T(test_vendor_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
