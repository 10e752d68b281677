/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rings, event channels and the state of domains through Xen's stable libraries. */
#include "xen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* domctl.h is for tools alone */
#define __XEN_TOOLS__ 1
#include <xen/xen.h>

#include <xen/domctl.h>
#include <xen/grant_table.h>
#include <xencall.h>
#include <xenevtchn.h>
#include <xenforeignmemory.h>
#include <xengnttab.h>

#define RING_PAGE 4096
/* The kernel's device for a store in its own domain, and its one request. */
#define KERNEL_RING "/dev/xen/xenbus_backend"
#define KERNEL_PORT _IOC(_IOC_NONE, 'B', 0, 0)

static xenevtchn_handle *evtchn;
static xengnttab_handle *grants;
static xenforeignmemory_handle *foreign;
static xencall_handle *call;
static xen_domctl_t *domctl;

/* Mapped by grant reference; others were mapped by frame number. */
static uint64_t is_granted[0x8000 / 64];

int xen_open(int *evtchn_fd, uint32_t *virq_port)
{
    int port;

    if (*evtchn_fd >= 0)
        evtchn = xenevtchn_fdopen(NULL, *evtchn_fd, 0);
    else
        evtchn = xenevtchn_open(NULL, 0);
    grants = xengnttab_open(NULL, 0);
    foreign = xenforeignmemory_open(NULL, 0);
    call = xencall_open(NULL, 0);
    domctl = call ? xencall_alloc_buffer(call, sizeof(*domctl)) : NULL;
    if (!evtchn || !grants || !foreign || !domctl)
        return errno ? -errno : -ENODEV;
    if (*evtchn_fd < 0) {
        *evtchn_fd = xenevtchn_fd(evtchn);
        fcntl(*evtchn_fd, F_SETFL, O_NONBLOCK);
        port = xenevtchn_bind_virq(evtchn, VIRQ_DOM_EXC);
        if (port < 0)
            return -errno;
        *virq_port = (uint32_t)port;
    }
    return 0;
}

int xen_kernel_port(uint32_t *port)
{
    int fd = open(KERNEL_RING, O_RDWR | O_CLOEXEC), found = -1;
    char text[16] = "";

    if (fd >= 0) {
        found = ioctl(fd, KERNEL_PORT, 0);
        close(fd);
    }
    if (found <= 0) {
        fd = open("/proc/xen/xsd_port", O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            return -errno;
        if (read(fd, text, sizeof(text) - 1) > 0)
            found = atoi(text);
        close(fd);
    }
    if (found <= 0)
        return -ENODEV;
    *port = (uint32_t)found;
    return 0;
}

static void *map_file(const char *name)
{
    int fd = open(name, O_RDWR | O_CLOEXEC);
    void *page;

    if (fd < 0)
        return NULL;
    page = mmap(NULL, RING_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    return page == MAP_FAILED ? NULL : page;
}

static struct xenstore_domain_interface *map(unsigned domid, uint64_t gfn)
{
    xen_pfn_t frame = gfn;
    void *page;

    if (domid == 0) {
        page = map_file(KERNEL_RING);
        return page ? page : map_file("/proc/xen/xsd_kva");
    }
    page = xengnttab_map_grant_ref(grants, domid, GNTTAB_RESERVED_XENSTORE, PROT_READ | PROT_WRITE);
    if (page) {
        is_granted[domid / 64] |= UINT64_C(1) << domid % 64;
        return page;
    }
    is_granted[domid / 64] &= ~(UINT64_C(1) << domid % 64);
    return xenforeignmemory_map(foreign, domid, PROT_READ | PROT_WRITE, 1, &frame, NULL);
}

static void unmap(unsigned domid, struct xenstore_domain_interface *ring)
{
    if (!ring)
        return;
    if (domid == 0)
        munmap(ring, RING_PAGE);
    else if (is_granted[domid / 64] >> domid % 64 & 1)
        xengnttab_unmap(grants, ring, 1);
    else
        xenforeignmemory_unmap(foreign, ring, 1);
}

static int bind_port(unsigned domid, uint32_t remote_port)
{
    int port = xenevtchn_bind_interdomain(evtchn, domid, remote_port);

    return port < 0 ? -errno : port;
}

static void unbind(uint32_t port)
{
    xenevtchn_unbind(evtchn, port);
}

static void notify(uint32_t port)
{
    xenevtchn_notify(evtchn, port);
}

static int pending(void)
{
    return xenevtchn_pending(evtchn);
}

static void unmask(uint32_t port)
{
    xenevtchn_unmask(evtchn, port);
}

static enum domain_state state(unsigned domid)
{
    const struct xen_domctl_getdomaininfo *info = &domctl->u.getdomaininfo;

    memset(domctl, 0, sizeof(*domctl));
    domctl->cmd = XEN_DOMCTL_getdomaininfo;
    domctl->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    domctl->domain = (domid_t)domid;
    if (xencall1(call, __HYPERVISOR_domctl, (uint64_t)(uintptr_t)domctl) != 0)
        return errno == ESRCH ? DOMAIN_GONE : DOMAIN_RUNNING;
    if (info->domain != domid || (info->flags & XEN_DOMINF_dying))
        return DOMAIN_GONE;
    return info->flags & XEN_DOMINF_shutdown ? DOMAIN_SHUTDOWN : DOMAIN_RUNNING;
}

const struct domain_source xen_domains = {
    .map = map,
    .unmap = unmap,
    .bind = bind_port,
    .unbind = unbind,
    .notify = notify,
    .state = state,
    .pending = pending,
    .unmask = unmask,
};
