# SPDX-License-Identifier: GPL-2.0-or-later
# The one build. Folders list their objects in build.mk; nothing recurses; everything goes to build/.

MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := all
SHELL := /bin/bash

ifeq ($(origin CC),default)
CC := gcc
endif
CLANG        ?= clang-14
HYPERVISOR   ?= domus
TEST_GROUPS  ?= lint unit fuzz store toolstack pvfb guests boot
FUZZ_SECONDS ?= 10

# $(call step,CC) names what is made, as does $(say) CC name; V=1 shows the commands instead.
ifeq ($(V),1)
Q    :=
step  = @:
say   = @: #
else
Q    := @
step  = @printf '%-7s %s\n' '$1' '$(or $2,$@)'
say   = @printf '%-7s %s\n'
MAKEFLAGS += --no-print-directory
endif

WARNINGS := -Wall -Wextra -Werror -Wshadow -Wundef -Wstrict-prototypes -Wmissing-prototypes -Wvla \
            -Wcast-qual -Wwrite-strings

# Packages come first: each goal names the groups of packages.txt it needs. The stamp is an
# included (empty) makefile, so make installs them before it looks at anything else.
goals       := $(or $(MAKECMDGOALS),all)
need-groups := build user
ifneq ($(filter test test-long lint format unit unit-build fuzz coverage,$(goals)),)
need-groups += test
endif
ifneq ($(filter test test-long guests guests-test bench,$(goals)),)
need-groups += qemu
endif
ifneq ($(filter test test-long run run-gdb boot-test image iso bench,$(goals)),)
need-groups += qemu image
endif
ifneq ($(filter test-long,$(goals)),)
need-groups += bochs
endif
ifneq ($(and $(filter run run-gdb,$(goals)),$(DISPLAY)$(WAYLAND_DISPLAY)),)
need-groups += screen
endif
ifneq ($(filter-out help clean distclean,$(goals)),)
include $(patsubst %,build/need/%.mk,$(sort $(need-groups)))
endif

build/need/%.mk: packages.txt scripts/need
	$(Q)mkdir -p $(@D)
	$(Q)scripts/need $*
	$(Q)touch $@

.PHONY: all run run-gdb image iso test test-long lint unit unit-build fuzz fuzz-build guests guests-test \
        boot-test bench coverage format help clean distclean

all: build/xen/domus build/xen/domus.gz user

-include xen/build.mk
include userland.mk
include dom0/image/build.mk
include tests/build.mk

format:
	$(Q)git ls-files -co --exclude-standard '*.[ch]' | grep -v tests/lint/samples/ | \
	    xargs clang-format-14 -i

help:
	@sed -n 's/^#: //p' $(firstword $(MAKEFILE_LIST))

# dom0's image and the incumbent come from the network, so only distclean removes them.
clean:
	$(Q)[ ! -d build ] || find build -mindepth 1 -maxdepth 1 \
	    ! -name image ! -name incumbent -exec rm -rf {} +

distclean:
	$(Q)rm -rf build

#: make             the hypervisor (build/xen/domus, and .gz: what is installed), and `make user`
#: make user        only the programs of dom0/, pvfb/, usbpassthrough/ and gui/ (build/bin)
#: make run         boot GRUB, the hypervisor and Debian in QEMU   HYPERVISOR=domus|xen|none UEFI=1 KVM=1
#: make run-gdb     the same, waiting for gdb on build/run/gdb.sock
#: make deb         Debian packages (build/deb); sudo make install | uninstall: on this machine
#: make image       dom0's root disk        KERNEL=linux-image-amd64 (any of Debian's)
#: make iso         the boot medium (BIOS and UEFI)
#: make test        lint, unit, short fuzz, the daemon, tiny guests, dom0 boots; TEST_GROUPS="lint unit" for less
#: make test-long   everything, longer
#: make lint | unit | fuzz | guests-test | boot-test     one group;  FUZZ_SECONDS=10  ONLY=pattern
#: make guests      build the tiny guest kernels (with HYPERVISOR=..., also run them)
#: make bench       measure against native and the incumbent
#: make format      let clang-format do it
#: make coverage    which lines of the sources the unit tests reach
#: make clean       remove what was built; distclean: also the image and what came by network
#:
#: V=1 shows commands. CC=gcc or CC=clang. HYPERVISOR=xen runs the same tests on Debian's Xen.
