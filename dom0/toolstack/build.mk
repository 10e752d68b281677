# SPDX-License-Identifier: GPL-2.0-or-later
# config: reads configurations; what acts on them is in libraries of their own.
user-libs += config
config-srcs := $(addprefix dom0/toolstack/,config.c config-text.c config-keys.c config-disk.c \
                       config-nic.c config-screen.c config-cpus.c)
config-pkgs := glib-2.0

# toolstack: from a configuration to a running domain. The parser of configurations is a library of
# its own.
user-libs += toolstack
toolstack-srcs := $(addprefix dom0/toolstack/,backend.c build.c cpu-list.c create.c device-list.c disk.c domain.c host.c \
    kernel-file.c memory.c nic.c plan.c plan-device.c pool.c qemu.c restore.c save.c schedule.c share.c \
    store-nodes.c store.c stream.c toolstack.c vcpu.c)
toolstack-pkgs := glib-2.0 gio-2.0 xenstore xencall xenforeignmemory

# The toolstack by hand, for the tests in dom0.
user-progs += domus-ts
domus-ts-srcs := tests/toolstack/domus-ts.c
domus-ts-libs := toolstack builder kernel ctl
domus-ts-pkgs := glib-2.0 gio-2.0
