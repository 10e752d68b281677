# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += arch/x86/time/scale.o arch/x86/time/refclock.o arch/x86/time/tsc.o
xen-objs += arch/x86/time/apic-timer.o arch/x86/time/rtc.o arch/x86/time/calendar.o
xen-objs += arch/x86/time/dump.o arch/x86/time/wallclock.o arch/x86/time/guest-time.o arch/x86/time/tsc-sync.o
