# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += common/console/console-io.o common/console/hand-over.o common/console/input.o \
            common/console/guest-lines.o common/console/output.o common/console/printk.o \
            common/console/ring.o
