# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += drivers/uart/ns16550.o
