# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += arch/x86/trap/cpus-dump.o arch/x86/trap/dump.o arch/x86/trap/exception.o
xen-objs += arch/x86/trap/extable.o arch/x86/trap/nmi.o
