# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += lib/bitmap.o lib/printf.o lib/string.o
