/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Message-signalled interrupts (PCI 3.0, 6.8). A device's message is a write to the local APICs:
 * the address names the CPU, the data the vector. MSI messages of one function share an address
 * and have consecutive vectors; each MSI-X entry has its own.
 */
#include <hv/irq.h>

#include <hv/alloc.h>
#include <hv/errno.h>
#include <hv/pci.h>
#include <hv/spinlock.h>

#include <asm/mm.h>

#include "private.h"

#define MSI_CONTROL         2U
#define MSI_ADDRESS         4U
#define MSI_DATA(c)         ((c)&MSI_64BIT ? 12U : 8U)
#define MSI_MASK(c)         ((c)&MSI_64BIT ? 16U : 12U)
#define MSI_ENABLE          0x0001U
#define MSI_CAPABLE_LOG2(c) (((c) >> 1) & 7)
#define MSI_USED_SHIFT      4
#define MSI_USED_MASK       0x0070U
#define MSI_64BIT           0x0080U
#define MSI_MASKABLE        0x0100U

#define MSIX_CONTROL     2U
#define MSIX_TABLE       4U
#define MSIX_SIZE(c)     (((c)&0x7ff) + 1)
#define MSIX_ENABLE      0x8000U
#define MSIX_BAR(t)      ((t)&7)
#define MSIX_OFFSET(t)   ((t) & ~7U)
#define MSIX_ENTRY_SIZE  16U
#define MSIX_ADDRESS_LOW 0U
#define MSIX_ADDRESS_HI  4U
#define MSIX_DATA        8U
#define MSIX_VECTOR_CTRL 12U
#define MSIX_MASKED      1U

#define MESSAGE_ADDRESS(apic_id) (0xfee00000U | (apic_id) << 12)

/* One message. (c) constant while the irq exists */
struct msi {
    struct pci_id dev;       /* (c) */
    uint16_t cap;            /* (c) the capability's offset */
    uint16_t control;        /* (c) MSI: the capability's fixed bits */
    uint16_t entry;          /* (c) MSI-X: number in the table; MSI: in the block */
    volatile uint8_t *table; /* (c) MSI-X: the entry itself; null for MSI */
};

/* An MSI-X table that was mapped once; mappings stay. */
struct msix_table {
    paddr_t pa;
    volatile uint8_t *va;
    struct msix_table *next;
};

static struct spinlock lock = SPINLOCK_INIT; /* guards the next two, and setting up and ending */
static struct msi *msis[NR_IRQS];
static struct msix_table *tables;

static void msi_control_change(const struct msi *m, uint16_t clear, uint16_t set)
{
    uint32_t control = pci_config_read(m->dev, m->cap + MSI_CONTROL, 2);
    uint32_t wanted = (control & ~(uint32_t)clear) | set;

    if (wanted != control)
        pci_config_write(m->dev, m->cap + MSI_CONTROL, 2, wanted);
}

/* One that cannot be masked is only switched on: switched off it would use the INTx line. */
static void msi_set_mask(unsigned int irq, bool masked)
{
    const struct msi *m = msis[irq];

    if (m->control & MSI_MASKABLE) {
        unsigned int reg = m->cap + MSI_MASK(m->control);
        uint32_t bits = pci_config_read(m->dev, reg, 4), bit = 1U << m->entry;

        pci_config_write(m->dev, reg, 4, masked ? bits | bit : bits & ~bit);
    }
    if (!masked)
        msi_control_change(m, 0, MSI_ENABLE);
}

/* Moves all messages of the function: they share the address. */
static void msi_set_target(unsigned int irq, uint32_t apic_id)
{
    const struct msi *m = msis[irq];

    pci_config_write(m->dev, m->cap + MSI_ADDRESS, 4, MESSAGE_ADDRESS(apic_id));
}

static void msix_set_mask(unsigned int irq, bool masked)
{
    const struct msi *m = msis[irq];

    mmio_write32(m->table + MSIX_VECTOR_CTRL, masked ? MSIX_MASKED : 0);
    mmio_read32(m->table + MSIX_VECTOR_CTRL); /* the write has arrived */
    if (!masked)
        msi_control_change(m, 0, MSIX_ENABLE);
}

/* An entry may be changed only while it is masked. */
static void msix_set_target(unsigned int irq, uint32_t apic_id)
{
    const struct msi *m = msis[irq];
    uint32_t old = mmio_read32(m->table + MSIX_VECTOR_CTRL);

    mmio_write32(m->table + MSIX_VECTOR_CTRL, old | MSIX_MASKED);
    mmio_write32(m->table + MSIX_ADDRESS_LOW, MESSAGE_ADDRESS(apic_id));
    mmio_write32(m->table + MSIX_VECTOR_CTRL, old);
}

