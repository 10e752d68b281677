# SPDX-License-Identifier: GPL-2.0-or-later
# Tests are found, not listed: each test-NAME.c and fuzz-NAME.c says in a comment which unedited
# sources it is linked with; tests/sources turns those comments into rules.

UNIT_DIR     ?= build/unit
FUZZ_DIR     ?= build/fuzz
unit-tests   := $(sort $(wildcard tests/unit/test-*.c))
fuzz-tests   := $(sort $(wildcard tests/fuzz/fuzz-*.c))
unit-bins    := $(patsubst tests/unit/%.c,$(UNIT_DIR)/%,$(unit-tests))
fuzz-bins    := $(patsubst tests/fuzz/%.c,$(FUZZ_DIR)/%,$(fuzz-tests))

test-include := -Itests/unit/include -Ixen/include -Ixen/arch/x86/include -isystem build/abi
test-common  := -std=gnu17 -g -O1 -fno-omit-frame-pointer -fno-common -MMD -MP $(WARNINGS) \
                -DDOMUS_UNIT_TEST=1 $(test-include)
sanitizers   := -fsanitize=address,undefined -fno-sanitize-recover=all
UNIT_CFLAGS   = $(test-common) $(sanitizers) $(UNIT_EXTRA)
FUZZ_CFLAGS   = $(test-common) $(sanitizers) -fsanitize=fuzzer
user-test     = -D_GNU_SOURCE -I. -Ibuild/gen
UNIT_USER_CFLAGS = $(filter-out $(test-include),$(test-common)) $(user-test) $(sanitizers) $(UNIT_EXTRA)
FUZZ_USER_CFLAGS = $(filter-out $(test-include),$(test-common)) $(user-test) $(sanitizers) -fsanitize=fuzzer

-include build/tests/sources.mk

build/tests/sources.mk: tests/sources $(unit-tests) $(fuzz-tests) $(wildcard tests/unit tests/fuzz)
	$(Q)mkdir -p $(@D)
	$(Q)tests/sources $(unit-tests) $(fuzz-tests) >$@

# The headers of the guest ABI are a prerequisite only where the hypervisor's build defines them.
test-abi := $(if $(wildcard xen/build.mk),build/abi/xen)

unit-build: $(unit-bins)
fuzz-build: $(fuzz-bins)

include tests/guests/build.mk
include tests/boot/loader/build.mk
include tests/pvfb/build.mk
include tests/boot/xen-drivers/build.mk

unit lint fuzz:
	$(Q)FUZZ_SECONDS=$(FUZZ_SECONDS) tests/run $@
test:
	$(Q)HYPERVISOR=$(HYPERVISOR) FUZZ_SECONDS=$(FUZZ_SECONDS) tests/run $(TEST_GROUPS)

test-long:
	$(Q)HYPERVISOR=$(HYPERVISOR) FUZZ_SECONDS=300 tests/run lint unit fuzz store toolstack pvfb gui guests boot boot-long guests-long

bench: $(root-img) build/incumbent/xen.gz build/xen/domus
	$(Q)tests/bench/run $(image-dir)

# The unit tests once more with counters; prints the share of lines reached, per source.
coverage:
	$(Q)rm -rf build/coverage
	$(Q)$(MAKE) -s unit-build CC=gcc UNIT_DIR=build/coverage UNIT_EXTRA=--coverage
	$(Q)for t in build/coverage/test-*; do \
	    [ -d $$t ] || $$t >/dev/null 2>&1 || echo "$$t failed"; done
	$(Q)tests/coverage build/coverage

-include $(shell find $(UNIT_DIR) $(FUZZ_DIR) -name '*.d' 2>/dev/null)
