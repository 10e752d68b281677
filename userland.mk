# SPDX-License-Identifier: GPL-2.0-or-later
# How everything above the hypervisor is built. A folder's build.mk names its libraries and programs:
#   user-libs  += NAME    a static library, build/lib/libNAME.a
#   user-progs += NAME    a program, build/bin/NAME
# and for each  NAME-srcs  its sources; NAME-libs  libraries of ours, callers before what they call;
# NAME-pkgs  pkg-config modules; NAME-ldlibs  other -l flags; NAME-gen  generated headers it needs;
# NAME-cppflags  more flags for the compiler; NAME-order  what must exist before it compiles.
# What a package installs is listed there too, each as SOURCE:DIRECTORY/ or SOURCE:PATH:
#   install-domus += build/bin/domusd:/usr/sbin/ dom0/daemon/domusd.service:/usr/lib/systemd/system/
# Man pages (docs/man) and the hypervisor go into the package domus by themselves.
# A header is included by its path from the top: <dom0/toolstack/config.h>; its own folder's as "private.h".

USER_CFLAGS := -std=gnu17 -O2 -g -fPIE -fno-common -fstack-protector-strong -D_GNU_SOURCE \
               -D_FORTIFY_SOURCE=2 -MMD -MP $(WARNINGS) -I. -I$(B)/gen
USER_LDFLAGS := -pie -Wl,-z,relro,-z,now,--as-needed

user-libs :=
user-progs :=
install-domus := $(B)/xen/domus.gz:/boot/ dom0/image/package/grub-menu:/etc/grub.d/09_domus
install-domus-manager :=
user-dirs := dom0 pvfb usbpassthrough gui
include $(sort $(shell find $(wildcard $(user-dirs)) -name build.mk ! -path 'dom0/image/*'))

pkg-cflags = $(if $1,$(shell pkg-config --cflags $1 | sed 's/-I/-isystem /g'))
pkg-libs   = $(if $1,$(shell pkg-config --libs $1))

# $(call user-objects,NAME): the objects of a library or program and how they are compiled
define user-objects
$1-objs := $$($1-srcs:%.c=$(B)/user/$1/%.o)
$1-cflags := $$($1-cppflags) $$(call pkg-cflags,$$($1-pkgs))
$$($1-objs): $(B)/user/$1/%.o: %.c $$($1-gen) | $$($1-order)
	$$(Q)mkdir -p $$(@D)
	$$(call step,CC,$1/$$*.o)
	$$(Q)$$(CC) $$(USER_CFLAGS) $$($1-cflags) -c -o $$@ $$<
-include $$($1-objs:.o=.d)
endef

define user-library
$(call user-objects,$1)
$(B)/lib/lib$1.a: $$($1-objs)
	$$(Q)mkdir -p $$(@D)
	$$(call step,AR)
	$$(Q)rm -f $$@ && ar rcs $$@ $$^
endef

# All packages of a program: its own and those of the libraries it is linked with, in that order.
user-all-pkgs = $(strip $($1-pkgs) $(foreach l,$($1-libs),$($l-pkgs)))
define user-program
$(call user-objects,$1)
$(B)/bin/$1: $$($1-objs) $$($1-libs:%=$(B)/lib/lib%.a)
	$$(Q)mkdir -p $$(@D)
	$$(call step,LD)
	$$(Q)$$(CC) $$(USER_LDFLAGS) -o $$@ $$^ $$(call pkg-libs,$$(call user-all-pkgs,$1)) \
	    $$($1-ldlibs) $$(foreach l,$$($1-libs),$$($$l-ldlibs))
endef

$(foreach l,$(user-libs),$(eval $(call user-library,$l)))
$(foreach p,$(user-progs),$(eval $(call user-program,$p)))

.PHONY: user
user: $(user-progs:%=$(B)/bin/%)

# The Debian packages. Their version is the commit's date and name, so a newer build replaces an older.
PACKAGES := domus $(if $(strip $(install-domus-manager)),domus-manager)
debs := $(PACKAGES:%=$(B)/deb/%.deb)
manual := $(wildcard docs/man/*.[1-8])
manager-pages := domus-manager.1 domus-viewer.1
pages-domus-manager := $(filter $(manager-pages:%=docs/man/%),$(manual))
pages-domus := $(filter-out $(pages-domus-manager),$(manual))
install-sources = $(foreach i,$(install-$1),$(firstword $(subst :, ,$i))) $(pages-$1)

define deb-package
$(B)/deb/$1.deb: dom0/image/deb $$(call install-sources,$1) $$(wildcard dom0/image/package/$1.*)
	$$(Q)mkdir -p $$(@D)
	$$(call step,DEB)
	$$(Q)dom0/image/deb $1 $$@ $$(install-$1) $$(foreach m,$$(pages-$1),$$m:/usr/share/man/man$$(subst .,,$$(suffix $$m))/)
endef
$(foreach p,$(PACKAGES),$(eval $(call deb-package,$p)))

.PHONY: deb install uninstall
deb: $(debs)
install: $(debs)
	$(Q)dom0/image/install $^
uninstall:
	$(Q)dom0/image/install --remove $(PACKAGES)
