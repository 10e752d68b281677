# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += arch/x86/pv/audit.o arch/x86/pv/bounce.o arch/x86/pv/callback.o arch/x86/pv/cpuid.o
xen-objs += arch/x86/pv/descriptors.o arch/x86/pv/dom0.o arch/x86/pv/dom0-memory.o
xen-objs += arch/x86/pv/dom0-start-info.o arch/x86/pv/dom0-tables.o arch/x86/pv/emulate.o
xen-objs += arch/x86/pv/grant-map.o arch/x86/pv/hypercalls.o arch/x86/pv/io.o arch/x86/pv/misc-calls.o
xen-objs += arch/x86/pv/mmu-update.o arch/x86/pv/mmuext.o arch/x86/pv/msr.o arch/x86/pv/pt-entry.o
xen-objs += arch/x86/pv/pt-release.o arch/x86/pv/pt-update.o arch/x86/pv/pt-validate.o arch/x86/pv/pt-write.o
xen-objs += arch/x86/pv/machine-map.o arch/x86/pv/memory-op.o arch/x86/pv/nmi-callback.o
xen-objs += arch/x86/pv/switch.o arch/x86/pv/trap.o arch/x86/pv/vcpu.o
xen-objs += arch/x86/pv/hypercall-page.o arch/x86/pv/l1tf.o
xen-objs += arch/x86/pv/physdev.o arch/x86/pv/physdev-irq.o arch/x86/pv/physdev-pci.o
xen-objs += arch/x86/pv/platform.o arch/x86/pv/platform-cpu.o arch/x86/pv/platform-firmware.o
xen-objs += arch/x86/pv/platform-msr.o arch/x86/pv/platform-power.o
xen-objs += arch/x86/pv/physinfo.o arch/x86/pv/sysctl-cpu.o
xen-objs += arch/x86/pv/destroy.o arch/x86/pv/domctl.o arch/x86/pv/domctl-context.o
xen-objs += arch/x86/pv/domctl-state.o arch/x86/pv/domctl-permission.o arch/x86/pv/policy.o
