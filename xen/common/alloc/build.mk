# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += common/alloc/frames.o common/alloc/heap.o common/alloc/ranges.o
