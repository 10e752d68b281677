/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The migration stream: two layers of headers and records, as the documents
 * libxl-migration-stream and libxc-migration-stream define them. The reader takes nothing for
 * granted: what it returns lies inside the record, and counts are bounded. It does no I/O of its
 * own.
 */
#ifndef DOM0_TOOLSTACK_STREAM_H
#define DOM0_TOOLSTACK_STREAM_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stream_record {
    RECORD_END = 0,
    RECORD_PAGE_DATA = 1,
    RECORD_PV_INFO = 2,
    RECORD_PV_P2M_FRAMES = 3,
    RECORD_PV_VCPU_BASIC = 4,
    RECORD_PV_VCPU_EXTENDED = 5,
    RECORD_PV_VCPU_XSAVE = 6,
    RECORD_SHARED_INFO = 7,
    RECORD_TSC_INFO = 8,
    RECORD_PV_VCPU_MSRS = 12,
    RECORD_VERIFY = 13,
    RECORD_STATIC_DATA_END = 16,
    RECORD_CPUID_POLICY = 17,
    RECORD_MSR_POLICY = 18,
};
#define RECORD_OPTIONAL (1U << 31)

#define STREAM_PAGE_SIZE  4096UL
#define STREAM_BATCH      1024U /* pages in one record */
#define STREAM_RECORD_MAX (STREAM_BATCH * (STREAM_PAGE_SIZE + 8) + 8)
#define STREAM_PFNS_MAX   (1ULL << 28) /* 1 TiB: what a stream may make us allocate for */
#define STREAM_TYPE_PV    1
#define STREAM_PFN_MASK   ((1ULL << 52) - 1)

/* Page types: bits 63 to 60 of a pfn in a record. */
#define STREAM_TYPE_SHIFT  60
#define PAGE_NORMAL        0x0
#define PAGE_TABLE_LAST    0x4
#define PAGE_PINNED        0x8
#define PAGE_BROKEN        0xd
#define PAGE_ALLOCATE_ONLY 0xe
#define PAGE_INVALID       0xf

struct stream_source {
    /* All of `size` bytes, or false. */
    bool (*read)(void *opaque, void *buffer, size_t size);
    void *opaque;
};

/*
 * Reads up to the first record of the inner stream. What stands before the outer one (the header
 * that xl puts there) is skipped. False with one sentence in *why.
 */
bool stream_read_headers(const struct stream_source *source, const char **why);
/* Reads the next record; the body is without padding. */
bool stream_read_record(const struct stream_source *source, uint32_t *type, GByteArray *body,
                        const char **why);

struct stream_pages {
    uint32_t count;
    const uint8_t *pfns;  /* count numbers of 8 bytes, maybe not aligned: stream_pfn() */
    const uint8_t *pages; /* n_pages of them */
    uint32_t n_pages;
};
bool stream_parse_pages(const GByteArray *body, struct stream_pages *pages, const char **why);
uint64_t stream_pfn(const struct stream_pages *pages, uint32_t index);
/* Whether a page of that type has its contents in the stream. */
bool stream_type_has_data(unsigned type);
bool stream_type_is_table(unsigned type);

struct stream_p2m_frames {
    uint64_t max_pfn; /* the last frame that the guest knows of */
    uint64_t count;   /* frames of the list itself */
    const uint8_t *pfns;
};
bool stream_parse_p2m_frames(const GByteArray *body, struct stream_p2m_frames *frames,
                             const char **why);
bool stream_parse_vcpu(const GByteArray *body, uint32_t *vcpu, const uint8_t **data, size_t *size,
                       const char **why);

/* The headers, and a record's head; both are written as they are. */
void stream_make_headers(GByteArray *out, unsigned hypervisor_major, unsigned hypervisor_minor);
void stream_make_record(GByteArray *out, uint32_t type, const void *body, size_t size);
/* The head of a PAGE_DATA record of which the pages follow. */
void stream_make_pages_head(GByteArray *out, const uint64_t *pfns, uint32_t count,
                            uint32_t n_pages);

#endif
