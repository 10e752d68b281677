# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += common/console/printk.o common/console/ring.o common/console/console-io.o
