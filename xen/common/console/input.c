/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Serial input: goes to the control domain, or, switched by three times Ctrl-A, to console keys.
 * Keys run from a timer's handler, where interrupts are on, not in the interrupt that brought them.
 */
#include <hv/debug.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/event.h>
#include <hv/init.h>
#include <hv/printk.h>
#include <hv/spinlock.h>
#include <hv/timer.h>

#include "private.h"

#define RX_SIZE       1024U /* a power of two */
#define KEYS_SIZE     16U
#define SWITCH_TIMES  3U
#define CTRL(c)       ((c) & 0x1f)

/* All under lock. */
static struct spinlock lock = SPINLOCK_INIT;
static char rx[RX_SIZE]; /* for the control domain */
static uint32_t rx_in, rx_out;
static char keys[KEYS_SIZE]; /* to be run */
static uint32_t keys_in, keys_out;
static bool to_domain; /* who gets what comes in */
static unsigned int switches_seen;

static char switch_char = CTRL('a'); /* 0: none */
static bool opt_stay;                /* the domain does not get the input when it starts */
static struct timer keys_timer;
static bool can_run_keys; /* the timer is there */

/* "a": Ctrl-A switches; "ax": and the input stays here when the domain starts; " ": none does. */
static int conswitch_parse(const char *value)
{
    bool is_letter = (value[0] | 0x20) >= 'a' && (value[0] | 0x20) <= 'z';

    if (value[0] && !is_letter)
        return -EINVAL;
    switch_char = is_letter ? CTRL(value[0]) : 0;
    opt_stay = is_letter && value[1] == 'x';
    return 0;
}
DEFINE_PARAM("conswitch", conswitch_parse);

static void say_who_has_input(bool domain)
{
    if (!switch_char)
        return;
    printk(LOG_ERR "*** Serial input to %s (type 'CTRL-%c' three times to switch input)\n",
           domain ? "DOM0" : "the hypervisor ('h' for help)", switch_char | 0x60);
}

static void keys_run(void *arg __unused)
{
    unsigned long flags;

    for (;;) {
        char key = '\0';

        flags = spin_lock_irqsave(&lock);
        if (keys_out != keys_in)
            key = keys[keys_out++ % KEYS_SIZE];
        spin_unlock_irqrestore(&lock, flags);
        if (!key)
            return;
        console_key_run(key);
    }
}

/* True if @c completes the sequence that switches. The first ones may be meant for a program. */
static bool is_switch_locked(char c)
{
    switches_seen = switch_char && c == switch_char ? switches_seen + 1 : 0;
    if (switches_seen < SWITCH_TIMES)
        return false;
    switches_seen = 0;
    return true;
}

/* A full buffer loses what comes last. */
static void put_locked(char *buf, uint32_t size, uint32_t *in, uint32_t out, char c)
{
    if (*in - out < size)
        buf[(*in)++ % size] = c;
}

void console_input(char c)
{
    unsigned long flags = spin_lock_irqsave(&lock);
    bool switched = is_switch_locked(c), domain;

    if (switched)
        to_domain = !to_domain;
    domain = to_domain;
    if (switched)
        ;
    else if (domain)
        put_locked(rx, RX_SIZE, &rx_in, rx_out, c);
    else if (c != switch_char && can_run_keys)
        put_locked(keys, KEYS_SIZE, &keys_in, keys_out, c);
    spin_unlock_irqrestore(&lock, flags);
    if (switched)
        say_who_has_input(domain);
    else if (domain)
        virq_raise_global(VIRQ_CONSOLE);
    else if (can_run_keys)
        timer_set(&keys_timer, 0);
}

size_t console_input_take(char *buf, size_t size)
{
    unsigned long flags = spin_lock_irqsave(&lock);
    size_t n = 0;

    while (n < size && rx_out != rx_in)
        buf[n++] = rx[rx_out++ % RX_SIZE];
    spin_unlock_irqrestore(&lock, flags);
    return n;
}

void console_input_start(void)
{
    unsigned long flags;

    timer_init(&keys_timer, keys_run, NULL, 0);
    flags = spin_lock_irqsave(&lock);
    can_run_keys = true;
    to_domain = !opt_stay;
    spin_unlock_irqrestore(&lock, flags);
    say_who_has_input(!opt_stay);
}
