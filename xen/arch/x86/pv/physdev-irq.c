/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Device interrupts for the control domain and those it serves. A GSI's pirq has the GSI's number
 * unless told otherwise; pirqs of messages lie above all GSIs. The messages of one multi-message
 * function are mapped and unmapped together, by the first.
 */
#include <hv/errno.h>
#include <hv/event.h>
#include <hv/irq.h>
#include <hv/pci.h>

#include <asm/apic.h>
#include <asm/current.h>
#include <asm/pv.h>

#include "physdev.h"

#define MSI_MAX     32
#define MSIX_MAX    2048
#define GSI_TIMER   0U /* the hypervisor's own */
#define SEGMENT(op) ((uint16_t)((uint32_t)(op)->bus >> 16))

/* Finding a free pirq and connecting it is one step; taken before a domain's event_lock. */
static struct spinlock map_lock = SPINLOCK_INIT;
static unsigned long gsi_is_set_up[BITMAP_LONGS(NR_IRQS)]; /* under map_lock: by the domain */
static uint8_t msi_count[NR_IRQS]; /* under map_lock: messages mapped with this first one */

int physdev_eoi(union physdev_arg *a)
{
    return pirq_eoi(current->domain, a->eoi.irq);
}

int physdev_pirq_eoi_gmfn_v1(union physdev_arg *a)
{
    return pirq_eoi_page_set(current->domain, gfn(a->eoi_gmfn.gmfn), true);
}

int physdev_pirq_eoi_gmfn_v2(union physdev_arg *a)
{
    return pirq_eoi_page_set(current->domain, gfn(a->eoi_gmfn.gmfn), false);
}

int physdev_irq_status_query(union physdev_arg *a)
{
    if (a->status.irq >= current->domain->nr_pirqs)
        return -EINVAL;
    /* Guests ask before they say that a GSI is level-triggered; a needless EOI does no harm. */
    a->status.flags = XENIRQSTAT_needs_eoi;
    return 0;
}

int physdev_apic_read(union physdev_arg *a)
{
    return ioapic_read(a->apic.apic_physbase, a->apic.reg, &a->apic.value);
}

/*
 * The redirection entries are the hypervisor's: setup_gsi says all that a guest has to say about
 * them. So a write is checked like a read, and dropped.
 */
int physdev_apic_write(union physdev_arg *a)
{
    uint32_t now;

    return ioapic_read(a->apic.apic_physbase, a->apic.reg, &now);
}

/* Vectors are given when they are needed; kernels ask first, and look at nothing but the error. */
int physdev_alloc_irq_vector(union physdev_arg *a)
{
    a->irq.vector = a->irq.irq;
    return 0;
}

/* The first to set a GSI up decides: others share its line. */
int physdev_setup_gsi(union physdev_arg *a)
{
    unsigned int gsi = (unsigned int)a->gsi.gsi;
    int rc = -EEXIST;

    if (gsi >= nr_gsis)
        return -EINVAL;
    spin_lock(&map_lock);
    if (!bit_is_set(gsi_is_set_up, gsi)) {
        rc = irq_gsi_setup(gsi, a->gsi.triggering != 0, a->gsi.polarity != 0);
        if (!rc)
            gsi_is_set_up[gsi / BITS_PER_LONG] |= 1UL << (gsi % BITS_PER_LONG);
    }
    spin_unlock(&map_lock);
    return rc;
}

/* A free pirq is found for a negative one. The number, or -Exxx. */
static int pirq_choose(struct domain *d, int pirq, unsigned int first, unsigned int count)
{
    if (pirq < 0)
        return pirq_alloc(d, first, count);
    if ((unsigned int)pirq + count > d->nr_pirqs)
        return -EINVAL;
    for (unsigned int i = 0; i < count; i++)
        if (pirq_irq(d, (unsigned int)pirq + i) >= 0)
            return -EEXIST;
    return pirq;
}

static int map_gsi_locked(struct domain *d, struct physdev_map_pirq *op)
{
    unsigned int gsi = (unsigned int)op->index;
    int pirq, rc;

    if (gsi >= nr_gsis)
        return -EINVAL;
    if (gsi == GSI_TIMER)
        return -EPERM;
    /* Mapped already: as it is, or the same again. */
    pirq = pirq_find_by_irq(d, gsi);
    if (pirq >= 0 && (op->pirq < 0 || op->pirq == pirq)) {
        op->pirq = pirq;
        return 0;
    }
    pirq = op->pirq;
    if (pirq < 0 && gsi < d->nr_pirqs && pirq_irq(d, gsi) < 0)
        pirq = (int)gsi;
    pirq = pirq_choose(d, pirq, 0, 1);
    if (pirq < 0)
        return pirq;
    rc = pirq_map(d, (unsigned int)pirq, gsi);
    if (!rc)
        op->pirq = pirq;
    return rc;
}

static void msi_disable_all(unsigned int irq, unsigned int count)
{
    while (count--)
        msi_disable(irq + count);
}

