/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded into the incumbent's store daemons, so that they start on a machine without Xen: the
 * libraries' calls that want devices answer as if there were an event channel nobody uses, and the
 * kernel's ring is an empty page. Only sockets are measured.
 *   XENSTORE_SHIM_DIR   has the files `ring` (one page of zeros) and `port` (a number)
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

struct handle {
    int fd;
};

int open64(const char *name, int flags, ...);
int xc_domain_getinfo(void *handle, unsigned domid, unsigned count, void *info);
int xc_interface_close(void *handle);
int xenevtchn_bind_interdomain(void *handle, unsigned domid, unsigned port);
int xenevtchn_bind_virq(void *handle, unsigned virq);
int xenevtchn_fd(struct handle *handle);
int xenevtchn_notify(void *handle, unsigned port);
int xenevtchn_pending(void *handle);
int xenevtchn_unbind(void *handle, unsigned port);
int xenevtchn_unmask(void *handle, unsigned port);
int xengnttab_close(void *handle);
int xengnttab_set_max_grants(void *handle, unsigned count);
void *xc_interface_open(void *logger, void *dom_logger, unsigned flags);
void *xenevtchn_open(void *logger, unsigned flags);
void *xengnttab_open(void *logger, unsigned flags);

static void *make_handle(void)
{
    struct handle *handle = malloc(sizeof(*handle));

    if (handle)
        handle->fd = eventfd(0, 0);
    return handle;
}

/* The limit they ask for is above what a container may have. */
int setrlimit(__rlimit_resource_t resource, const struct rlimit *limit)
{
    (void)resource, (void)limit;
    return 0;
}

int setrlimit64(__rlimit_resource_t resource, const struct rlimit64 *limit)
{
    (void)resource, (void)limit;
    return 0;
}

static int open_instead(const char *name, int flags, int mode)
{
    const char *dir = getenv("XENSTORE_SHIM_DIR");
    char other[4096];

    if (dir && (strstr(name, "xsd_kva") || strstr(name, "xenbus_backend"))) {
        snprintf(other, sizeof(other), "%s/ring", dir);
        name = other;
    } else if (dir && strstr(name, "xsd_port")) {
        snprintf(other, sizeof(other), "%s/port", dir);
        name = other;
    }
    return (int)syscall(SYS_openat, AT_FDCWD, name, flags, mode);
}

int open(const char *name, int flags, ...)
{
    va_list list;
    int mode;

    va_start(list, flags);
    mode = va_arg(list, int);
    va_end(list);
    return open_instead(name, flags, mode);
}

int open64(const char *name, int flags, ...)
{
    va_list list;
    int mode;

    va_start(list, flags);
    mode = va_arg(list, int);
    va_end(list);
    return open_instead(name, flags, mode);
}

void *xenevtchn_open(void *logger, unsigned flags)
{
    (void)logger, (void)flags;
    return make_handle();
}

void *xengnttab_open(void *logger, unsigned flags)
{
    (void)logger, (void)flags;
    return make_handle();
}

void *xc_interface_open(void *logger, void *dom_logger, unsigned flags)
{
    (void)logger, (void)dom_logger, (void)flags;
    return make_handle();
}

int xenevtchn_fd(struct handle *handle)
{
    return handle->fd;
}

int xenevtchn_bind_virq(void *handle, unsigned virq)
{
    (void)handle, (void)virq;
    return 7;
}

int xenevtchn_bind_interdomain(void *handle, unsigned domid, unsigned port)
{
    (void)handle, (void)domid, (void)port;
    return 8;
}

int xenevtchn_notify(void *handle, unsigned port)
{
    (void)handle, (void)port;
    return 0;
}

int xenevtchn_unmask(void *handle, unsigned port)
{
    (void)handle, (void)port;
    return 0;
}

int xenevtchn_unbind(void *handle, unsigned port)
{
    (void)handle, (void)port;
    return 0;
}

int xenevtchn_pending(void *handle)
{
    (void)handle;
    return -1;
}

int xengnttab_close(void *handle)
{
    (void)handle;
    return 0;
}

int xengnttab_set_max_grants(void *handle, unsigned count)
{
    (void)handle, (void)count;
    return 0;
}

int xc_interface_close(void *handle)
{
    (void)handle;
    return 0;
}

int xc_domain_getinfo(void *handle, unsigned domid, unsigned count, void *info)
{
    (void)handle, (void)domid, (void)count, (void)info;
    return 0;
}
