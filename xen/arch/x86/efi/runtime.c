/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XENPF_efi_runtime_call: one function per runtime service that dom0 may use. */
#include <hv/alloc.h>
#include <hv/efi.h>
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/string.h>

#include "private.h"

#define MAX_NAME_CHARS 1024U
#define MAX_DATA       (1U << 20)

_Static_assert(sizeof(struct xenpf_efi_guid) == sizeof(struct efi_guid), "both are the UEFI's");
_Static_assert(sizeof(struct xenpf_efi_time) == 16, "the UEFI's EFI_TIME, 8.3");

/* The UEFI's EFI_TIME_CAPABILITIES, 8.3. */
struct time_capabilities {
    uint32_t resolution, accuracy;
    bool sets_to_zero;
};

static int efi_get_time(struct xenpf_efi_runtime_call *op)
{
    struct time_capabilities cap = { 0 };
    struct xenpf_efi_time now = { 0 };

    if (op->misc)
        return -EINVAL;
    op->status = efi_call(efi_runtime.get_time, efi_arg(&now), efi_arg(&cap), 0, 0, 0);
    if (op->status)
        return 0;
    op->u.get_time.time = now;
    op->u.get_time.resolution = cap.resolution;
    op->u.get_time.accuracy = cap.accuracy;
    op->misc = cap.sets_to_zero ? XEN_EFI_GET_TIME_SET_CLEARS_NS : 0;
    return 0;
}

static int efi_set_time(struct xenpf_efi_runtime_call *op)
{
    struct xenpf_efi_time t = op->u.set_time;

    if (op->misc)
        return -EINVAL;
    op->status = efi_call(efi_runtime.set_time, efi_arg(&t), 0, 0, 0, 0);
    return 0;
}

static int efi_get_wakeup_time(struct xenpf_efi_runtime_call *op)
{
    struct xenpf_efi_time t = { 0 };
    bool enabled = false, pending = false;

    if (op->misc)
        return -EINVAL;
    op->status = efi_call(efi_runtime.get_wakeup_time, efi_arg(&enabled), efi_arg(&pending),
                          efi_arg(&t), 0, 0);
    if (op->status)
        return 0;
    op->u.get_wakeup_time = t;
    op->misc = (enabled ? XEN_EFI_GET_WAKEUP_TIME_ENABLED : 0) |
               (pending ? XEN_EFI_GET_WAKEUP_TIME_PENDING : 0);
    return 0;
}

static int efi_set_wakeup_time(struct xenpf_efi_runtime_call *op)
{
    struct xenpf_efi_time t = op->u.set_wakeup_time;
    bool enable = op->misc & XEN_EFI_SET_WAKEUP_TIME_ENABLE;
    bool with_time = !(op->misc & XEN_EFI_SET_WAKEUP_TIME_ENABLE_ONLY);

    if (op->misc & ~(XEN_EFI_SET_WAKEUP_TIME_ENABLE | XEN_EFI_SET_WAKEUP_TIME_ENABLE_ONLY))
        return -EINVAL;
    op->status = efi_call(efi_runtime.set_wakeup_time, enable, with_time ? efi_arg(&t) : 0, 0, 0,
                          0);
    return 0;
}

static int efi_get_next_high_monotonic_count(struct xenpf_efi_runtime_call *op)
{
    uint32_t count = 0;

    if (op->misc)
        return -EINVAL;
    op->status = efi_call(efi_runtime.get_next_high_monotonic_count, efi_arg(&count), 0, 0, 0, 0);
    op->misc = count;
    return 0;
}

/* A variable's name from the guest, with its NUL; to be freed with heap_free(). */
static int name_from_guest(const void *guest, uint16_t **name)
{
    uint16_t *s = heap_alloc(MAX_NAME_CHARS * sizeof(*s));

    if (!s)
        return -ENOMEM;
    for (unsigned int i = 0; i < MAX_NAME_CHARS; i++) {
        if (guest_copy_from(&s[i], (const uint16_t *)guest + i, sizeof(s[i]))) {
            heap_free(s);
            return -EFAULT;
        }
        if (!s[i]) {
            *name = s;
            return 0;
        }
    }
    heap_free(s);
    return -EINVAL;
}

/* A zeroed buffer of the size that a guest named; null if memory is out. */
static void *data_alloc(uint64_t size)
{
    return heap_zalloc(size ? size : 1);
}

static int efi_get_variable(struct xenpf_efi_runtime_call *op)
{
    struct xenpf_efi_guid guid = op->u.get_variable.vendor_guid;
    uint64_t room = op->u.get_variable.size, size = room;
    uint32_t attributes = 0;
    uint16_t *name;
    void *data;
    int ret;

    if (op->misc)
        return -EINVAL;
    if (room > MAX_DATA)
        return -E2BIG;
    ret = name_from_guest(op->u.get_variable.name.p, &name);
    if (ret)
        return ret;
    ret = -ENOMEM;
    data = data_alloc(room);
    if (!data)
        goto free_name;
    op->status = efi_call(efi_runtime.get_variable, efi_arg(name), efi_arg(&guid),
                          efi_arg(&attributes), efi_arg(&size), room ? efi_arg(data) : 0);
    ret = 0;
    if (op->status == EFI_SUCCESS)
        ret = guest_copy_to(op->u.get_variable.data.p, data, MIN(size, room));
    if (op->status == EFI_SUCCESS || op->status == EFI_BUFFER_TOO_SMALL) {
        op->u.get_variable.size = size;
        op->misc = attributes;
    }
    heap_free(data);
free_name:
    heap_free(name);
    return ret;
}

