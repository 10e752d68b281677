# SPDX-License-Identifier: GPL-2.0-or-later
# kernel: the hypervisor's reader of kernel files, the same sources compiled for user space.
kernel-headers := -Ixen/include -Ixen/arch/x86/include -isystem $(B)/abi
user-libs += kernel
kernel-srcs := $(addprefix xen/lib/kernel/,bzimage.c decoders.c elf.c load.c notes.c unpack.c)
kernel-cppflags := $(kernel-headers)
kernel-order := $(B)/abi/xen
kernel-ldlibs := -lz -llzma -lzstd -llz4

user-libs += builder
builder-srcs := $(addprefix dom0/builder/,image.c layout.c start.c tables.c)
builder-cppflags := $(kernel-headers)
builder-order := $(B)/abi/xen
