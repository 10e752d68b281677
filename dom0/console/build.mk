# SPDX-License-Identifier: GPL-2.0-or-later
# The console daemon.
user-progs += domus-consoled
domus-consoled-srcs := $(sort $(wildcard dom0/console/*.c))
domus-consoled-libs := ctl
domus-consoled-pkgs := xenevtchn xengnttab xenstore
install-domus += $(B)/bin/domus-consoled:/usr/sbin/ dom0/console/domus-consoled.service:/usr/lib/systemd/system/