static const struct irq_chip msi_chip = { msi_set_mask, msi_set_target };
static const struct irq_chip msix_chip = { msix_set_mask, msix_set_target };

static bool is_used_locked(struct pci_id dev, uint16_t cap)
{
    for (unsigned int i = 0; i < NR_IRQS; i++)
        if (msis[i] && pci_id_eq(msis[i]->dev, dev) && msis[i]->cap == cap)
            return true;
    return false;
}

static bool entry_is_used_locked(const struct msi *new)
{
    for (unsigned int i = 0; i < NR_IRQS; i++)
        if (msis[i] && msis[i]->table == new->table)
            return true;
    return false;
}

/* The first of @count irqs without a message, or -ENOSPC. */
static int irqs_find_locked(unsigned int count)
{
    unsigned int run = 0;

    for (unsigned int i = nr_gsis; i < NR_IRQS; i++) {
        run = msis[i] ? 0 : run + 1;
        if (run == count)
            return (int)(i + 1 - count);
    }
    return -ENOSPC;
}

static void message_drop_locked(unsigned int irq)
{
    heap_free(msis[irq]);
    msis[irq] = NULL;
}

/* Makes @count irqs, each with a copy of @m; the first one's vector goes to *vector. */
static int irqs_make_locked(const struct msi *m, unsigned int count, int *vector)
{
    int first = irqs_find_locked(count), rc = -ENOMEM;
    unsigned int made;

    if (first < 0)
        return first;
    for (made = 0; made < count; made++) {
        struct msi *new = heap_new(struct msi);

        if (!new)
            goto drop;
        *new = *m;
        if (!m->table)
            new->entry = (uint16_t)made;
        msis[(unsigned int)first + made] = new;
    }
    *vector = rc = vectors_alloc((unsigned int)first, count);
    if (rc >= 0)
        return first;
drop:
    while (made--)
        message_drop_locked((unsigned int)first + made);
    return rc;
}

static unsigned int log2_of(unsigned int count)
{
    return (unsigned int)__builtin_ctz(count);
}

static void msi_program(const struct msi *m, unsigned int count, unsigned int vector, uint32_t apic)
{
    pci_config_write(m->dev, m->cap + MSI_ADDRESS, 4, MESSAGE_ADDRESS(apic));
    if (m->control & MSI_64BIT)
        pci_config_write(m->dev, m->cap + MSI_ADDRESS + 4, 4, 0);
    pci_config_write(m->dev, m->cap + MSI_DATA(m->control), 2, vector);
    if (m->control & MSI_MASKABLE)
        pci_config_write(m->dev, m->cap + MSI_MASK(m->control), 4, UINT32_MAX);
    msi_control_change(m, MSI_USED_MASK, (uint16_t)(log2_of(count) << MSI_USED_SHIFT));
}

static int msi_enable_locked(struct pci_id dev, unsigned int count)
{
    struct msi m = { .dev = dev, .cap = (uint16_t)pci_find_capability(dev, PCI_CAP_MSI) };
    int irq, vector;

    if (!m.cap)
        return -ENODEV;
    if (is_used_locked(dev, m.cap))
        return -EEXIST;
    m.control = (uint16_t)pci_config_read(dev, m.cap + MSI_CONTROL, 2);
    if (count > 1U << MSI_CAPABLE_LOG2(m.control))
        return -EINVAL;
    irq = irqs_make_locked(&m, count, &vector);
    if (irq < 0)
        return irq;
    for (unsigned int i = 0; i < count; i++)
        irq_attach((unsigned int)irq + i, &msi_chip, (unsigned int)vector + i, false);
    msi_program(&m, count, (unsigned int)vector, irq_target((unsigned int)irq));
    return irq;
}

static volatile uint8_t *table_map_locked(paddr_t pa, size_t size)
{
    struct msix_table *t = tables;

    while (t && t->pa != pa)
        t = t->next;
    if (!t) {
        t = heap_new(struct msix_table);
        if (!t)
            return NULL;
        *t = (struct msix_table){ pa, ioremap(pa, size), tables };
        if (!t->va) {
            heap_free(t);
            return NULL;
        }
        tables = t;
    }
    return t->va;
}

