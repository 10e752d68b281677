/* SPDX-License-Identifier: GPL-2.0-or-later */
/* console_io: the control domain's console on ours; other domains' words are logged. */
#include <hv/console.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/guest-access.h>
#include <hv/hypercall.h>

#include <asm/current.h>

/* Written at once, with interrupts off if the device is slow; a lot of it is continued. */
static long write_from_guest(struct domain *d, unsigned long buffer, unsigned long count)
{
    char chunk[128];

    for (unsigned long done = 0; done < count;) {
        unsigned long n = MIN(count - done, sizeof(chunk));
        int ret = 0;

        if (done && hypercall_preempt_check())
            return hypercall_continue(__HYPERVISOR_console_io, CONSOLEIO_write, count - done,
                                      buffer + done, 0);
        if (guest_copy_from(chunk, (const void *)(buffer + done), n))
            return -EFAULT;
        if (d->is_privileged)
            console_write(chunk, n);
        else
            ret = console_guest_write(d, chunk, n);
        if (ret)
            return ret;
        done += n;
    }
    return 0;
}

/* Returns how many characters were read. */
static long read_to_guest(struct domain *d, unsigned long buffer, unsigned long count)
{
    unsigned long done = 0;
    char chunk[128];

    if (!d->is_privileged)
        return -EPERM;
    while (done < count) {
        size_t n = console_input_take(chunk, MIN(count - done, sizeof(chunk)));

        if (!n)
            break;
        if (guest_copy_to((void *)(buffer + done), chunk, n))
            return -EFAULT;
        done += n;
    }
    return (long)done;
}

/* The ABI counts in an int. */
long do_console_io(unsigned long cmd, unsigned long count, unsigned long buffer,
                   unsigned long a4 __unused, unsigned long a5 __unused)
{
    if (count > INT32_MAX)
        return -EINVAL;
    switch (cmd) {
    case CONSOLEIO_write: return write_from_guest(current->domain, buffer, count);
    case CONSOLEIO_read: return read_to_guest(current->domain, buffer, count);
    default: return -ENOSYS;
    }
}
