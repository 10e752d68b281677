# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += $(addprefix arch/x86/efi/,call.o info.o runtime.o)
