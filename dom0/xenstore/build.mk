# SPDX-License-Identifier: GPL-2.0-or-later
# The store daemon.
xenstore-objects := control domain holder journal main node operation path permission quota region \
                    request ring server socket store transaction tree watch wire connection xen
xenstore-dir     := build/dom0/xenstore
XENSTORE_CFLAGS   = -std=gnu17 -O2 -g -MMD -MP $(WARNINGS) -D_GNU_SOURCE -D__XEN_TOOLS__
xenstore-libs    := -lxenevtchn -lxengnttab -lxenforeignmemory -lxencall

$(xenstore-dir)/%.o: dom0/xenstore/%.c
	$(call step,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(XENSTORE_CFLAGS) -c $< -o $@

$(xenstore-dir)/domus-xenstored: $(xenstore-objects:%=$(xenstore-dir)/%.o)
	$(call step,LD)
	$(Q)$(CC) -g $^ -o $@ $(xenstore-libs)

-include $(xenstore-objects:%=$(xenstore-dir)/%.d)
