# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += arch/x86/apic/lapic.o arch/x86/apic/pic.o arch/x86/apic/ioapic.o arch/x86/apic/ipi.o
xen-objs += arch/x86/apic/irq.o arch/x86/apic/vector.o arch/x86/apic/interrupt.o
xen-objs += arch/x86/cpu/smp.o arch/x86/cpu/power.o arch/x86/cpu/smp-boot.o arch/x86/boot/trampoline.o
xen-objs += arch/x86/apic/msi.o
