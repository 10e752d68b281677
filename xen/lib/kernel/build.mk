# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += lib/kernel/bzimage.o lib/kernel/elf.o lib/kernel/load.o lib/kernel/notes.o
xen-objs += lib/kernel/unpack.o
xen-extra-objs += $(B)/xen/unpack-libs.o

# The decompressors: Debian's static archives and what they need, as one object that shows nothing
# but unpack_*. Their headers are reached through a folder of links, libc's stay out of reach.
unpack-archives := $(foreach lib,z lzma zstd lz4,$(shell $(CC) -print-file-name=lib$(lib).a))
unpack-headers := zlib.h zconf.h lzma.h lzma zstd.h zstd_errors.h lz4.h
unpack-parts := $(B)/xen/lib/kernel/decoders.o $(B)/xen/lib/kernel/libc-shim.o
unpack-api := unpack_gzip unpack_xz unpack_zstd unpack_lz4 \
    unpack_gzip_arena unpack_xz_arena unpack_zstd_arena

# Left out, since no kernel uses them: zstd's formats before 1.0 (90 KiB) and xz's CRC64 and SHA-256.
unpack-absent := ZSTD_trace_decompress_end lzma_crc64 \
    lzma_sha256_init lzma_sha256_update lzma_sha256_finish \
    $(foreach v,v05 v06 v07,$(addprefix ZSTD$(v)_,createDCtx freeDCtx getFrameParams \
        decompress_usingDict findFrameSizeInfoLegacy) $(addprefix ZBUFF$(v)_,createDCtx freeDCtx \
        decompressContinue decompressInitDictionary))

# zstd.h wants limits.h, gcc's own then wants the C library's: an empty one satisfies it.
$(B)/unpack-include: xen/lib/kernel/build.mk
	@rm -rf $@ && mkdir -p $@
	$(Q)for h in $(unpack-headers); do ln -s \
	    "$$(find /usr/include /usr/include/*-linux-gnu -maxdepth 1 -name $$h | head -n 1)" $@/; done
	$(Q)touch $@/limits.h

$(B)/xen/lib/kernel/decoders.o: xen-cppflags += -isystem $(B)/unpack-include
$(B)/xen/lib/kernel/decoders.o: | $(B)/unpack-include

$(B)/xen/unpack-libs.o: $(unpack-parts) $(unpack-archives) xen/lib/kernel/build.mk
	$(say) LD $@
	$(Q)ld -r --gc-sections $(addprefix -u ,$(unpack-api)) \
	    $(foreach s,$(unpack-absent),--defsym=$(s)=unpack_absent) \
	    --defsym=ZSTD_trace_decompress_begin=unpack_no_trace \
	    -Map $@.map -o $@.all $(unpack-parts) $(unpack-archives)
	$(Q)$(OBJCOPY) $(addprefix --keep-global-symbol=,$(unpack-api)) --remove-section=.eh_frame \
	    --remove-section=.note.gnu.property $@.all $@
