# SPDX-License-Identifier: GPL-2.0-or-later
# The client that tests and benchmarks of pvfb/ use.
build/tests/pvfb-client: tests/pvfb/client.c
	$(Q)mkdir -p $(@D)
	$(call step,CC)
	$(Q)$(CC) $(USER_CFLAGS) $(call pkg-cflags,libvncclient) -o $@ $< -pie $(call pkg-libs,libvncclient)
