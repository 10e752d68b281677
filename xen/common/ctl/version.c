/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xen_version: what this hypervisor is and can do. The strings fill their fields with zeroes. */
#include <hv/speculation.h>
#include <hv/version.h>

#include <hv/boot-info.h>
#include <hv/ctl.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/string.h>

#include <asm/current.h>

#define DENIED "<denied>"

static const char *unless_denied(const char *text)
{
    return current->domain->is_privileged ? text : DENIED;
}

/* Copies a string out as a field of @size bytes. */
static long put_string(void *arg, const char *text, size_t size)
{
    char field[sizeof(xen_capabilities_info_t)] = { 0 };

    strlcpy(field, text, size);
    return guest_copy_to(arg, field, size);
}

static long version(void *arg __unused)
{
    return ABI_VERSION_MAJOR << 16 | ABI_VERSION_MINOR;
}

static long extraversion(void *arg)
{
    return put_string(arg, version_extra, sizeof(xen_extraversion_t));
}

static long compile_info(void *arg)
{
    struct xen_compile_info info = { 0 };

    strlcpy(info.compiler, unless_denied(version_compiler), sizeof(info.compiler));
    strlcpy(info.compile_by, unless_denied("domus"), sizeof(info.compile_by));
    strlcpy(info.compile_domain, unless_denied(""), sizeof(info.compile_domain));
    strlcpy(info.compile_date, unless_denied(""), sizeof(info.compile_date));
    return guest_copy_to(arg, &info, sizeof(info));
}

static long capabilities(void *arg)
{
    return put_string(arg, "xen-3.0-x86_64 ", sizeof(xen_capabilities_info_t));
}

static long changeset(void *arg)
{
    return put_string(arg, unless_denied(version_commit), sizeof(xen_changeset_info_t));
}

static long platform_parameters(void *arg)
{
    struct xen_platform_parameters p = { .virt_start = HYPERVISOR_VIRT_START };

    return guest_copy_to(arg, &p, sizeof(p));
}

static long get_features(void *arg)
{
    struct xen_feature_info info;

    if (guest_copy_from(&info, arg, sizeof(info)))
        return -EFAULT;
    if (info.submap_idx >= XENFEAT_NR_SUBMAPS)
        return -EINVAL;
    info.submap = 1U << XENFEAT_mmu_pt_update_preserve_ad | 1U << XENFEAT_highmem_assist |
                  1U << XENFEAT_gnttab_map_avail_bits | 1U << XENFEAT_memory_op_vnode_supported |
                  1U << XENFEAT_direct_mapped;
    if (current->domain->is_hardware)
        info.submap |= 1U << XENFEAT_dom0;
    return guest_copy_to(arg, &info, sizeof(info));
}

static long pagesize(void *arg)
{
    return arg ? -EINVAL : (long)PAGE_SIZE;
}

static long guest_handle(void *arg)
{
    return guest_copy_to(arg, current->domain->handle, sizeof(current->domain->handle));
}

static long commandline(void *arg)
{
    return put_string(arg, unless_denied(boot_info.cmdline), sizeof(xen_commandline_t));
}

/* The linker's note with the hash of the image, and its end. */
extern const char build_id_note[], build_id_note_end[];

/* A note's header; the name ("GNU") follows, then the description: the id. */
struct note {
    uint32_t name_size, desc_size, type;
    char name[4];
    uint8_t desc[];
};

/* Without an argument, the size alone. */
static long build_id(void *arg)
{
    const struct note *n = (const struct note *)build_id_note;
    struct xen_build_id *guest = arg;
    struct xen_build_id id;

    if (build_id_note_end - build_id_note < (long)sizeof(*n))
        return -ENODATA;
    if (arg) {
        if (guest_copy_from(&id, guest, offsetof(struct xen_build_id, buf)))
            return -EFAULT;
        if (!id.len)
            return -EINVAL;
        if (id.len < n->desc_size)
            return -ENOBUFS;
        if (guest_copy_to(guest->buf, n->desc, n->desc_size))
            return -EFAULT;
    }
    return (long)n->desc_size;
}

static long (*const ops[])(void *) = {
    [XENVER_version] = version,           [XENVER_extraversion] = extraversion,
    [XENVER_compile_info] = compile_info, [XENVER_capabilities] = capabilities,
    [XENVER_changeset] = changeset,       [XENVER_platform_parameters] = platform_parameters,
    [XENVER_get_features] = get_features, [XENVER_pagesize] = pagesize,
    [XENVER_guest_handle] = guest_handle, [XENVER_commandline] = commandline,
    [XENVER_build_id] = build_id,
};

long do_xen_version(unsigned long cmd, unsigned long arg, unsigned long a3 __unused,
                    unsigned long a4 __unused, unsigned long a5 __unused)
{
    unsigned int op = (unsigned int)cmd;

    if (op >= ARRAY_SIZE(ops))
        return -ENOSYS;
    return ops[index_clamp((uint32_t)op, ARRAY_SIZE(ops))]((void *)arg);
}
