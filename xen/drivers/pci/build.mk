# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += drivers/pci/config.o
