xen-objs += lib/bitmap.o lib/printf.o lib/string.o
