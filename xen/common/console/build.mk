xen-objs += common/console/printk.o common/console/ring.o common/console/console-io.o
