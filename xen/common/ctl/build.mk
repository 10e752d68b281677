# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += common/ctl/version.o common/ctl/nmi-op.o
xen-objs += common/ctl/sysctl.o
xen-objs += common/ctl/domctl.o common/ctl/domctl-life.o common/ctl/domctl-vcpu.o common/ctl/bitmap.o
