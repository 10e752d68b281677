# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += common/sched/affinity.o
xen-objs += common/sched/core.o
xen-objs += common/sched/idle.o
xen-objs += common/sched/null.o
xen-objs += common/sched/pause.o
xen-objs += common/sched/runstate.o
