# SPDX-License-Identifier: GPL-2.0-or-later
# domus-config: reads configurations; what acts on them is in libraries of their own.
user-libs += domus-config
domus-config-srcs := $(addprefix dom0/toolstack/,config.c config-text.c config-keys.c config-disk.c \
                       config-nic.c config-screen.c config-cpus.c)
domus-config-pkgs := glib-2.0
