# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += common/event/bind.o common/event/channel.o common/event/close.o common/event/dump.o \
            common/event/fifo.o common/event/fifo-setup.o common/event/hypercall.o \
            common/event/pirq.o common/event/send.o common/event/status.o \
            common/event/two-level.o common/event/virq.o
