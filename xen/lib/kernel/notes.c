/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Xen notes of a kernel: each known note fills its part of struct kernel_info. */
#include <hv/errno.h>
#include <hv/string.h>

#include "private.h"

struct note {
    uint32_t type;
    const uint8_t *desc;
    uint32_t size;
};

/* Features by the names that XEN_ELFNOTE_FEATURES uses. */
static const char *const feature_names[] = {
#define FEATURE(name) [XENFEAT_##name] = #name
    FEATURE(writable_page_tables),
    FEATURE(writable_descriptor_tables),
    FEATURE(auto_translated_physmap),
    FEATURE(supervisor_mode_kernel),
    FEATURE(pae_pgdir_above_4gb),
    FEATURE(mmu_pt_update_preserve_ad),
    FEATURE(highmem_assist),
    FEATURE(gnttab_map_avail_bits),
    FEATURE(hvm_callback_vector),
    FEATURE(hvm_safe_pvclock),
    FEATURE(hvm_pirqs),
    FEATURE(dom0),
    FEATURE(memory_op_vnode_supported),
    FEATURE(ARM_SMCCC_supported),
    FEATURE(linux_rsdp_unrestricted),
    FEATURE(not_direct_mapped),
    FEATURE(direct_mapped),
#undef FEATURE
};

static const char *take_number(const struct note *n, uint64_t *value)
{
    *value = 0;
    if (n->size != 4 && n->size != 8)
        return "a note that must be a number has another size than 4 or 8";
    memcpy(value, n->desc, n->size);
    return NULL;
}

static const char *take_flagged(const struct note *n, bool *has, uint64_t *value)
{
    *has = true;
    return take_number(n, value);
}

static const char *take_bool(const struct note *n, bool *flag)
{
    uint64_t value;
    const char *why = take_number(n, &value);

    *flag = value;
    return why;
}

static size_t string_length(const struct note *n)
{
    return strnlen((const char *)n->desc, n->size);
}

static const char *take_string(const struct note *n, char *out)
{
    size_t length = string_length(n);

    if (length >= KERNEL_STRING_MAX)
        length = KERNEL_STRING_MAX - 1;
    memcpy(out, n->desc, length);
    out[length] = '\0';
    return NULL;
}

static bool string_has(const struct note *n, const char *word)
{
    size_t length = string_length(n), want = strlen(word);

    for (size_t i = 0; i + want <= length; i++)
        if (!memcmp(n->desc + i, word, want))
            return true;
    return false;
}

static int feature_find(const char *name, size_t length)
{
    for (size_t i = 0; i < ARRAY_SIZE(feature_names); i++)
        if (feature_names[i] && strlen(feature_names[i]) == length &&
            !memcmp(feature_names[i], name, length))
            return i;
    return -1;
}

/* name|name|!name: the last kind is required. Names we do not know matter only if required. */
static const char *take_features(const struct note *n, struct kernel_info *info)
{
    const char *at = (const char *)n->desc, *end = at + string_length(n);

    while (at < end) {
        const char *bar = memchr(at, '|', end - at);
        const char *stop = bar ? bar : end;
        bool required = *at == '!' && at < stop;
        int bit = feature_find(at + required, stop - at - required);

        if (bit < 0 && required)
            return "it requires a feature that this hypervisor does not know";
        if (bit >= 0)
            info->features_supported |= 1U << bit;
        if (bit >= 0 && required)
            info->features_required |= 1U << bit;
        at = stop + 1;
    }
    return NULL;
}

static const char *take_supported(const struct note *n, struct kernel_info *info)
{
    uint64_t value;
    const char *why = take_number(n, &value);

    info->has_supported_features = true;
    info->features_supported |= value;
    return why;
}

/* Entries of a page table are as wide as machine addresses: 8 bytes in all PV kernels of today. */
static const char *take_l1_valid(const struct note *n, struct kernel_info *info)
{
    uint32_t pairs = n->size / sizeof(info->l1_pairs[0]);

    if (n->size % sizeof(info->l1_pairs[0]) || pairs > KERNEL_L1_PAIRS)
        return "its L1_MFN_VALID note has an odd size";
    memcpy(info->l1_pairs, n->desc, n->size);
    info->nr_l1_pairs = pairs;
    return NULL;
}