/* Finds the table: 0, or the caller gave a wrong address, or the device does not decode memory. */
static int msix_locate_locked(struct msi *m, paddr_t told)
{
    uint32_t control = pci_config_read(m->dev, m->cap + MSIX_CONTROL, 2);
    uint32_t where = pci_config_read(m->dev, m->cap + MSIX_TABLE, 4);
    paddr_t bar = pci_memory_bar(m->dev, MSIX_BAR(where));

    if (m->entry >= MSIX_SIZE(control))
        return -EINVAL;
    if (!(pci_config_read(m->dev, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY))
        return -ENXIO;
    /* A virtual function has no BARs of its own to read; there we must take the caller's word. */
    if (!bar)
        bar = told;
    if (!bar || (told && told != bar))
        return -EINVAL;
    m->table = table_map_locked(bar + MSIX_OFFSET(where), MSIX_SIZE(control) * MSIX_ENTRY_SIZE);
    if (!m->table)
        return -ENOMEM;
    m->table += m->entry * MSIX_ENTRY_SIZE;
    return entry_is_used_locked(m) ? -EEXIST : 0;
}

static void msix_program(const struct msi *m, unsigned int vector, uint32_t apic)
{
    mmio_write32(m->table + MSIX_VECTOR_CTRL, MSIX_MASKED);
    mmio_write32(m->table + MSIX_ADDRESS_LOW, MESSAGE_ADDRESS(apic));
    mmio_write32(m->table + MSIX_ADDRESS_HI, 0);
    mmio_write32(m->table + MSIX_DATA, vector);
}

static int msix_enable_locked(struct pci_id dev, uint16_t entry, paddr_t table_base)
{
    struct msi m = { .dev = dev, .entry = entry };
    int irq, vector, rc;

    m.cap = (uint16_t)pci_find_capability(dev, PCI_CAP_MSIX);
    if (!m.cap)
        return -ENODEV;
    rc = msix_locate_locked(&m, table_base);
    if (rc)
        return rc;
    irq = irqs_make_locked(&m, 1, &vector);
    if (irq < 0)
        return irq;
    msix_program(&m, (unsigned int)vector, irq_target((unsigned int)irq));
    irq_attach((unsigned int)irq, &msix_chip, (unsigned int)vector, false);
    return irq;
}

int msi_enable(const struct msi_request *req, unsigned int *irq)
{
    struct pci_id dev = { req->segment, req->bus, req->devfn };
    unsigned long flags;
    int rc;

    if (!req->count || req->count > 32 || (req->count & (req->count - 1)) ||
        (req->msix && req->count != 1))
        return -EINVAL;
    flags = spin_lock_irqsave(&lock);
    rc = req->msix ? msix_enable_locked(dev, req->entry, req->table_base)
                   : msi_enable_locked(dev, req->count);
    spin_unlock_irqrestore(&lock, flags);
    if (rc < 0)
        return rc;
    *irq = (unsigned int)rc;
    return 0;
}

void msi_disable(unsigned int irq)
{
    unsigned long flags;
    struct msi m;

    if (irq >= NR_IRQS)
        return;
    flags = spin_lock_irqsave(&lock);
    if (msis[irq]) {
        unsigned int vector = irq_vector(irq);

        m = *msis[irq];
        irq_detach(irq);
        vectors_free(vector, 1);
        message_drop_locked(irq);
        if (!is_used_locked(m.dev, m.cap))
            msi_control_change(&m, m.table ? MSIX_ENABLE : MSI_ENABLE, 0);
    }
    spin_unlock_irqrestore(&lock, flags);
}

bool msi_owns_config(uint16_t segment, uint8_t bus, uint8_t devfn, unsigned int reg,
                     unsigned int size)
{
    struct pci_id dev = { segment, bus, devfn };
    unsigned long flags = spin_lock_irqsave(&lock);
    bool owns = false;

    for (unsigned int i = 0; i < NR_IRQS && !owns; i++) {
        const struct msi *m = msis[i];

        if (m && !m->table && pci_id_eq(m->dev, dev))
            owns = reg < m->cap + MSI_DATA(m->control) + 2U && reg + size > m->cap + MSI_ADDRESS;
    }
    spin_unlock_irqrestore(&lock, flags);
    return owns;
}

static void message_restore_locked(unsigned int irq)
{
    const struct msi *m = msis[irq];
    unsigned int vector = irq_vector(irq);

    if (m->table) {
        msix_program(m, vector, irq_target(irq));
    } else if (!m->entry) {
        unsigned int count = 1;

        /* The others of the function follow the first; only they have entries above 0. */
        while (irq + count < NR_IRQS && msis[irq + count] && !msis[irq + count]->table &&
               msis[irq + count]->entry == count && pci_id_eq(msis[irq + count]->dev, m->dev))
            count++;
        msi_program(m, count, vector, irq_target(irq));
    }
}

void msi_restore(uint16_t segment, uint8_t bus, uint8_t devfn)
{
    struct pci_id dev = { segment, bus, devfn };
    unsigned long flags = spin_lock_irqsave(&lock);

    for (unsigned int i = 0; i < NR_IRQS; i++)
        if (msis[i] && pci_id_eq(msis[i]->dev, dev))
            message_restore_locked(i);
    /* Masks come last, when all messages are whole. */
    for (unsigned int i = 0; i < NR_IRQS; i++)
        if (msis[i] && pci_id_eq(msis[i]->dev, dev))
            irq_restart(i);
    spin_unlock_irqrestore(&lock, flags);
}
