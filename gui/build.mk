# SPDX-License-Identifier: GPL-2.0-or-later
# domus-manager: the model (no GTK), the widgets, and the data that is linked in or installed beside.
user-libs += gui-model
gui-model-srcs := $(addprefix gui/model/,words.c domain.c client.c new-machine.c media.c)
gui-model-libs := domus-bus
gui-model-pkgs := gio-2.0 gio-unix-2.0 libosinfo-1.0
gui-model-gen = $(domus-bus-h)
gui-model-cppflags := -DGETTEXT_PACKAGE='"domus-manager"'

user-progs += domus-manager
domus-manager-srcs := $(addprefix gui/ui/,main.c application.c window.c domain-row.c thumbnail.c \
                        graph.c access.c machine-actions.c machine-page.c host-page.c path-entry.c \
                        new-machine-dialog.c new-machine-job.c display.c screen.c terminal.c \
                        console-window.c settings-dialog.c settings-devices.c preferences.c) \
                      $(B)/gen/manager-resources.c
domus-manager-libs := gui-model domus-bus
domus-manager-pkgs := gtk+-3.0 gtk-vnc-2.0 gvnc-1.0 vte-2.91 gio-unix-2.0
domus-manager-gen = $(domus-bus-h)
domus-manager-cppflags = $(gui-model-cppflags)
domus-manager-ldlibs := -Wl,--export-dynamic
$(B)/user/domus-manager/$(B)/gen/%.o: USER_CFLAGS += -w

gui-resources := $(wildcard gui/ui/*.ui icons/*.svg)
$(B)/gen/manager-resources.c: gui/data/manager.gresource.xml $(gui-resources)
	$(Q)mkdir -p $(@D)
	$(call step,GEN)
	$(Q)glib-compile-resources --generate-source --internal --sourcedir=gui/ui --sourcedir=icons --target=$@ $<

# Translations, the desktop entry with them, the compiled schema for tests, the icon's sizes.
gui-languages := $(basename $(notdir $(wildcard gui/po/*.po)))
gui-mo := $(gui-languages:%=$(B)/gui/locale/%/LC_MESSAGES/domus-manager.mo)
$(gui-mo): $(B)/gui/locale/%/LC_MESSAGES/domus-manager.mo: gui/po/%.po
	$(Q)mkdir -p $(@D)
	$(call step,MSGFMT)
	$(Q)msgfmt --check -o $@ $<
$(B)/gui/org.domus1.Manager.desktop: gui/data/org.domus1.Manager.desktop.in $(wildcard gui/po/*.po)
	$(Q)mkdir -p $(@D)
	$(call step,MSGFMT)
	$(Q)msgfmt --desktop --template=$< -d gui/po -o $@
$(B)/gui/gschemas.compiled: gui/data/org.domus1.Manager.gschema.xml
	$(Q)mkdir -p $(@D)
	$(call step,SCHEMA)
	$(Q)glib-compile-schemas --strict --targetdir=$(@D) gui/data
gui-sizes := 16 22 24 32 48 64 128 256 512
gui-icons := $(gui-sizes:%=$(B)/gui/icons/%/org.domus1.Manager.png)
$(gui-icons): $(B)/gui/icons/%/org.domus1.Manager.png: icons/org.domus1.Manager.svg
	$(Q)mkdir -p $(@D)
	$(call step,ICON)
	$(Q)rsvg-convert -w $* -h $* -o $@ $<

.PHONY: gui-data
gui-data: $(gui-mo) $(B)/gui/org.domus1.Manager.desktop $(B)/gui/gschemas.compiled $(gui-icons)
user: gui-data

install-domus-manager += $(B)/bin/domus-manager:/usr/bin/
install-domus-manager += $(B)/gui/org.domus1.Manager.desktop:/usr/share/applications/
install-domus-manager += gui/data/org.domus1.Manager.metainfo.xml:/usr/share/metainfo/
install-domus-manager += gui/data/org.domus1.Manager.gschema.xml:/usr/share/glib-2.0/schemas/
install-domus-manager += icons/org.domus1.Manager.svg:/usr/share/icons/hicolor/scalable/apps/
install-domus-manager += icons/org.domus1.Manager-symbolic.svg:/usr/share/icons/hicolor/symbolic/apps/
install-domus-manager += $(foreach s,$(gui-sizes),$(B)/gui/icons/$s/org.domus1.Manager.png:/usr/share/icons/hicolor/$sx$s/apps/)
install-domus-manager += $(foreach l,$(gui-languages),$(B)/gui/locale/$l/LC_MESSAGES/domus-manager.mo:/usr/share/locale/$l/LC_MESSAGES/)
