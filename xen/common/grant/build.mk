# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += common/grant/cache.o common/grant/copy.o common/grant/dump.o common/grant/key.o common/grant/map.o \
            common/grant/maptrack.o common/grant/op.o common/grant/pin.o common/grant/table.o \
            common/grant/transfer.o common/grant/unmap.o common/grant/version.o
