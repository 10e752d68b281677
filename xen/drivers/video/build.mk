# SPDX-License-Identifier: GPL-2.0-or-later
xen-objs += drivers/video/font.o drivers/video/framebuffer.o drivers/video/grid.o \
            drivers/video/vga-text.o drivers/video/video.o
