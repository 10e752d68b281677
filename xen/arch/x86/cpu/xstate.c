/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Extended state by XSAVE where the CPU has it, else by FXSAVE (SDM vol. 1, chapter 13). */
#include <hv/alloc.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/string.h>

#include <asm/cpuid.h>
#include <asm/processor.h>
#include <asm/xstate.h>

#define XSTATE_X87    (1ULL << 0)
#define XSTATE_SSE    (1ULL << 1)
#define XSTATE_AVX    (1ULL << 2)
#define XSTATE_AVX512 (7ULL << 5)
#define XSTATE_PKRU   (1ULL << 9)
#define FXSAVE_SIZE   512
#define XSAVE_MIN     (FXSAVE_SIZE + 64)

uint64_t xstate_mask;
uint32_t xstate_size = XSAVE_MIN;

void xstate_cpu_init(void)
{
    struct cpuid_leaf l;

    if (!cpu_features.xsave)
        return;
    if (!xstate_mask) {
        l = cpuid(0xd, 0);
        xstate_mask = (l.a | (uint64_t)l.d << 32) &
                      (XSTATE_X87 | XSTATE_SSE | XSTATE_AVX | XSTATE_AVX512);
        if ((xstate_mask & XSTATE_AVX512) != XSTATE_AVX512)
            xstate_mask &= ~XSTATE_AVX512;
    }
    write_xcr0(xstate_mask);
    xstate_size = MAX(cpuid(0xd, 0).b, (uint32_t)XSAVE_MIN);
}

int xstate_vcpu_init(struct vcpu *v)
{
    unsigned int order = 0;
    uint8_t *area;

    while ((PAGE_SIZE << order) < xstate_size)
        order++;
    area = page_alloc(order);
    if (!area)
        return -ENOMEM;
    *(uint16_t *)area = 0x37f;         /* FCW */
    *(uint32_t *)(area + 24) = 0x1f80; /* MXCSR */
    v->arch.xsave_area = area;
    v->arch.xcr0 = XSTATE_X87;
    return 0;
}

/* Bits of MXCSR that the processor lacks fault when they are loaded. */
static uint32_t mxcsr_mask(void)
{
    static uint8_t __aligned(16) image[FXSAVE_SIZE];
    static uint32_t mask;

    if (!mask) {
        asm volatile("fxsave (%0)" ::"r"(image) : "memory");
        memcpy(&mask, image + 28, sizeof(mask));
        mask = mask ? mask : 0xffbf; /* an old processor does not say */
    }
    return mask;
}

void xstate_set_legacy(struct vcpu *v, const void *image)
{
    uint8_t *area = v->arch.xsave_area;
    uint32_t mxcsr;
    uint64_t valid;

    memcpy(area, image, FXSAVE_SIZE);
    memcpy(&mxcsr, area + 24, sizeof(mxcsr));
    mxcsr &= mxcsr_mask();
    memcpy(area + 24, &mxcsr, sizeof(mxcsr));
    memcpy(&valid, area + FXSAVE_SIZE, sizeof(valid));
    valid |= (XSTATE_X87 | XSTATE_SSE) & xstate_mask;
    memcpy(area + FXSAVE_SIZE, &valid, sizeof(valid));
}

void xstate_vcpu_destroy(struct vcpu *v)
{
    unsigned int order = 0;

    while ((PAGE_SIZE << order) < xstate_size)
        order++;
    if (v->arch.xsave_area)
        page_free(v->arch.xsave_area, order);
    v->arch.xsave_area = NULL;
}

void xstate_save(struct vcpu *v)
{
    uint32_t lo = (uint32_t)xstate_mask, hi = (uint32_t)(xstate_mask >> 32);

    if (!xstate_mask) {
        asm volatile("fxsaveq (%0)" ::"r"(v->arch.xsave_area) : "memory");
        return;
    }
    /* All of it, whatever the guest enabled: what it disabled may still hold its data. */
    if (v->arch.xcr0 != xstate_mask)
        write_xcr0(xstate_mask);
    asm volatile("xsaveq (%0)" ::"r"(v->arch.xsave_area), "a"(lo), "d"(hi) : "memory");
}

void xstate_restore(struct vcpu *v)
{
    uint32_t lo = (uint32_t)xstate_mask, hi = (uint32_t)(xstate_mask >> 32);

    if (!xstate_mask) {
        asm volatile("fxrstorq (%0)" ::"r"(v->arch.xsave_area) : "memory");
        return;
    }
    write_xcr0(xstate_mask);
    asm volatile("xrstorq (%0)" ::"r"(v->arch.xsave_area), "a"(lo), "d"(hi) : "memory");
    if (v->arch.xcr0 != xstate_mask)
        write_xcr0(v->arch.xcr0);
}

static bool xcr0_ok(uint64_t xcr0)
{
    if (!(xcr0 & XSTATE_X87) || (xcr0 & ~xstate_mask))
        return false;
    if ((xcr0 & XSTATE_AVX) && !(xcr0 & XSTATE_SSE))
        return false;
    return !(xcr0 & XSTATE_AVX512) ||
           ((xcr0 & XSTATE_AVX512) == XSTATE_AVX512 && xcr0 & XSTATE_AVX);
}

/* The header behind the legacy part (SDM vol. 1, 13.4.2). */
struct xsave_header {
    uint64_t valid, compacted, reserved[6];
};

static bool area_ok(const uint8_t *area, size_t size)
{
    struct xsave_header h;

    if (size < XSAVE_MIN || size > xstate_size)
        return false;
    memcpy(&h, area + FXSAVE_SIZE, sizeof(h));
    for (unsigned int i = 0; i < ARRAY_SIZE(h.reserved); i++)
        if (h.reserved[i])
            return false;
    return !h.compacted && !(h.valid & ~xstate_mask);
}

int xstate_set(struct vcpu *v, uint64_t xcr0, const void *area, size_t size)
{
    struct xsave_header h;

    if (!size) /* it never used any */
        return 0;
    if (!xcr0_ok(xcr0) || !area_ok(area, size))
        return -EINVAL;
    memcpy(v->arch.xsave_area, area, size);
    memcpy(&h, (const uint8_t *)area + FXSAVE_SIZE, sizeof(h));
    xstate_set_legacy(v, area); /* for MXCSR; it says what is valid more generously */
    memcpy((uint8_t *)v->arch.xsave_area + FXSAVE_SIZE, &h, sizeof(h));
    v->arch.xcr0 = xcr0;
    return 0;
}

int xstate_set_xcr0(struct vcpu *v, uint64_t xcr0)
{
    if (!xcr0_ok(xcr0))
        return -EINVAL;
    v->arch.xcr0 = xcr0;
    write_xcr0(xcr0);
    return 0;
}
