xen-objs += common/console/printk.o common/console/ring.o
