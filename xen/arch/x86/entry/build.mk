# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += $(addprefix arch/x86/entry/,exception.o syscall.o thunk.o user.o compat.o)