/* lint: long table */
static const char *note_take(const struct note *n, struct notes_result *r)
{
    struct kernel_info *info = r->info;

    switch (n->type) {
    case XEN_ELFNOTE_ENTRY: return take_flagged(n, &r->has_entry, &info->entry);
    case XEN_ELFNOTE_HYPERCALL_PAGE:
        return take_flagged(n, &info->has_hypercall_page, &info->hypercall_page);
    case XEN_ELFNOTE_VIRT_BASE: return take_number(n, &info->virt_base);
    case XEN_ELFNOTE_PADDR_OFFSET: return take_number(n, &r->paddr_offset);
    case XEN_ELFNOTE_XEN_VERSION: return take_string(n, info->xen_version);
    case XEN_ELFNOTE_GUEST_OS: return take_string(n, info->guest_os);
    case XEN_ELFNOTE_GUEST_VERSION: return take_string(n, info->guest_version);
    case XEN_ELFNOTE_LOADER: return take_string(n, info->loader);
    case XEN_ELFNOTE_PAE_MODE: info->pae_bimodal = string_has(n, "bimodal"); return NULL;
    case XEN_ELFNOTE_FEATURES: return take_features(n, info);
    case XEN_ELFNOTE_BSD_SYMTAB: info->bsd_symtab = string_has(n, "yes"); return NULL;
    case XEN_ELFNOTE_HV_START_LOW:
        return take_flagged(n, &info->has_hv_start_low, &info->hv_start_low);
    case XEN_ELFNOTE_L1_MFN_VALID: return take_l1_valid(n, info);
    case XEN_ELFNOTE_SUSPEND_CANCEL: return take_bool(n, &info->suspend_cancel);
    case XEN_ELFNOTE_INIT_P2M: return take_flagged(n, &info->has_init_p2m, &info->init_p2m);
    case XEN_ELFNOTE_MOD_START_PFN: return take_bool(n, &info->mod_start_pfn);
    case XEN_ELFNOTE_SUPPORTED_FEATURES: return take_supported(n, info);
    case XEN_ELFNOTE_PHYS32_ENTRY:
        return take_flagged(n, &info->has_phys32_entry, &info->phys32_entry);
    default: return NULL;
    }
}

/* Notes stand one behind the other; name and contents are each padded to 4 bytes. */
static const char *notes_take(const uint8_t *at, uint64_t size, struct notes_result *r)
{
    const char *why = NULL;

    while (!why && size >= sizeof(struct elf_note)) {
        struct elf_note h;
        struct note n;
        uint64_t name, whole;

        memcpy(&h, at, sizeof(h));
        name = sizeof(h) + ROUND_UP((uint64_t)h.namesz, 4);
        whole = name + ROUND_UP((uint64_t)h.descsz, 4);
        /* The last one's padding may be missing. */
        if (name > size || h.descsz > size - name)
            return "a note goes beyond the end of its segment";
        n = (struct note){ h.type, at + name, h.descsz };
        if (h.namesz == 4 && !memcmp(at + sizeof(h), "Xen", 4)) {
            r->found = true;
            why = note_take(&n, r);
        }
        whole = MIN(whole, size);
        at += whole;
        size -= whole;
    }
    return why;
}

const char *notes_read(const struct elf_file *elf, struct notes_result *r)
{
    const char *why = NULL;

    for (unsigned int i = 0; i < elf->phnum && !why; i++) {
        struct elf64_phdr p = elf_phdr(elf, i);

        if (p.type != ELF_PT_NOTE)
            continue;
        if (!elf_has(elf, p.offset, p.filesz))
            return "the ELF file is truncated: its notes lie beyond its end";
        why = notes_take(elf->data + p.offset, p.filesz, r);
    }
    for (unsigned int i = 0; i < elf->shnum && !why && !r->found; i++) {
        struct elf64_shdr s = elf_shdr(elf, i);

        if (s.type != ELF_SHT_NOTE)
            continue;
        if (!elf_has(elf, s.offset, s.size))
            return "the ELF file is truncated: its notes lie beyond its end";
        why = notes_take(elf->data + s.offset, s.size, r);
    }
    return why;
}
