xen-objs += arch/x86/trap/extable.o arch/x86/trap/dump.o arch/x86/trap/exception.o arch/x86/trap/nmi.o
