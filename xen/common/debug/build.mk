# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += common/debug/symbols.o common/debug/panic.o common/debug/keys.o