static int efi_set_variable(struct xenpf_efi_runtime_call *op)
{
    struct xenpf_efi_guid guid = op->u.set_variable.vendor_guid;
    uint64_t size = op->u.set_variable.size;
    uint16_t *name;
    void *data;
    int ret;

    if (size > MAX_DATA)
        return -E2BIG;
    ret = name_from_guest(op->u.set_variable.name.p, &name);
    if (ret)
        return ret;
    ret = -ENOMEM;
    data = data_alloc(size);
    if (!data)
        goto free_name;
    ret = size ? guest_copy_from(data, op->u.set_variable.data.p, size) : 0;
    if (!ret)
        op->status = efi_call(efi_runtime.set_variable, efi_arg(name), efi_arg(&guid), op->misc,
                              size, efi_arg(data));
    heap_free(data);
free_name:
    heap_free(name);
    return ret;
}

/* The name is input (the one before, or an empty string) and output in the same buffer. */
static int efi_get_next_variable_name(struct xenpf_efi_runtime_call *op)
{
    struct xenpf_efi_guid guid = op->u.get_next_variable_name.vendor_guid;
    uint64_t room = op->u.get_next_variable_name.size, size = room;
    void *guest = op->u.get_next_variable_name.name.p;
    char *name;
    int ret;

    if (op->misc)
        return -EINVAL;
    if (room > MAX_DATA)
        return -E2BIG;
    name = data_alloc(room);
    if (!name)
        return -ENOMEM;
    ret = room ? guest_copy_from(name, guest, room) : 0;
    if (ret)
        goto free_name;
    op->status = efi_call(efi_runtime.get_next_variable_name, efi_arg(&size), efi_arg(name),
                          efi_arg(&guid), 0, 0);
    if (op->status == EFI_SUCCESS) {
        ret = guest_copy_to(guest, name, MIN(size, room));
        op->u.get_next_variable_name.vendor_guid = guid;
    }
    if (op->status == EFI_SUCCESS || op->status == EFI_BUFFER_TOO_SMALL)
        op->u.get_next_variable_name.size = size;
free_name:
    heap_free(name);
    return ret;
}

static int efi_query_variable_info(struct xenpf_efi_runtime_call *op)
{
    uint64_t store = 0, remaining = 0, largest = 0;

    if (op->misc & ~XEN_EFI_VARINFO_BOOT_SNAPSHOT)
        return -EINVAL;
    /* A service of UEFI 2.0; the snapshot would be one of boot services, of which we keep none. */
    if (efi_runtime.header.revision < EFI_REVISION_2_00 || op->misc)
        return -EOPNOTSUPP;
    op->status = efi_call(efi_runtime.query_variable_info, op->u.query_variable_info.attr,
                          efi_arg(&store), efi_arg(&remaining), efi_arg(&largest), 0);
    op->u.query_variable_info.max_store_size = store;
    op->u.query_variable_info.remain_store_size = remaining;
    op->u.query_variable_info.max_size = largest;
    return 0;
}

/* Capsules hold machine addresses throughout: they go by the firmware's own update disk instead. */
static int efi_no_capsule(struct xenpf_efi_runtime_call *op __unused)
{
    return -EOPNOTSUPP;
}

int efi_runtime_call(struct xenpf_efi_runtime_call *op)
{
    static int (*const functions[])(struct xenpf_efi_runtime_call *) = {
        [XEN_EFI_get_time] = efi_get_time,
        [XEN_EFI_set_time] = efi_set_time,
        [XEN_EFI_get_wakeup_time] = efi_get_wakeup_time,
        [XEN_EFI_set_wakeup_time] = efi_set_wakeup_time,
        [XEN_EFI_get_next_high_monotonic_count] = efi_get_next_high_monotonic_count,
        [XEN_EFI_get_variable] = efi_get_variable,
        [XEN_EFI_set_variable] = efi_set_variable,
        [XEN_EFI_get_next_variable_name] = efi_get_next_variable_name,
        [XEN_EFI_query_variable_info] = efi_query_variable_info,
        [XEN_EFI_query_capsule_capabilities] = efi_no_capsule,
        [XEN_EFI_update_capsule] = efi_no_capsule,
    };

    if (!efi_runtime.get_time)
        return -ENODEV;
    if (op->function >= ARRAY_SIZE(functions) || !functions[op->function])
        return -EINVAL;
    return functions[op->function](op);
}
