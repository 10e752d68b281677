# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += common/ctl/version.o common/ctl/nmi-op.o common/ctl/bitmap.o
xen-objs += common/ctl/sysctl.o common/ctl/sysctl-console.o common/ctl/sysctl-domains.o
xen-objs += common/ctl/sysctl-machine.o common/ctl/sysctl-refused.o common/ctl/sysctl-sched.o
xen-objs += common/ctl/domctl.o common/ctl/domctl-life.o common/ctl/domctl-vcpu.o
