# SPDX-License-Identifier: GPL-2.0-or-later
# build/gen/domus-bus.{c,h}: proxies and skeletons of org.domus1, for the daemon, the command and the
# manager. Link with domus-bus and name $(domus-bus-h) in NAME-gen.
domus-bus-h := $(B)/gen/domus-bus.h

$(B)/gen/domus-bus.%: dom0/dbus/org.domus1.xml
	$(Q)mkdir -p $(@D)
	$(call step,GEN)
	$(Q)gdbus-codegen --interface-prefix org.domus1. --c-namespace Bus --c-generate-object-manager \
	    --c-generate-autocleanup all $(if $(filter %.c,$@),--body,--header) --output $@ $<

user-libs += domus-bus
domus-bus-srcs := $(B)/gen/domus-bus.c
domus-bus-pkgs := gio-2.0 gio-unix-2.0
domus-bus-gen  := $(domus-bus-h)
# Generated code does not keep our warnings.
$(B)/user/domus-bus/%.o: USER_CFLAGS += -w
