# SPDX-License-Identifier: GPL-2.0-or-later
# domus: the command.
user-progs += domus
domus-srcs := $(addprefix dom0/cli/,main.c common.c create.c end.c save.c console.c list.c name.c \
                memory.c vcpu.c sched.c cpupool.c device.c info.c top.c)
domus-libs := domus-bus
domus-pkgs := gio-2.0 gio-unix-2.0
domus-gen = $(domus-bus-h)

install-domus += $(B)/bin/domus:/usr/bin/
install-domus += dom0/cli/data/domus.bash:/usr/share/bash-completion/completions/domus
