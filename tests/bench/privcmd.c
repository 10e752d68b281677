/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypercalls through the kernel's door; it is opened once. */
#include "privcmd.h"

#include <fcntl.h>
#include <sys/ioctl.h>

#include <xen/privcmd.h>

#define NO_SUCH_IOCTL _IOC(_IOC_NONE, 'P', 99, 0)

static int door(void)
{
    static int fd = -1;

    if (fd < 0)
        fd = open("/dev/xen/privcmd", O_RDWR | O_CLOEXEC);
    return fd;
}

long privcmd_call(unsigned int call, unsigned long first, void *second)
{
    struct privcmd_hypercall hypercall = { .op = call, .arg = { first, (uintptr_t)second } };

    return ioctl(door(), IOCTL_PRIVCMD_HYPERCALL, &hypercall);
}

void privcmd_nothing(void)
{
    ioctl(door(), NO_SUCH_IOCTL, 0);
}
