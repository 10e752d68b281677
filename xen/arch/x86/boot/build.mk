xen-objs += arch/x86/boot/entry.o arch/x86/boot/main.o arch/x86/boot/multiboot1.o arch/x86/boot/regions.o
xen-objs += arch/x86/boot/multiboot2.o arch/x86/boot/efi-map.o
