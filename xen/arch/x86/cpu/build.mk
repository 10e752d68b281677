# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += arch/x86/cpu/desc.o arch/x86/cpu/features.o arch/x86/cpu/init.o arch/x86/cpu/xstate.o
xen-objs += arch/x86/cpu/unpack-env.o arch/x86/cpu/topology.o
xen-objs += arch/x86/cpu/shutdown.o arch/x86/cpu/machine-check.o arch/x86/cpu/spec-ctrl.o
