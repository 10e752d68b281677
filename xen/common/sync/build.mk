# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += common/sync/softirq.o
xen-objs += common/sync/spinlock.o
