/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A few words of guest memory, read or written inline, for the paths that are taken most. */
#ifndef ASM_GUEST_WORDS_H
#define ASM_GUEST_WORDS_H

#include <hv/errno.h>
#include <hv/types.h>

#include <asm/extable.h>
#include <asm/layout.h>

/* Outside of the hypervisor's slots, for 16 bytes behind it too; need not be canonical. */
static inline bool guest_address_ok(const void *p)
{
    const uint64_t slots = 1UL << 43;

    return (vaddr_t)p + 16 - (DIRECT_MAP_END - slots) >= slots + 16;
}

/* 0 or -EFAULT. */
static inline int guest_read_word(uint64_t *dst, const void *src)
{
    int ret = -EFAULT;
    uint64_t v = 0;

    if (unlikely(!guest_address_ok(src)))
        return ret;
    guest_access_begin();
    asm volatile("1: mov (%2), %0\n xor %1, %1\n2:\n" EXTABLE_ENTRY("1b", "2b")
                 : "+r"(v), "+r"(ret)
                 : "r"(src)
                 : "memory");
    guest_access_end();
    *dst = v;
    return ret;
}

static inline int guest_read_short(uint16_t *dst, const void *src)
{
    int ret = -EFAULT;
    uint32_t v = 0;

    if (unlikely(!guest_address_ok(src)))
        return ret;
    guest_access_begin();
    asm volatile("1: movzwl (%2), %0\n xor %1, %1\n2:\n" EXTABLE_ENTRY("1b", "2b")
                 : "+r"(v), "+r"(ret)
                 : "r"(src)
                 : "memory");
    guest_access_end();
    *dst = (uint16_t)v;
    return ret;
}

static inline int guest_read_two_words(uint64_t dst[2], const void *src)
{
    int ret = -EFAULT;
    uint64_t a = 0, b = 0;

    if (unlikely(!guest_address_ok(src)))
        return ret;
    guest_access_begin();
    asm volatile("1: mov (%3), %0\n3: mov 8(%3), %1\n xor %2, %2\n2:\n" EXTABLE_ENTRY("1b", "2b")
                     EXTABLE_ENTRY("3b", "2b")
                 : "+&r"(a), "+r"(b), "+r"(ret)
                 : "r"(src)
                 : "memory");
    guest_access_end();
    dst[0] = a;
    dst[1] = b;
    return ret;
}

/* Writes @words words, at most 16. 0 or -EFAULT; some may have been written then. */
static inline int guest_write_words(void *dst, const uint64_t *src, unsigned long words)
{
    if (unlikely(!guest_address_ok(dst) || !guest_address_ok((uint64_t *)dst + words)))
        return -EFAULT;
    guest_access_begin();
    asm volatile("1: rep movsq\n2:\n" EXTABLE_ENTRY("1b", "2b")
                 : "+c"(words), "+D"(dst), "+S"(src)
                 :
                 : "memory");
    guest_access_end();
    return unlikely(words) ? -EFAULT : 0;
}

#endif
