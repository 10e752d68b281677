xen-objs += init/start.o
