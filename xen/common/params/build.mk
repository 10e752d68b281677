xen-objs += common/params/params.o
