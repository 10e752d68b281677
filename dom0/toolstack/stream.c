/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The migration stream's headers and records. */
#include <dom0/toolstack/stream.h>

#include <string.h>

#define OUTER_IDENT      "LibxlFmt"
#define OUTER_VERSION    2
#define OUTER_CONTEXT    1 /* the record behind which the inner stream stands */
#define INNER_ID         0x58454e46
#define INNER_VERSION    3
#define INNER_OLD        2
#define BIG_ENDIAN_OUTER 1U
#define PAGE_SHIFT       12
#define PFNS_PER_FRAME   (STREAM_PAGE_SIZE / 8)

/* xl's own header: 32 bytes of magic, three words, and the length of a configuration behind it. */
#define XL_MAGIC_SIZE 32
#define XL_MAGIC      "Xen saved domain, xl format\n"
#define XL_CONFIG_MAX (1U << 20)

static uint32_t load32(const uint8_t *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof(v));
    return GUINT32_FROM_LE(v);
}

static uint64_t load64(const uint8_t *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof(v));
    return GUINT64_FROM_LE(v);
}

static uint32_t load32_be(const uint8_t *p)
{
    return GUINT32_SWAP_LE_BE(load32(p));
}

static bool skip(const struct stream_source *s, size_t size)
{
    uint8_t waste[512];

    for (; size; size -= MIN(size, sizeof(waste)))
        if (!s->read(s->opaque, waste, MIN(size, sizeof(waste))))
            return false;
    return true;
}

/* Behind the first 16 bytes of an xl file: the rest of its header, then the outer header's. */
static bool skip_xl_header(const struct stream_source *s, uint8_t head[16], const char **why)
{
    uint8_t rest[XL_MAGIC_SIZE];
    uint32_t length;

    *why = "xl's header is cut off";
    if (!s->read(s->opaque, rest, XL_MAGIC_SIZE))
        return false;
    length = load32(rest + 28);
    *why = "xl's header says an unlikely length";
    if (length > XL_CONFIG_MAX)
        return false;
    *why = "xl's header is cut off";
    return skip(s, length) && s->read(s->opaque, head, 16);
}

static bool read_outer(const struct stream_source *s, const char **why)
{
    uint8_t head[16];

    *why = "the file is empty or cut off";
    if (!s->read(s->opaque, head, sizeof(head)))
        return false;
    if (!memcmp(head, XL_MAGIC, sizeof(head)) && !skip_xl_header(s, head, why))
        return false;
    *why = "it is no saved domain";
    if (memcmp(head, OUTER_IDENT, 8))
        return false;
    *why = "it is a saved domain of another version or byte order";
    if (load32_be(head + 8) != OUTER_VERSION || load32_be(head + 12) & BIG_ENDIAN_OUTER)
        return false;
    *why = "the saved domain does not begin with its memory";
    return s->read(s->opaque, head, 8) && load32(head) == OUTER_CONTEXT && !load32(head + 4);
}

bool stream_read_headers(const struct stream_source *s, const char **why)
{
    uint8_t image[24], domain[16];
    uint32_t version;

    if (!read_outer(s, why))
        return false;
    *why = "the image's header is cut off";
    if (!s->read(s->opaque, image, sizeof(image)) || !s->read(s->opaque, domain, sizeof(domain)))
        return false;
    version = load32_be(image + 12);
    *why = "the image is of another version or byte order";
    if (load64(image) != UINT64_MAX || load32_be(image + 8) != INNER_ID ||
        (version != INNER_VERSION && version != INNER_OLD) || image[17] & 1)
        return false;
    *why = "the saved domain is not a PV domain with pages of 4 KiB";
    return load32(domain) == STREAM_TYPE_PV && domain[4] == PAGE_SHIFT && !domain[5];
}

bool stream_read_record(const struct stream_source *s, uint32_t *type, GByteArray *body,
                        const char **why)
{
    uint8_t head[8], padding[8];
    uint32_t size;

    *why = "the saved domain is cut off";
    if (!s->read(s->opaque, head, sizeof(head)))
        return false;
    *type = load32(head);
    size = load32(head + 4);
    if (size > STREAM_RECORD_MAX) {
        *why = "a record is longer than any should be";
        return false;
    }
    g_byte_array_set_size(body, size);
    if (size && !s->read(s->opaque, body->data, size))
        return false;
    return !(size % 8) || s->read(s->opaque, padding, 8 - size % 8);
}

