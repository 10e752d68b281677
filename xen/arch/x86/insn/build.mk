# SPDX-License-Identifier: GPL-2.0-or-later
# The instruction decoder and emulator.
insn := decode groups tables emulate operand move alu arith exchange string privileged
xen-objs += $(insn:%=arch/x86/insn/%.o)
