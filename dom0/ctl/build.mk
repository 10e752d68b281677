# SPDX-License-Identifier: GPL-2.0-or-later
user-libs += ctl
ctl-srcs := $(addprefix dom0/ctl/,call.c domain.c memory.c state.c system.c vcpu.c)
ctl-pkgs := xencall xenforeignmemory
