/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two 8259 interrupt controllers: moved away from the exceptions' vectors and masked. */
#include <asm/apic.h>
#include <asm/io.h>

#define PIC_MASTER_CMD  0x20
#define PIC_MASTER_DATA 0x21
#define PIC_SLAVE_CMD   0xa0
#define PIC_SLAVE_DATA  0xa1

#define PIC_ICW1_INIT   0x11 /* edge, cascade, ICW4 follows */
#define PIC_ICW4_8086   0x01
#define PIC_CASCADE_PIN 2

/* The IMCR of old machines connects the 8259s to the CPU past the APIC. */
#define IMCR_SELECT 0x22
#define IMCR_DATA   0x23
#define IMCR_INDEX  0x70
#define IMCR_APIC   0x01

void pic_init(void)
{
    outb(PIC_MASTER_DATA, 0xff);
    outb(PIC_SLAVE_DATA, 0xff);
    outb(PIC_MASTER_CMD, PIC_ICW1_INIT);
    outb(PIC_MASTER_DATA, VECTOR_PIC);
    outb(PIC_MASTER_DATA, 1 << PIC_CASCADE_PIN);
    outb(PIC_MASTER_DATA, PIC_ICW4_8086);
    outb(PIC_SLAVE_CMD, PIC_ICW1_INIT);
    outb(PIC_SLAVE_DATA, VECTOR_PIC + 8);
    outb(PIC_SLAVE_DATA, PIC_CASCADE_PIN);
    outb(PIC_SLAVE_DATA, PIC_ICW4_8086);
    outb(PIC_MASTER_DATA, 0xff);
    outb(PIC_SLAVE_DATA, 0xff);
    outb(IMCR_SELECT, IMCR_INDEX);
    outb(IMCR_DATA, IMCR_APIC);
}
