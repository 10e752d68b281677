/* SPDX-License-Identifier: GPL-2.0-or-later */
/* physdev_op: its argument in one form, and the sub-operations. */
#ifndef PV_PHYSDEV_H
#define PV_PHYSDEV_H

#include <hv/domain.h>

union physdev_arg {
    struct physdev_eoi eoi;
    struct physdev_pirq_eoi_gmfn eoi_gmfn;
    struct physdev_irq_status_query status;
    struct physdev_set_iopl iopl;
    struct physdev_set_iobitmap iobitmap;
    struct physdev_apic apic;
    struct physdev_irq irq;
    struct physdev_map_pirq map;
    struct physdev_unmap_pirq unmap;
    struct physdev_manage_pci manage;
    struct physdev_manage_pci_ext manage_ext;
    struct physdev_restore_msi restore;
    struct physdev_setup_gsi gsi;
    struct physdev_get_free_pirq free_pirq;
    struct physdev_pci_mmcfg_reserved mmcfg;
    struct physdev_pci_device_add add;
    struct physdev_pci_device device;
    struct physdev_dbgp_op dbgp;
};

/*
 * The sub-operations, by their ABI names: the argument is copied in already, and copied out after
 * 0. 0 or -Exxx.
 */
int physdev_eoi(union physdev_arg *a);
int physdev_pirq_eoi_gmfn_v1(union physdev_arg *a);
int physdev_pirq_eoi_gmfn_v2(union physdev_arg *a);
int physdev_irq_status_query(union physdev_arg *a);
int physdev_apic_read(union physdev_arg *a);
int physdev_apic_write(union physdev_arg *a);
int physdev_alloc_irq_vector(union physdev_arg *a);
int physdev_setup_gsi(union physdev_arg *a);
int physdev_map_pirq(union physdev_arg *a);
int physdev_unmap_pirq(union physdev_arg *a);
int physdev_get_free_pirq(union physdev_arg *a);

int physdev_manage_pci_add(union physdev_arg *a);
int physdev_manage_pci_add_ext(union physdev_arg *a);
int physdev_manage_pci_remove(union physdev_arg *a);
int physdev_pci_device_add(union physdev_arg *a);
int physdev_pci_device_remove(union physdev_arg *a);
int physdev_restore_msi(union physdev_arg *a);
int physdev_restore_msi_ext(union physdev_arg *a);
int physdev_pci_mmcfg_reserved(union physdev_arg *a);
int physdev_prepare_msix(union physdev_arg *a);
int physdev_release_msix(union physdev_arg *a);

struct pci_id;
/* Whether the control domain has told of the function. */
bool pci_function_is_known(struct pci_id id);

#endif
