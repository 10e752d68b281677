/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies to and from guest addresses, which may fault. */
#include <hv/errno.h>
#include <hv/guest-access.h>

#include <asm/extable.h>
#include <asm/layout.h>

/*
 * The whole range lies outside of the hypervisor's slots and of the hole below them. What is left
 * is one stretch, if one starts to count behind the slots; it may wrap to 0 in between.
 */
static bool range_ok(vaddr_t va, size_t size)
{
    const uint64_t stretch = 0x0000800000000000 - DIRECT_MAP_END;

    return size <= stretch && va - DIRECT_MAP_END <= stretch - size;
}

/* Words first, then the rest; leaves the bytes that were not copied, rounded up to a word. */
static inline size_t copy_faulting(void *dst, const void *src, size_t size)
{
    size_t words = size / 8, rest = size % 8;

    guest_access_begin();
    if (size == 4) { /* a port's number, most often */
        asm volatile("1: movsl\n xor %0, %0\n2:\n" EXTABLE_ENTRY("1b", "2b")
                     : "+r"(rest), "+D"(dst), "+S"(src)
                     :
                     : "memory");
        guest_access_end();
        return rest;
    }
    asm volatile("1: rep movsq\n mov %3, %0\n2: rep movsb\n3:\n" EXTABLE_ENTRY("1b", "3b")
                     EXTABLE_ENTRY("2b", "3b")
                 : "+c"(words), "+D"(dst), "+S"(src)
                 : "r"(rest)
                 : "memory");
    guest_access_end();
    return words;
}

int guest_copy_from(void *dst, const void *guest_src, size_t size)
{
    if (unlikely(!range_ok((vaddr_t)guest_src, size)))
        return -EFAULT;
    return unlikely(copy_faulting(dst, guest_src, size)) ? -EFAULT : 0;
}

int guest_copy_to(void *guest_dst, const void *src, size_t size)
{
    if (unlikely(!range_ok((vaddr_t)guest_dst, size)))
        return -EFAULT;
    return unlikely(copy_faulting(guest_dst, src, size)) ? -EFAULT : 0;
}

int guest_clear(void *guest_dst, size_t size)
{
    size_t left = size;

    if (!range_ok((vaddr_t)guest_dst, size))
        return -EFAULT;
    guest_access_begin();
    asm volatile("1: rep stosb\n2:\n" EXTABLE_ENTRY("1b", "2b")
                 : "+c"(left), "+D"(guest_dst)
                 : "a"(0)
                 : "memory");
    guest_access_end();
    return left ? -EFAULT : 0;
}
