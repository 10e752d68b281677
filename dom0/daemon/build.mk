# SPDX-License-Identifier: GPL-2.0-or-later
# domusd; without the library "toolstack" in the tree it has its fake host only.
domusd-toolstack = $(filter toolstack,$(user-libs))

user-progs += domusd
domusd-srcs = $(addprefix dom0/daemon/,main.c errors.c job.c machine.c machine-publish.c life.c \
                life-ends.c life-calls.c refresh.c save-file.c settings.c xl-json.c xl-json-read.c store.c counters.c statistics.c \
                machine-config.c machine-cpu.c machine-device.c sockets.c authority.c host.c \
                host-pools.c manager.c manager-define.c autostart.c poweroff.c \
                fake.c fake-life.c fake-host.c fake-console.c \
                $(if $(domusd-toolstack),backend-toolstack.c,backend-none.c))
domusd-libs = domus-bus $(if $(domusd-toolstack),toolstack builder kernel ctl) config
domusd-pkgs := gio-2.0 gio-unix-2.0
domusd-gen = $(domus-bus-h)

install-domus += $(B)/bin/domusd:/usr/sbin/
install-domus += $(foreach s,domusd.service domus-machines.service,dom0/daemon/data/$s:/usr/lib/systemd/system/)
install-domus += dom0/daemon/data/org.domus1.service:/usr/share/dbus-1/system-services/
install-domus += dom0/daemon/data/org.domus1.conf:/usr/share/dbus-1/system.d/
install-domus += dom0/daemon/data/org.domus1.policy:/usr/share/polkit-1/actions/
install-domus += dom0/dbus/org.domus1.xml:/usr/share/dbus-1/interfaces/
