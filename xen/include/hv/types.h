/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Basic types: frame numbers that do not mix, addresses, and compiler shorthands. */
#ifndef HV_TYPES_H
#define HV_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/abi.h>

#define PAGE_SHIFT 12
#define PAGE_SIZE  4096UL
#define PAGE_MASK  (~(PAGE_SIZE - 1))

typedef uint64_t paddr_t; /* a machine physical address */
typedef uint64_t vaddr_t; /* a virtual address as a number */
typedef int64_t nstime_t; /* nanoseconds of system time */

/* A machine frame number. */
typedef struct {
    uint64_t n;
} mfn_t;

/* A guest frame number: what the guest believes to be physical. */
typedef struct {
    uint64_t n;
} gfn_t;

#define INVALID_MFN ((mfn_t){ ~0ULL })
#define INVALID_GFN ((gfn_t){ ~0ULL })

static inline mfn_t mfn(uint64_t n)
{
    return (mfn_t){ n };
}

static inline gfn_t gfn(uint64_t n)
{
    return (gfn_t){ n };
}

static inline bool mfn_eq(mfn_t a, mfn_t b)
{
    return a.n == b.n;
}

static inline mfn_t mfn_add(mfn_t m, uint64_t count)
{
    return mfn(m.n + count);
}

static inline paddr_t mfn_to_paddr(mfn_t m)
{
    return m.n << PAGE_SHIFT;
}

static inline mfn_t paddr_to_mfn(paddr_t pa)
{
    return mfn(pa >> PAGE_SHIFT);
}

#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))
#define ARRAY_SIZE(a)                   (sizeof(a) / sizeof((a)[0]))

#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

#define ROUND_UP(x, align)   (((x) + ((align)-1)) & ~((__typeof__(x))(align)-1))
#define ROUND_DOWN(x, align) ((x) & ~((__typeof__(x))(align)-1))

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define __must_check   __attribute__((warn_unused_result))
#define __noreturn     __attribute__((noreturn))
#define __packed       __attribute__((packed))
#define __aligned(n)   __attribute__((aligned(n)))
#define __cold         __attribute__((cold))
#define __section(s)   __attribute__((section(s), used))
#define __printf(f, a) __attribute__((format(printf, f, a)))
#define __unused       __attribute__((unused))
#define fallthrough    __attribute__((fallthrough))

/* One read, or one write, that the compiler neither splits, repeats nor drops. */
#define READ_ONCE(x)     (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))

#endif
