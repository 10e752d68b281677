# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += lib/kernel/elf.o lib/kernel/unpack.o
