xen-objs += common/alloc/frames.o common/alloc/heap.o
