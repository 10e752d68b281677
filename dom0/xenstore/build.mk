# SPDX-License-Identifier: GPL-2.0-or-later
# The store daemon.
user-progs += domus-xenstored
domus-xenstored-srcs := $(sort $(wildcard dom0/xenstore/*.c))
domus-xenstored-pkgs := xenevtchn xengnttab xenforeignmemory xencall
install-domus += build/bin/domus-xenstored:/usr/sbin/ dom0/xenstore/domus-xenstored.service:/usr/lib/systemd/system/
