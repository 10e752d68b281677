# SPDX-License-Identifier: GPL-2.0-or-later
# How the hypervisor is built: build/xen/domus (what a boot loader starts) and build/xen/domus.gz.
# Each folder's build.mk lists its objects in xen-objs; nothing else is named here.
B ?= build
CC ?= gcc
OBJCOPY ?= objcopy
NM ?= nm

xen-objs :=
xen-extra-objs :=
include $(sort $(shell find xen -mindepth 2 -name build.mk))

XEN_COMMIT := $(shell git rev-parse --short HEAD 2>/dev/null || echo unknown)
xen-compiler := $(if $(findstring clang,$(shell $(CC) --version 2>/dev/null)),clang,gcc)

xen-warnings := -Wall -Wextra -Werror -Wshadow -Wundef -Wstrict-prototypes -Wmissing-prototypes \
    -Wvla -Wcast-qual -Wwrite-strings
# Hardening: indirect branches and returns go through thunks (arch/x86/entry/thunk.S), as far as the
# compiler can; the boot log says which.
xen-hardening-gcc := -mindirect-branch=thunk-extern -mindirect-branch-register \
    -mfunction-return=thunk-extern
xen-hardening-clang := -mretpoline-external-thunk
xen-hardened-gcc := retpolines, return thunks
xen-hardened-clang := retpolines
xen-includes := -nostdinc -isystem $(shell $(CC) -print-file-name=include 2>/dev/null) -isystem $(B)/abi \
    -Ixen/include -Ixen/arch/x86/include -I$(B)/xen/include
xen-cppflags := $(xen-includes) -MMD -MP $(if $(DEBUG),-DCONFIG_DEBUG)
xen-cflags := -std=gnu17 -O2 -g -ffreestanding -fpie -include hv/visibility.h -mno-red-zone \
    -mgeneral-regs-only -fno-strict-aliasing -fno-common -fno-stack-protector \
    -fno-asynchronous-unwind-tables -fno-omit-frame-pointer -fcf-protection=none \
    -ffunction-sections -fdata-sections \
    $(xen-warnings) $(xen-hardening-$(xen-compiler))

xen-o := $(addprefix $(B)/xen/,$(xen-objs)) $(xen-extra-objs)

$(B)/abi/xen:
	@mkdir -p $(@D)
	$(Q)ln -sfn /usr/include/xen $@

# Offsets for assembly: two steps, so that a failure of the compiler is seen.
$(B)/xen/include/asm/offsets.s: xen/arch/x86/entry/asm-offsets.c $(B)/xen/flags | $(B)/abi/xen
	@mkdir -p $(@D)
	$(say) GEN $@
	$(Q)$(CC) $(filter-out -g,$(xen-cflags)) $(xen-cppflags) -MT $@ -MF $@.d -S -o $@ $<
$(B)/xen/include/asm/offsets.h: $(B)/xen/include/asm/offsets.s
	$(Q)sed -n 's/^.*->\([A-Za-z0-9_]*\) [$$]*\([0-9-]*\).*$$/#define \1 \2/p' $< >$@

# Other flags or another compiler: everything again.
$(B)/xen/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(xen-cflags) $(xen-cppflags)' | cmp -s - $@ || \
	    echo '$(CC) $(xen-cflags) $(xen-cppflags)' >$@

$(B)/xen/%.o: xen/%.c $(B)/xen/flags | $(B)/abi/xen
	@mkdir -p $(@D)
	$(say) CC xen/$*.o
	$(Q)$(CC) $(xen-cflags) $(xen-cppflags) -c -o $@ $<

$(B)/xen/%.o: xen/%.S $(B)/xen/include/asm/offsets.h $(B)/xen/flags | $(B)/abi/xen
	@mkdir -p $(@D)
	$(say) AS xen/$*.o
	$(Q)$(CC) -D__ASSEMBLY__ -g $(xen-cppflags) -Wa,--noexecstack -c -o $@ $<

# The version string is compiled again when the commit or an object changes.
$(B)/xen/build-info.h: FORCE
	@mkdir -p $(@D)
	@echo '#define BUILD_COMMIT "$(XEN_COMMIT)"' >$@.new
	@echo '#define BUILD_HARDENING "$(xen-hardened-$(xen-compiler))"' >>$@.new
	@cmp -s $@ $@.new && rm $@.new || mv $@.new $@
.PHONY: FORCE
$(B)/xen/common/version.o: $(B)/xen/build-info.h
$(B)/xen/common/version.o: xen-cppflags += -include $(B)/xen/build-info.h

$(B)/xen/hv.lds: xen/hv.lds.S
	@mkdir -p $(@D)
	$(Q)$(CC) -E -P -D__ASSEMBLY__ $(xen-cppflags) -x assembler-with-cpp -o $@ $<

xen-link = ld -nostdlib -static --no-dynamic-linker -z noexecstack -z max-page-size=4096 \
    --no-warn-rwx-segments --gc-sections --build-id=sha1 -T $(B)/xen/hv.lds

# Linked twice: first with an empty table of symbols, then with the one that the first link gave.
$(B)/xen/no-symbols.S: xen/symbols.awk
	$(Q)awk -f $< </dev/null >$@
$(B)/xen/hv.1.elf: $(xen-o) $(B)/xen/no-symbols.o $(B)/xen/hv.lds
	$(Q)$(xen-link) -o $@ $(xen-o) $(B)/xen/no-symbols.o
$(B)/xen/symbols.S: $(B)/xen/hv.1.elf xen/symbols.awk
	$(Q)$(NM) -n $< | awk -f xen/symbols.awk >$@
$(B)/xen/symbols.o $(B)/xen/no-symbols.o: %.o: %.S
	$(Q)$(CC) -c -Wa,--noexecstack -o $@ $<
$(B)/xen/hv.elf: $(B)/xen/symbols.o
	$(say) LD $@
	$(Q)$(xen-link) -Map $(B)/xen/hv.map -o $@ $(xen-o) $<

# The container: one ELF32 segment that holds the image (multiboot 1 loaders refuse ELF64).
$(B)/xen/hv.bin: $(B)/xen/hv.elf
	$(Q)$(OBJCOPY) -O binary --set-section-flags .bss=alloc $< $@
$(B)/xen/container.ld: $(B)/xen/hv.elf xen/container.sh
	$(Q)NM=$(NM) sh xen/container.sh $< >$@
$(B)/xen/domus: $(B)/xen/hv.bin $(B)/xen/container.ld
	$(say) LD $@
	$(Q)echo '.incbin "$<"' | as --32 -o $(B)/xen/container.o -
	$(Q)ld -m elf_i386 -nostdlib -z max-page-size=4096 --no-warn-rwx-segments --strip-all \
	    -T $(B)/xen/container.ld -o $@ $(B)/xen/container.o
$(B)/xen/domus.gz: $(B)/xen/domus
	$(Q)gzip -9nc $< >$@

-include $(shell [ ! -d $(B)/xen ] || find $(B)/xen -name '*.d')
