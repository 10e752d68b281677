/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a saved domain: what the reader hands out lies inside the record. */
/* sources: dom0/toolstack/stream.c */
/* pkgs: glib-2.0 */
#include <dom0/toolstack/stream.h>

#include <stdlib.h>
#include <string.h>

struct reader {
    const uint8_t *at;
    size_t left;
};

static volatile uint64_t sink;

static bool read_bytes(void *opaque, void *buffer, size_t size)
{
    struct reader *r = opaque;

    if (size > r->left)
        return false;
    memcpy(buffer, r->at, size);
    r->at += size;
    r->left -= size;
    return true;
}

static void touch(const uint8_t *data, size_t size)
{
    if (size)
        sink += data[0] + data[size - 1];
}

static void use_record(uint32_t type, const GByteArray *body)
{
    struct stream_p2m_frames frames;
    struct stream_pages pages;
    const uint8_t *data;
    const char *why;
    uint32_t vcpu;
    size_t size;

    if (type == RECORD_PAGE_DATA && stream_parse_pages(body, &pages, &why)) {
        touch(pages.pfns, pages.count * 8UL);
        touch(pages.pages, pages.n_pages * STREAM_PAGE_SIZE);
        sink += stream_pfn(&pages, pages.count - 1);
    }
    if (type == RECORD_PV_P2M_FRAMES && stream_parse_p2m_frames(body, &frames, &why))
        touch(frames.pfns, frames.count * 8);
    if (type == RECORD_PV_VCPU_BASIC && stream_parse_vcpu(body, &vcpu, &data, &size, &why))
        touch(data, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte says whether the headers are there or records begin at once. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reader r = { data, size };
    const struct stream_source source = { read_bytes, &r };
    GByteArray *body = g_byte_array_new();
    const char *why = NULL;
    uint8_t headers;
    uint32_t type;

    if (read_bytes(&r, &headers, 1) && (!(headers & 1) || stream_read_headers(&source, &why)))
        while (stream_read_record(&source, &type, body, &why) && type != RECORD_END)
            use_record(type, body);
    g_byte_array_unref(body);
    return 0;
}
