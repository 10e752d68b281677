# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += drivers/acpi/tables.o drivers/acpi/madt.o drivers/acpi/fadt.o drivers/acpi/s5.o
xen-objs += drivers/acpi/hpet.o drivers/acpi/mcfg.o drivers/acpi/srat.o drivers/acpi/init.o
