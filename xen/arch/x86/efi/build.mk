xen-objs += $(addprefix arch/x86/efi/,call.o info.o runtime.o)
