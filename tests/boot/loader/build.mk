# SPDX-License-Identifier: GPL-2.0-or-later
# The boot code of the hypervisor, unchanged, with a probe behind it instead of the rest.
probe := build/boot-probe
probe-objs := $(addprefix build/xen/,$(filter arch/x86/efi/% \
    arch/x86/boot/%,$(filter-out %/trampoline.o,$(xen-objs))) lib/string.o lib/printf.o \
    arch/x86/entry/thunk.o) $(probe)/probe.o $(probe)/firmware.o

$(probe)/%.o: tests/boot/loader/%.c | $(B)/abi/xen build/xen/include/asm/offsets.h
	@mkdir -p $(@D)
	$(call step,CC)
	$(Q)$(CC) $(xen-cflags) $(xen-cppflags) -c -o $@ $<
$(probe)/hv.elf: $(probe-objs) build/xen/hv.lds
	$(call step,LD)
	$(Q)$(xen-link) -o $@ $(probe-objs)
$(probe)/domus: $(probe)/hv.elf xen/container.sh
	$(Q)$(OBJCOPY) -O binary --set-section-flags .bss=alloc $< $(probe)/hv.bin
	$(Q)NM=$(NM) sh xen/container.sh $< >$(probe)/container.ld
	$(Q)echo '.incbin "$(probe)/hv.bin"' | as --32 -o $(probe)/container.o -
	$(Q)ld -m elf_i386 -nostdlib -z max-page-size=4096 --no-warn-rwx-segments --strip-all \
	    -T $(probe)/container.ld -o $@ $(probe)/container.o
-include $(wildcard $(probe)/*.d)
