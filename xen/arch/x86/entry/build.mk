xen-objs += arch/x86/entry/exception.o arch/x86/entry/syscall.o arch/x86/entry/thunk.o arch/x86/entry/user.o arch/x86/entry/compat.o