bool stream_type_has_data(unsigned type)
{
    return type < PAGE_BROKEN;
}

bool stream_type_is_table(unsigned type)
{
    unsigned level = type & ~PAGE_PINNED;

    return type < PAGE_BROKEN && level >= 1 && level <= PAGE_TABLE_LAST;
}

uint64_t stream_pfn(const struct stream_pages *p, uint32_t index)
{
    return load64(p->pfns + 8 * (size_t)index);
}

bool stream_parse_pages(const GByteArray *body, struct stream_pages *p, const char **why)
{
    *p = (struct stream_pages){ 0 };
    *why = "a record of pages has an odd length";
    if (body->len < 8)
        return false;
    p->count = load32(body->data);
    if (!p->count || p->count > STREAM_BATCH || body->len - 8 < 8 * p->count)
        return false;
    p->pfns = body->data + 8;
    p->pages = p->pfns + 8 * p->count;
    for (uint32_t i = 0; i < p->count; i++) {
        unsigned type = stream_pfn(p, i) >> STREAM_TYPE_SHIFT;

        if (stream_type_has_data(type) && type != PAGE_NORMAL && !stream_type_is_table(type)) {
            *why = "a page has an unknown type";
            return false;
        }
        p->n_pages += stream_type_has_data(type);
    }
    return body->len - 8 - 8 * p->count == p->n_pages * STREAM_PAGE_SIZE;
}

bool stream_parse_p2m_frames(const GByteArray *body, struct stream_p2m_frames *f, const char **why)
{
    uint64_t start, end;

    *why = "the record of the guest's frame list is malformed";
    if (body->len < 8)
        return false;
    start = load32(body->data);
    end = load32(body->data + 4);
    if (start || end >= STREAM_PFNS_MAX)
        return false;
    f->max_pfn = end;
    f->count = end / PFNS_PER_FRAME + 1;
    f->pfns = body->data + 8;
    return body->len - 8 == f->count * 8;
}

bool stream_parse_vcpu(const GByteArray *body, uint32_t *vcpu, const uint8_t **data, size_t *size,
                       const char **why)
{
    *why = "a vcpu's record is malformed";
    if (body->len < 8)
        return false;
    *vcpu = load32(body->data);
    *data = body->data + 8;
    *size = body->len - 8;
    return true;
}

static void put32(GByteArray *out, uint32_t v)
{
    v = GUINT32_TO_LE(v);
    g_byte_array_append(out, (const guint8 *)&v, sizeof(v));
}

static void put32_be(GByteArray *out, uint32_t v)
{
    put32(out, GUINT32_SWAP_LE_BE(v));
}

void stream_make_headers(GByteArray *out, unsigned hypervisor_major, unsigned hypervisor_minor)
{
    g_byte_array_append(out, (const guint8 *)OUTER_IDENT, 8);
    put32_be(out, OUTER_VERSION);
    put32_be(out, 0);
    put32(out, OUTER_CONTEXT);
    put32(out, 0);
    put32(out, UINT32_MAX);
    put32(out, UINT32_MAX);
    put32_be(out, INNER_ID);
    put32_be(out, INNER_VERSION);
    put32(out, 0);
    put32(out, 0);
    put32(out, STREAM_TYPE_PV);
    put32(out, PAGE_SHIFT);
    put32(out, hypervisor_major);
    put32(out, hypervisor_minor);
}

void stream_make_record(GByteArray *out, uint32_t type, const void *body, size_t size)
{
    static const guint8 zeroes[8];

    put32(out, type);
    put32(out, size);
    if (size)
        g_byte_array_append(out, body, size);
    if (size % 8)
        g_byte_array_append(out, zeroes, 8 - size % 8);
}

void stream_make_pages_head(GByteArray *out, const uint64_t *pfns, uint32_t count, uint32_t n_pages)
{
    put32(out, RECORD_PAGE_DATA);
    put32(out, 8 + 8 * count + n_pages * STREAM_PAGE_SIZE);
    put32(out, count);
    put32(out, 0);
    g_byte_array_append(out, (const guint8 *)pfns, 8 * count);
}
