# SPDX-License-Identifier: GPL-2.0-or-later
# Tiny PV kernels: one per directory of tests/guests/pv with a main.c; all its sources plus lib/.

pv-guests    := $(patsubst tests/guests/pv/%/main.c,%,$(sort $(wildcard tests/guests/pv/*/main.c)))
pv-lib-src   := $(sort $(wildcard tests/guests/pv/lib/*.c tests/guests/pv/lib/*.S))
pv-lib-objs  := $(patsubst tests/guests/%,build/guests/obj/%.o,$(pv-lib-src))
GUEST_CFLAGS := -std=gnu17 -O2 -g -ffreestanding -fno-common -fno-strict-aliasing -fno-pic -fno-pie \
                -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables \
                -m64 -mcmodel=kernel -mno-red-zone -mgeneral-regs-only -MMD -MP $(WARNINGS) \
                -D__XEN_INTERFACE_VERSION__=0x00040e00 -Itests/guests/pv/lib
GUEST_LDFLAGS := -m64 -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,noexecstack \
                -Wl,--no-warn-rwx-segments -T tests/guests/pv/lib/guest.lds

guests-build: $(patsubst %,build/guests/pv/%,$(pv-guests))
ifneq ($(findstring $(origin HYPERVISOR),command line environment),)
guests: guests-test
else
guests: guests-build
endif

guests-test: $(if $(filter xen,$(HYPERVISOR)),build/incumbent/xen.gz)
	$(Q)HYPERVISOR=$(HYPERVISOR) tests/run guests

build/incumbent/xen.gz: scripts/incumbent
	$(call step,GET)
	$(Q)scripts/incumbent && touch $@

build/guests/obj/%.c.o: tests/guests/%.c
	$(call step,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(GUEST_CFLAGS) -c $< -o $@

build/guests/obj/%.S.o: tests/guests/%.S
	$(call step,AS)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(GUEST_CFLAGS) -D__ASSEMBLY__ -c $< -o $@

define pv-guest
build/guests/pv/$1: $(patsubst tests/guests/%,build/guests/obj/%.o,$(sort \
        $(wildcard tests/guests/pv/$1/*.c tests/guests/pv/$1/*.S))) $(pv-lib-objs) \
        tests/guests/pv/lib/guest.lds
	$$(call step,LD)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$(CC) $(GUEST_LDFLAGS) $$(filter %.o,$$^) -o $$@
endef
$(foreach g,$(pv-guests),$(eval $(call pv-guest,$g)))

.SECONDARY: $(pv-lib-objs)
-include $(shell find build/guests -name '*.d' 2>/dev/null)
