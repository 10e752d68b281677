/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The image's layout. Each group of sections has its own access rights, so starts a page. */
#include <asm/layout.h>

OUTPUT_FORMAT(elf64-x86-64)
ENTRY(boot_start32)

SECTIONS
{
    . = IMAGE_BASE + IMAGE_OFFSET;
    image_start = .;
    .text : {
        KEEP(*(.boot.header))
        *(.boot.text)
        *(.text.hot .text.hot.*)
        *(.text .text.*)
        . = ALIGN(16);
        KEEP(*(.stub.text))
    }
    . = ALIGN(4096);
    image_rodata = .;
    .rodata : {
        *(.rodata .rodata.*)
        *(.got .got.plt)
        . = ALIGN(8);
        extable_start = .;
        KEEP(*(.extable))
        extable_end = .;
        . = ALIGN(16); /* as the compiler aligns them: the table has no gaps */
        params_start = .;
        KEEP(*(.params))
        params_end = .;
        . = ALIGN(8);
        smap_sites_start = .;
        KEEP(*(.smap_sites))
        smap_sites_end = .;
        . = ALIGN(8);
        exit_sites_start = .;
        KEEP(*(.exit_sites))
        exit_sites_end = .;
        . = ALIGN(8);
        console_keys_start = .;
        KEEP(*(.console_keys))
        console_keys_end = .;
    }
    .note.gnu.build-id : {
        build_id_note = .;
        *(.note.gnu.build-id)
        build_id_note_end = .;
    }
    . = ALIGN(4096);
    image_data = .;
    .data : {
        *(.data .data.*)
        . = ALIGN(64);
        percpu_start = .;
        *(.percpu)
        . = ALIGN(64);
        percpu_end = .;
    }
    . = ALIGN(4096);
    image_file_end = .;
    .bss : {
        *(.bss.page_aligned)
        *(.bss .bss.* COMMON)
        . = ALIGN(4096);
    }
    image_end = .;
    /DISCARD/ : { *(.eh_frame*) *(.note*) *(.comment) *(.dynamic) *(.interp) *(.gnu.*) }
}
ASSERT(image_end - IMAGE_BASE < 0x1000000, "the image is larger than its page tables")
