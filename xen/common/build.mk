xen-objs += common/version.o
