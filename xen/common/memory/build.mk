# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += common/memory/frame-types.o common/memory/domain-frames.o
xen-objs += common/memory/memory-op.o common/memory/reservation.o common/memory/claim.o \
            common/memory/exchange.o common/memory/physmap.o common/memory/acquire-resource.o \
            common/memory/refused.o common/memory/memory-dump.o
