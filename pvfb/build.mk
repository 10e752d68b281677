# SPDX-License-Identifier: GPL-2.0-or-later
# The paravirtual framebuffer and keyboard: back end and viewer.
pvfb-protocol := $(addprefix pvfb/protocol/,geometry.c damage.c fb-ring.c kbd-ring.c pixels.c keys.c)

user-progs += domus-pvfb
domus-pvfb-srcs := $(pvfb-protocol) $(sort $(wildcard pvfb/backend/*.c))
domus-pvfb-pkgs := libvncserver gnutls libseccomp xenstore xenevtchn xenforeignmemory
install-domus += $(B)/bin/domus-pvfb:/usr/sbin/ pvfb/data/domus-pvfb.conf:/usr/lib/sysusers.d/

user-progs += domus-viewer
domus-viewer-srcs := $(addprefix pvfb/protocol/,geometry.c damage.c keys.c) pvfb/backend/pass-fd.c \
    $(sort $(wildcard pvfb/viewer/*.c))
domus-viewer-pkgs := sdl2 libvncclient libpng
# The viewer wants SDL and with it a desktop, so it goes with the manager, once that has a package.
install-domus-manager += $(if $(wildcard dom0/image/package/domus-manager.control),$(B)/bin/domus-viewer:/usr/bin/)
