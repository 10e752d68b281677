xen-objs += common/memory/frame-types.o common/memory/domain-frames.o
