/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PCI functions that the control domain tells of, and what it asks to be done to them. */
#include <hv/acpi.h>
#include <hv/alloc.h>
#include <hv/ctl.h>
#include <hv/errno.h>
#include <hv/irq.h>
#include <hv/list.h>
#include <hv/pci.h>
#include <hv/spinlock.h>

#include "physdev.h"

struct pci_function {
    struct list link; /* under lock */
    struct pci_id id; /* (c) */
};

static struct spinlock lock = SPINLOCK_INIT;
static struct list functions = LIST_INIT(functions);

static struct pci_function *function_find_locked(struct pci_id id)
{
    struct pci_function *f;

    list_for_each_entry (f, &functions, link)
        if (pci_id_eq(f->id, id))
            return f;
    return NULL;
}

/* Telling of one twice is harmless: a driver may do so after a reset. */
static int function_add(struct pci_id id)
{
    struct pci_function *f = heap_new(struct pci_function);

    if (!f)
        return -ENOMEM;
    f->id = id;
    spin_lock(&lock);
    if (!function_find_locked(id)) {
        list_append(&functions, &f->link);
        f = NULL;
    }
    spin_unlock(&lock);
    heap_free(f);
    return 0;
}

static int function_remove(struct pci_id id)
{
    struct pci_function *f;

    spin_lock(&lock);
    f = function_find_locked(id);
    if (f)
        list_remove(&f->link);
    spin_unlock(&lock);
    heap_free(f);
    return f ? 0 : -ENODEV;
}

bool pci_function_is_known(struct pci_id id)
{
    bool known;

    spin_lock(&lock);
    known = function_find_locked(id);
    spin_unlock(&lock);
    return known;
}

bool arch_pci_is_known(uint16_t segment, uint8_t bus, uint8_t devfn)
{
    return pci_function_is_known((struct pci_id){ segment, bus, devfn });
}

static struct pci_id id_of(const struct physdev_pci_device *p)
{
    return (struct pci_id){ p->seg, p->bus, p->devfn };
}

int physdev_manage_pci_add(union physdev_arg *a)
{
    return function_add((struct pci_id){ 0, a->manage.bus, a->manage.devfn });
}

int physdev_manage_pci_add_ext(union physdev_arg *a)
{
    if (a->manage_ext.is_extfn > 1 || a->manage_ext.is_virtfn > 1)
        return -EINVAL;
    return function_add((struct pci_id){ 0, a->manage_ext.bus, a->manage_ext.devfn });
}

int physdev_manage_pci_remove(union physdev_arg *a)
{
    return function_remove((struct pci_id){ 0, a->manage.bus, a->manage.devfn });
}

/* The optional proximity domain behind the structure is of no use yet, and is not read. */
int physdev_pci_device_add(union physdev_arg *a)
{
    return function_add((struct pci_id){ a->add.seg, a->add.bus, a->add.devfn });
}

int physdev_pci_device_remove(union physdev_arg *a)
{
    return function_remove(id_of(&a->device));
}

static int restore(struct pci_id id)
{
    if (!pci_function_is_known(id))
        return -ENODEV;
    msi_restore(id.segment, id.bus, id.devfn);
    return 0;
}

int physdev_restore_msi(union physdev_arg *a)
{
    return restore((struct pci_id){ 0, a->restore.bus, a->restore.devfn });
}

int physdev_restore_msi_ext(union physdev_arg *a)
{
    return restore(id_of(&a->device));
}

/*
 * Configuration space is used where the MCFG table says; that the control domain's own tables
 * reserve the place adds nothing, but a place that no table names is refused.
 */
int physdev_pci_mmcfg_reserved(union physdev_arg *a)
{
    const struct physdev_pci_mmcfg_reserved *op = &a->mmcfg;

    if (op->flags & ~(uint32_t)XEN_PCI_MMCFG_RESERVED)
        return -EINVAL;
    for (unsigned int i = 0; i < acpi_info.nr_mcfg; i++) {
        const struct acpi_mcfg *m = &acpi_info.mcfg[i];

        if (m->segment == op->segment && m->first_bus == op->start_bus &&
            m->last_bus == op->end_bus)
            return m->base == op->address ? 0 : -EIO;
    }
    return -ENODEV;
}

static int has_msix(struct pci_id id)
{
    return pci_function_is_known(id) && pci_find_capability(id, PCI_CAP_MSIX) ? 0 : -ENODEV;
}

/* A table's place is looked up when a message is mapped, so nothing has to be kept between. */
int physdev_prepare_msix(union physdev_arg *a)
{
    return has_msix(id_of(&a->device));
}

int physdev_release_msix(union physdev_arg *a)
{
    return has_msix(id_of(&a->device));
}
