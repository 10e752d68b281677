# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += arch/x86/mm/early.o arch/x86/mm/init.o arch/x86/mm/map.o arch/x86/mm/tlb.o arch/x86/mm/guest-copy.o
