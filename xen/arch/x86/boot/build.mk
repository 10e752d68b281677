# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += $(addprefix arch/x86/boot/,entry.o efi-entry.o main.o multiboot1.o multiboot2.o efi.o \
    efi-map.o regions.o)
