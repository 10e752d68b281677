/* SPDX-License-Identifier: GPL-2.0-or-later */
/* console_io: the control domain's console on ours; other domains' words are logged. */
#include <hv/console.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/guest-access.h>

#include <asm/current.h>

static long write_from_guest(const char *buffer, unsigned long count)
{
    char chunk[128];

    for (unsigned long done = 0; done < count;) {
        unsigned long n = MIN(count - done, sizeof(chunk));

        if (guest_copy_from(chunk, buffer + done, n))
            return -EFAULT;
        console_write(chunk, n);
        done += n;
    }
    return 0;
}

long do_console_io(unsigned long cmd, unsigned long count, unsigned long buffer,
                   unsigned long a4 __unused, unsigned long a5 __unused)
{
    if (!current->domain->is_privileged)
        return -EPERM;
    switch (cmd) {
    case CONSOLEIO_write: return write_from_guest((const char *)buffer, count);
    case CONSOLEIO_read: return 0;
    default: return -ENOSYS;
    }
}
