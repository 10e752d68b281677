# SPDX-License-Identifier: GPL-2.0-or-later
# dom0's root disk and the boot medium. The Debian root is the dear part: it is kept under a hash of
# what it is made from, does not depend on the hypervisor, and survives `make clean`.

KERNEL    ?= linux-image-amd64
HV_OPTIONS ?= dom0_mem=1024M
image-dir := build/image/$(KERNEL)
root-in   := $(sort dom0/image/root dom0/image/root-packages.txt \
                    $(shell find dom0/image/files -type f 2>/dev/null))
root-key  := $(shell cat $(root-in) | sha256sum | cut -c1-12)
disk-key  := $(root-key)-$(shell sha256sum <dom0/image/disk | cut -c1-12)
root-tar  := $(image-dir)/root-$(root-key).tar
disk-done := $(image-dir)/disk-$(disk-key).done
iso       := $(image-dir)/boot-$(HYPERVISOR).iso

hypervisor-gz-domus := build/xen/domus.gz
hypervisor-gz-xen   := build/incumbent/xen.gz

image: $(disk-done)
iso: $(iso)

$(root-tar):
	$(call step,ROOT)
	$(Q)mkdir -p $(@D)
	$(Q)dom0/image/root $(KERNEL) $@
	$(Q)find $(@D) -name 'root-*.tar*' ! -name '$(@F)*' -delete

$(disk-done): | $(root-tar)
	$(call step,DISK,$(image-dir)/root.img)
	$(Q)dom0/image/disk $(root-tar) $(image-dir)
	$(Q)rm -f $(image-dir)/disk-*.done
	$(Q)touch $@

$(iso): dom0/image/iso $(disk-done) $(hypervisor-gz-$(HYPERVISOR)) build/image/options-$(HYPERVISOR)
	$(call step,ISO)
	$(Q)dom0/image/iso $@ $(image-dir) "$(HV_OPTIONS)" $(hypervisor-gz-$(HYPERVISOR))

# Remade when the options change.
build/image/options-$(HYPERVISOR): FORCE
	$(Q)mkdir -p $(@D)
	$(Q)echo '$(HV_OPTIONS)' | cmp -s - $@ || echo '$(HV_OPTIONS)' >$@
FORCE:

run-options := $(if $(UEFI),--uefi) $(if $(KVM),--kvm)
run: $(iso)
	$(Q)dom0/image/qemu $(run-options) --iso $(iso) --disk $(image-dir)/root.img
run-gdb: $(iso)
	$(Q)dom0/image/qemu $(run-options) --iso $(iso) --disk $(image-dir)/root.img \
	    --gdb build/run/gdb.sock

boot-test:
	$(Q)HYPERVISOR=$(HYPERVISOR) KERNEL=$(KERNEL) tests/run boot
