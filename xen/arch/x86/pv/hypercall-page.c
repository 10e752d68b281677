/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page of code through which guests make hypercalls: 32 bytes for each number. */
#include <hv/string.h>

#include <asm/pv.h>

/* push %rcx; push %r11; mov $number, %eax; syscall; pop %r11; pop %rcx; ret */
static const uint8_t call[] = { 0x51, 0x41, 0x53, 0xb8, 0,    0,    0,
                                0,    0x0f, 0x05, 0x41, 0x5b, 0x59, 0xc3 };
/* iret does not come back, and takes rax from the stack too: push %rcx, %r11, %rax; mov; syscall */
static const uint8_t iret[] = { 0x51, 0x41, 0x53, 0x50, 0xb8, 0, 0, 0, 0, 0x0f, 0x05 };

void pv_hypercall_page_fill(uint8_t *page)
{
    memset(page, 0xcc, PAGE_SIZE);
    for (unsigned int i = 0; i < PAGE_SIZE / 32; i++) {
        uint8_t *p = page + i * 32;

        if (i == __HYPERVISOR_iret) {
            memcpy(p, iret, sizeof(iret));
            p[5] = (uint8_t)i;
        } else {
            memcpy(p, call, sizeof(call));
            p[4] = (uint8_t)i;
        }
    }
}
