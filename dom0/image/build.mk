# SPDX-License-Identifier: GPL-2.0-or-later
# dom0's root disk, the example guest's, and the boot medium. The Debian root is the dear part: it is kept under a hash of
# what it is made from, does not depend on our programs (they come into the disk as a package), and
# survives `make clean`.

KERNEL    ?= linux-image-amd64
HV_OPTIONS ?= dom0_mem=1024M
image-dir := build/image/$(KERNEL)
# $(call key,FILES): the hash that names what is made of them
key        = $(shell cat $1 | sha256sum | cut -c1-12)
root-in    = dom0/image/root $(sort $(shell find dom0/image/$1/packages.txt dom0/image/$1/initramfs-modules \
                 dom0/image/$1/root -type f))
host-tar  := $(image-dir)/host-$(call key,$(call root-in,host)).tar
guest-tar := $(image-dir)/guest-$(call key,$(call root-in,guest)).tar
guest-img := $(image-dir)/guest/root.img
root-img  := $(image-dir)/root.img
iso       := $(image-dir)/boot-$(HYPERVISOR).iso

hypervisor-gz-domus := build/xen/domus.gz
hypervisor-gz-xen   := build/incumbent/xen.gz

image: $(root-img)
iso: $(iso)

$(host-tar) $(guest-tar): $(image-dir)/%.tar:
	$(call step,ROOT)
	$(Q)mkdir -p $(@D)
	$(Q)dom0/image/root $(firstword $(subst -, ,$*)) $(KERNEL) $@
	$(Q)find $(@D) -name '$(firstword $(subst -, ,$*))-*.tar*' ! -name '$(@F)*' -delete

$(guest-img): $(guest-tar) dom0/image/disk
	$(call step,DISK)
	$(Q)dom0/image/disk guest-root 1G $(guest-tar) $@

$(root-img): $(host-tar) $(guest-img) dom0/image/disk dom0/image/guest/debian.cfg $(B)/deb/domus.deb
	$(call step,DISK)
	$(Q)dom0/image/disk domus-root 4G $(host-tar) $@ $(B)/deb/domus.deb \
	    $(guest-img):/var/lib/domus/guests/debian.img \
	    dom0/image/guest/debian.cfg:/etc/domus/examples/debian.cfg

$(iso): dom0/image/iso $(root-img) $(hypervisor-gz-$(HYPERVISOR)) build/image/options-$(HYPERVISOR)
	$(call step,ISO)
	$(Q)dom0/image/iso $@ $(image-dir) "$(HV_OPTIONS)" $(hypervisor-gz-$(HYPERVISOR))

# Remade when the options change.
build/image/options-$(HYPERVISOR): FORCE
	$(Q)mkdir -p $(@D)
	$(Q)echo '$(HV_OPTIONS)' | cmp -s - $@ || echo '$(HV_OPTIONS)' >$@
FORCE:

run-options := $(if $(UEFI),--uefi) $(if $(KVM),--kvm)
run: $(iso)
	$(Q)dom0/image/qemu $(run-options) --iso $(iso) --disk $(root-img)
run-gdb: $(iso)
	$(Q)dom0/image/qemu $(run-options) --iso $(iso) --disk $(root-img) \
	    --gdb build/run/gdb.sock

boot-test:
	$(Q)HYPERVISOR=$(HYPERVISOR) KERNEL=$(KERNEL) tests/run boot
