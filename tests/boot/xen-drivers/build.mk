# SPDX-License-Identifier: GPL-2.0-or-later
# A program for dom0: linked statically, so it runs in any root.
build/boot/xen-drivers: tests/boot/xen-drivers/main.c
	@mkdir -p $(@D)
	$(call step,CC)
	$(Q)$(CC) -std=gnu17 -O2 $(WARNINGS) -static -o $@ $<
