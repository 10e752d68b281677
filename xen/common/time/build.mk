# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += common/time/timer.o
xen-objs += common/time/vcpu-timer.o
