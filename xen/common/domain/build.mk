# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += common/domain/vcpu-info.o
xen-objs += common/domain/vcpu-op.o
xen-objs += common/domain/domain.o
xen-objs += common/domain/domain-dump.o common/domain/destroy.o common/domain/info.o
