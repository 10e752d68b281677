xen-objs += drivers/uart/ns16550.o
