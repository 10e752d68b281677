/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one door to the guest ABI: the public interface headers, as libxen-dev installs them.
 * No other file of the hypervisor includes <xen/...>.
 */
#ifndef ABI_ABI_H
#define ABI_ABI_H

/* The tools' view of the interface; __XEN__ would hide shared_info_t from us. */
#ifndef __XEN_TOOLS__
#define __XEN_TOOLS__ 1
#endif

#ifndef __ASSEMBLY__
#include <stddef.h>
#include <stdint.h>
#endif

#include <xen/xen.h>

#ifndef __ASSEMBLY__
#include <xen/callback.h>
#include <xen/domctl.h>
#include <xen/elfnote.h>
#include <xen/event_channel.h>
#include <xen/features.h>
#include <xen/grant_table.h>
#include <xen/memory.h>
#include <xen/nmi.h>
#include <xen/physdev.h>
#include <xen/platform.h>
#include <xen/sched.h>
#include <xen/sysctl.h>
#include <xen/vcpu.h>
#include <xen/version.h>
#endif

#endif
