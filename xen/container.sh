#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# container.sh ELF64: prints the linker script that wraps the flat image of ELF64 in an ELF32 file
# with the image's load address, entry and memory size.
set -eu
low() { ${NM:-nm} "$1" | awk -v s="$2" '$3 == s { print "0x" substr($1, 9) }'; }
elf=$1
cat <<END
OUTPUT_FORMAT(elf32-i386)
ENTRY(start32)
PHDRS { image PT_LOAD FLAGS(7); }
start32 = $(low "$elf" boot_start32);
SECTIONS {
    . = $(low "$elf" image_start);
    .image : { *(.text) } :image
    .bss : { . = $(low "$elf" image_end) - $(low "$elf" image_start) - SIZEOF(.image); } :image
}
END