/* Connects the messages; on failure none is. */
static int pirqs_map(struct domain *d, unsigned int pirq, unsigned int irq, unsigned int count)
{
    for (unsigned int i = 0; i < count; i++) {
        int rc = pirq_map(d, pirq + i, irq + i);

        if (rc) {
            while (i--)
                (void)pirq_unmap(d, pirq + i); /* it is connected */
            return rc;
        }
    }
    return 0;
}

static int map_msi_locked(struct domain *d, struct physdev_map_pirq *op,
                          const struct msi_request *req)
{
    unsigned int irq;
    int pirq = pirq_choose(d, op->pirq, nr_gsis, req->count), rc;

    if (pirq < 0)
        return pirq;
    rc = msi_enable(req, &irq);
    if (rc)
        return rc;
    rc = pirqs_map(d, (unsigned int)pirq, irq, req->count);
    if (rc) {
        msi_disable_all(irq, req->count);
        return rc;
    }
    msi_count[irq] = (uint8_t)req->count;
    op->pirq = pirq;
    return 0;
}

/* What the guest says about a device's message, checked as far as it can be without the device. */
static int msi_request_of(const struct physdev_map_pirq *op, struct msi_request *req)
{
    bool multi = op->type == MAP_PIRQ_TYPE_MULTI_MSI;

    *req = (struct msi_request){
        .segment = op->type == MAP_PIRQ_TYPE_MSI ? 0 : SEGMENT(op),
        .bus = (uint8_t)op->bus,
        .devfn = (uint8_t)op->devfn,
        .count = 1,
    };
    if (multi) {
        if (op->entry_nr <= 0 || op->entry_nr > MSI_MAX)
            return -EDOM;
        /* The device's own granularity; a message more than asked for is masked for ever. */
        while (req->count < op->entry_nr)
            req->count *= 2;
    }
    if (!pci_function_is_known((struct pci_id){ req->segment, req->bus, req->devfn }))
        return -ENODEV;
    req->msix = !multi && op->table_base;
    req->entry = (uint16_t)op->entry_nr;
    req->table_base = op->table_base;
    return req->msix && (op->entry_nr < 0 || op->entry_nr >= MSIX_MAX) ? -EINVAL : 0;
}

static int map_pirq(struct domain *d, struct physdev_map_pirq *op)
{
    struct msi_request req;
    int rc;

    switch (op->type) {
    case MAP_PIRQ_TYPE_GSI:
        spin_lock(&map_lock);
        rc = map_gsi_locked(d, op);
        spin_unlock(&map_lock);
        return rc;
    case MAP_PIRQ_TYPE_MSI:
    case MAP_PIRQ_TYPE_MSI_SEG:
    case MAP_PIRQ_TYPE_MULTI_MSI:
        rc = msi_request_of(op, &req);
        if (rc)
            return rc;
        spin_lock(&map_lock);
        rc = map_msi_locked(d, op, &req);
        spin_unlock(&map_lock);
        return rc;
    default: return -EINVAL;
    }
}

int physdev_map_pirq(union physdev_arg *a)
{
    struct domain *d = domain_get_target(a->map.domid);
    int rc;

    if (!d)
        return -ESRCH;
    rc = map_pirq(d, &a->map);
    domain_put(d);
    return rc;
}

static int unmap_pirq_locked(struct domain *d, unsigned int pirq)
{
    int irq = pirq_irq(d, pirq);
    unsigned int count;

    if (irq < 0)
        return irq;
    if ((unsigned int)irq < nr_gsis)
        return pirq_unmap(d, pirq);
    count = msi_count[irq];
    if (!count) /* not the first of its function */
        return -EINVAL;
    msi_count[irq] = 0;
    for (unsigned int i = 0; i < count; i++)
        (void)pirq_unmap(d, pirq + i); /* they were connected together */
    msi_disable_all((unsigned int)irq, count);
    return 0;
}

static int unmap_pirq(struct domain *d, int pirq)
{
    int rc;

    if (pirq < 0)
        return -EINVAL;
    spin_lock(&map_lock);
    rc = unmap_pirq_locked(d, (unsigned int)pirq);
    spin_unlock(&map_lock);
    return rc;
}

int physdev_unmap_pirq(union physdev_arg *a)
{
    struct domain *d = domain_get_target(a->unmap.domid);
    int rc;

    if (!d)
        return -ESRCH;
    rc = unmap_pirq(d, a->unmap.pirq);
    domain_put(d);
    return rc;
}

void physdev_domain_destroy(struct domain *d)
{
    for (unsigned int i = 0; i < d->nr_pirqs; i++)
        (void)unmap_pirq(d, (int)i); /* most are not connected */
}

int physdev_get_free_pirq(union physdev_arg *a)
{
    struct domain *d = current->domain;
    int pirq = pirq_alloc(d, a->free_pirq.type == MAP_PIRQ_TYPE_GSI ? 0 : nr_gsis, 1);

    if (pirq < 0)
        return pirq;
    a->free_pirq.pirq = (uint32_t)pirq;
    return 0;
}
