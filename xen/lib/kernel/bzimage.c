/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding the kernel proper in what the boot loader gave us: Linux's bzImage, ELF, ELF in gzip. */
#include <hv/errno.h>
#include <hv/string.h>

#include "private.h"

/* Offsets of the setup header, from Linux's documented x86 boot protocol. */
#define SETUP_SECTS    0x1f1
#define BOOT_FLAG      0x1fe
#define HEADER_MAGIC   0x202
#define VERSION        0x206
#define PAYLOAD_OFFSET 0x248
#define PAYLOAD_LENGTH 0x24c
#define SETUP_END      0x250

#define BOOT_FLAG_VALUE   0xaa55
#define VERSION_PAYLOAD   0x0208 /* the first with the payload fields */
#define SECTOR            512
#define DEFAULT_SECTS     4 /* what a zero in SETUP_SECTS stands for */
#define SIZE_MAX_SENSIBLE (1ULL << 30)

static uint32_t read_le(const uint8_t *p, unsigned int bytes)
{
    uint32_t v = 0;

    while (bytes--)
        v = v << 8 | p[bytes];
    return v;
}

static bool is_bzimage(const uint8_t *file, size_t size)
{
    return size >= SETUP_END && read_le(file + BOOT_FLAG, 2) == BOOT_FLAG_VALUE &&
           !memcmp(file + HEADER_MAGIC, "HdrS", 4);
}

static bool find_format(const struct kernel_payload *p, enum kernel_format *format)
{
    static const struct {
        const char *magic;
        size_t length;
        enum kernel_format format;
    } formats[] = {
        { "\177ELF", 4, KERNEL_ELF },
        { "\037\213", 2, KERNEL_GZIP },
        { "\xfd"
          "7zXZ\0",
          6, KERNEL_XZ },
        { "\x28\xb5\x2f\xfd", 4, KERNEL_ZSTD },
        { "\x02\x21\x4c\x18", 4, KERNEL_LZ4 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
        if (p->size >= formats[i].length && !memcmp(p->data, formats[i].magic, formats[i].length)) {
            *format = formats[i].format;
            return true;
        }
    }
    return false;
}

static const char *locate_bzimage(const uint8_t *file, size_t size, struct kernel_payload *p)
{
    uint64_t sects = file[SETUP_SECTS] ? file[SETUP_SECTS] : DEFAULT_SECTS;
    uint64_t start = (sects + 1) * SECTOR + read_le(file + PAYLOAD_OFFSET, 4);
    uint64_t length = read_le(file + PAYLOAD_LENGTH, 4);

    if (read_le(file + VERSION, 2) < VERSION_PAYLOAD)
        return "the bzImage is too old: its boot protocol is before 2.08";
    if (start > size || length > size - start)
        return "the bzImage is truncated: its payload goes beyond its end";
    p->data = file + start;
    p->size = length;
    return NULL;
}

/* Sizes: the build appends the unpacked one to the payload, gzip has it at its own end. */
static const char *find_sizes(struct kernel_payload *p)
{
    if (p->format == KERNEL_ELF) {
        p->unpacked_size = p->size;
        return NULL;
    }
    if (p->size < 16)
        return "the compressed kernel is too short";
    p->unpacked_size = read_le(p->data + p->size - 4, 4);
    if (!p->unpacked_size || p->unpacked_size > SIZE_MAX_SENSIBLE)
        return "the compressed kernel says an unlikely size";
    if (p->format != KERNEL_GZIP)
        p->size -= 4;
    return payload_find_arena(p);
}

int kernel_locate(const void *file, size_t size, struct kernel_payload *out, const char **why)
{
    *out = (struct kernel_payload){ .data = file, .size = size };
    *why = NULL;
    if (size > SIZE_MAX_SENSIBLE)
        *why = "the file is larger than 1 GiB";
    else if (is_bzimage(file, size))
        *why = locate_bzimage(file, size, out);
    if (*why)
        return -EINVAL;
    if (!find_format(out, &out->format)) {
        *why = out->data != file ? "the bzImage's payload is not in gzip, xz, zstd or lz4"
                                 : "it is neither a bzImage nor an ELF file";
        return -EINVAL;
    }
    if (out->data == file && out->format != KERNEL_ELF && out->format != KERNEL_GZIP) {
        *why = "a compressed file must be a bzImage or in gzip";
        return -EINVAL;
    }
    *why = find_sizes(out);
    return *why ? -EINVAL : 0;
}
