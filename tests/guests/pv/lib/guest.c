/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The life of a tiny test kernel: from start_info to one verdict line and a shutdown. */
#include "guest.h"

#include "traps.h"

struct start_info *start_info;
static unsigned int failures;

_Noreturn void guest_start(struct start_info *info);

/* Reboot, not power-off: under QEMU's -no-reboot it ends the machine on either hypervisor. */
static _Noreturn void verdict(const char *word)
{
    struct sched_shutdown shutdown = { .reason = SHUTDOWN_reboot };

    print("%s\n", word);
    for (;;)
        sched_op(SCHEDOP_shutdown, &shutdown);
}

unsigned int guest_failures(void)
{
    return failures;
}

void guest_end(void)
{
    verdict(failures ? "FAILURE" : "SUCCESS");
}

void guest_skip(const char *why)
{
    print("skipped: %s\n", why);
    verdict("SKIP");
}

void guest_error(const char *why)
{
    print("error: %s\n", why);
    verdict("ERROR");
}

void guest_fail(const char *file, int line, const char *what, long got, long want)
{
    failures++;
    print("%s:%d: %s is %ld (0x%lx), not %ld (0x%lx)\n", file, line, what, got, (unsigned long)got,
          want, (unsigned long)want);
}

void guest_start(struct start_info *info)
{
    start_info = info;
    traps_init();
    guest_main();
    guest_end();
}
