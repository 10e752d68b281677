xen-objs += common/debug/symbols.o common/debug/panic.o common/debug/keys.o
