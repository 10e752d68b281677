/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Console keys: each subsystem registers one that prints its state. */
#include <hv/debug.h>
#include <hv/domain.h>
#include <hv/printk.h>

extern const struct console_key console_keys_start[], console_keys_end[];

static void help(void)
{
    const struct console_key *k;

    for (k = console_keys_start; k < console_keys_end; k++)
        printk(LOG_ERR "key '%c': %s\n", k->key, k->help);
}
DEFINE_CONSOLE_KEY(help, 'h', "this list", help);

static void reboot(void)
{
    machine_restart();
}
DEFINE_CONSOLE_KEY(reboot, 'R', "reboot the machine", reboot);

void console_key_run(char key)
{
    const struct console_key *k;

    for (k = console_keys_start; k < console_keys_end; k++)
        if (k->key == key)
            k->fn();
}
