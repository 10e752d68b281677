/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Console keys: each subsystem registers one that prints its state. */
#include <hv/console.h>
#include <hv/debug.h>
#include <hv/domain.h>
#include <hv/printk.h>

extern const struct console_key console_keys_start[], console_keys_end[];

static const struct console_key *key_find(char key)
{
    for (const struct console_key *k = console_keys_start; k < console_keys_end; k++)
        if (k->key == key)
            return k;
    return NULL;
}

/* In the order of their characters; the table is in the linker's. */
static void help(void)
{
    printk("keys:\n");
    for (char c = ' '; c < 0x7f; c++) {
        const struct console_key *k = key_find(c);

        if (k)
            printk("  %c  %s\n", c, k->help);
    }
}
DEFINE_CONSOLE_KEY(help, 'h', "this list", help);

static void reboot(void)
{
    printk("rebooting\n");
    machine_restart();
}
DEFINE_CONSOLE_KEY(reboot, 'R', "reboot the machine", reboot);

static void crash(void)
{
    panic("asked to by console key 'C'");
}
DEFINE_CONSOLE_KEY(crash, 'C', "crash the hypervisor", crash);

void console_key_run(char key)
{
    const struct console_key *k = key_find(key);

    if (!k)
        return;
    console_hold_back_nothing(true);
    k->fn();
    console_hold_back_nothing(false);
}
