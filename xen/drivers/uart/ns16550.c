/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The 8250/16550 serial port: com1=BAUD,8n1[,PORT[,IRQ]].
 * Output goes straight into the FIFO while that takes it; what is left over waits in a buffer for
 * the transmit interrupt, so that nobody waits for the line. With sync_console, early, and during a
 * panic it is waited for.
 */
#include <hv/acpi.h>
#include <hv/console.h>
#include <hv/errno.h>
#include <hv/init.h>
#include <hv/irq.h>
#include <hv/printk.h>
#include <hv/spinlock.h>
#include <hv/string.h>
#include <hv/timer.h>
#include <hv/uart.h>

#include <asm/io.h>
#include <asm/irqflags.h>

#define UART_DATA 0
#define UART_IER  1
#define UART_IIR  2
#define UART_FCR  2
#define UART_LCR  3
#define UART_MCR  4
#define UART_LSR  5

#define IER_RX       0x01
#define IER_TX       0x02
#define IIR_NOTHING  0x01
#define IIR_FIFO_ON  0xc0
#define FCR_ENABLE   0x01
#define FCR_CLEAR    0x06
#define FCR_RX_AT_8  0x80
#define LCR_DLAB     0x80
#define MCR_DTR      0x01
#define MCR_RTS      0x02
#define MCR_OUT2     0x08 /* lets the interrupt through */
#define LSR_RX_READY 0x01
#define LSR_TX_EMPTY 0x20
#define LSR_NOBODY   0xff

#define BASE_BAUD    115200U
#define FIFO_SIZE    16U
#define TX_SIZE      16384U /* a power of two */
#define TX_WAIT_MAX  100000
#define POLL_PERIOD  (10 * NS_PER_MS)
#define RX_BATCH_MAX 256 /* of one interrupt: a stuck port must not hold the CPU */
#define IRQ_ROUNDS_MAX 64

static struct uart {
    uint16_t port;   /* (c) */
    uint32_t baud;   /* (c) 0: as the firmware left it */
    uint8_t line;    /* (c) LCR: data bits, parity, stop bits */
    uint8_t isa_irq; /* (c) 0: none, poll */
    bool present;    /* (c) */
    uint8_t fifo;    /* (c) characters that an empty FIFO takes */

    /* under the console's lock or this one; interrupts off */
    struct spinlock lock;
    bool tx_irq_works;
    uint8_t ier;
    uint32_t tx_in, tx_out;
    char tx[TX_SIZE];
    struct timer poll;
} uart = { .port = 0x3f8, .baud = BASE_BAUD, .line = 3, .isa_irq = 4 };

static bool opt_sync;

static int sync_console_parse(const char *value)
{
    int v = param_bool(value);

    opt_sync = v > 0;
    return v < 0 ? v : 0;
}
DEFINE_PARAM("sync_console", sync_console_parse);

static uint8_t reg_read(unsigned int reg)
{
    return inb((uint16_t)(uart.port + reg));
}

static void reg_write(unsigned int reg, uint8_t value)
{
    outb((uint16_t)(uart.port + reg), value);
}

static bool tx_is_empty(void)
{
    return reg_read(UART_LSR) & LSR_TX_EMPTY;
}

static void tx_wait(void)
{
    for (int i = 0; i < TX_WAIT_MAX && !tx_is_empty(); i++)
        cpu_relax();
}

static void ier_set(uint8_t ier)
{
    if (ier != uart.ier)
        reg_write(UART_IER, uart.ier = ier);
}

/* One FIFO's worth out of the buffer. The FIFO is empty. */
static void tx_burst_locked(void)
{
    uint32_t offset = uart.tx_out & (TX_SIZE - 1);
    uint32_t n = MIN(MIN(uart.tx_in - uart.tx_out, TX_SIZE - offset), uart.fifo);

    outsb((uint16_t)(uart.port + UART_DATA), uart.tx + offset, n);
    uart.tx_out += n;
}

/* Empties the buffer as far as the port takes it at once, or else with waiting. */
static void tx_drain_locked(bool wait)
{
    while (uart.tx_out != uart.tx_in) {
        if (wait)
            tx_wait();
        else if (!tx_is_empty())
            break;
        tx_burst_locked();
    }
}

static void tx_put_locked(const char *s, size_t len)
{
    while (len) {
        uint32_t offset = uart.tx_in & (TX_SIZE - 1);
        size_t n = MIN(len, MIN(TX_SIZE - (uart.tx_in - uart.tx_out), TX_SIZE - offset));

        memcpy(uart.tx + offset, s, n);
        uart.tx_in += (uint32_t)n;
        s += n;
        len -= n;
        if (uart.tx_in - uart.tx_out == TX_SIZE) { /* full: as slow as the line is */
            tx_wait();
            tx_burst_locked();
        }
    }
}

static void uart_write(const char *s, size_t len)
{
    bool locked = !console_is_broken(), wait;
    const char *end;

    if (locked)
        spin_lock(&uart.lock);
    while (len) {
        end = memchr(s, '\n', len);
        if (end != s)
            tx_put_locked(s, end ? (size_t)(end - s) : len);
        if (!end)
            break;
        tx_put_locked("\r\n", 2);
        len -= (size_t)(end + 1 - s);
        s = end + 1;
    }
    wait = !locked || opt_sync || !uart.tx_irq_works;
    tx_drain_locked(wait);
    if (!wait)
        ier_set(uart.tx_out != uart.tx_in ? IER_RX | IER_TX : IER_RX);
    if (locked)
        spin_unlock(&uart.lock);
}

static struct console uart_console = { .name = "com1", .write = uart_write };

/* "8n1": data bits, parity, stop bits. Returns what is behind, or @s if it is not one. */
static const char *line_parse(const char *s)
{
    static const struct {
        char name;
        uint8_t bits;
    } parities[] = { { 'n', 0x00 }, { 'o', 0x08 }, { 'e', 0x18 }, { 'm', 0x28 }, { 's', 0x38 } };

    if (s[0] < '5' || s[0] > '8' || !s[1] || (s[2] != '1' && s[2] != '2'))
        return s;
    for (unsigned int i = 0; i < ARRAY_SIZE(parities); i++)
        if (parities[i].name == s[1]) {
            uart.line = (uint8_t)(s[0] - '5') | parities[i].bits | (s[2] == '2' ? 0x04 : 0);
            return s + 3;
        }
    return s;
}

/* Ports that are found on the PCI bus, which we do not search. */
static bool names_a_card(const char *s)
{
    return !strncmp(s, "amt", 3) || !strncmp(s, "pci", 3);
}

/* "115200,8n1,0x3f8,4"; each part may be left out. Ports that are not at a fixed address are not. */
static int com1_parse(const char *value)
{
    const char *s = value;

    if (!strncmp(s, "auto", 4)) {
        uart.baud = 0;
        s += 4;
    } else if (*s != ',') {
        uart.baud = (uint32_t)strtou64(s, &s);
    }
    if (*s == ',')
        s = line_parse(s + 1);
    if (names_a_card(s) || (*s == ',' && names_a_card(s + 1))) {
        printk(LOG_WARN "com1: ports on PCI cards (amt, pci) are not looked for: give the address "
                        "and irq\n");
        return -EINVAL;
    }
    if (*s == ',')
        uart.port = (uint16_t)strtou64(s + 1, &s);
    if (*s == ',')
        uart.isa_irq = (uint8_t)strtou64(s + 1, &s);
    return *s ? -EINVAL : 0;
}
DEFINE_PARAM("com1", com1_parse);

void uart_init(void)
{
    uint32_t divisor;

    if (!console_is_wanted("com1") || reg_read(UART_LSR) == LSR_NOBODY)
        return;
    reg_write(UART_IER, 0);
    if (uart.baud) {
        divisor = MAX(BASE_BAUD / uart.baud, 1U);
        reg_write(UART_LCR, uart.line | LCR_DLAB);
        reg_write(UART_DATA, (uint8_t)divisor);
        reg_write(UART_IER, (uint8_t)(divisor >> 8));
    }
    reg_write(UART_LCR, uart.line);
    reg_write(UART_FCR, FCR_ENABLE | FCR_CLEAR | FCR_RX_AT_8);
    uart.fifo = (reg_read(UART_IIR) & IIR_FIFO_ON) == IIR_FIFO_ON ? FIFO_SIZE : 1;
    reg_write(UART_MCR, MCR_DTR | MCR_RTS | MCR_OUT2);
    uart.present = true;
    console_register(&uart_console);
}

bool uart_owns_port(unsigned int port)
{
    return uart.present && port >= uart.port && port < uart.port + 8U;
}

static void receive(void)
{
    for (int i = 0; i < RX_BATCH_MAX && (reg_read(UART_LSR) & LSR_RX_READY); i++)
        console_input((char)reg_read(UART_DATA));
}

/* Until nothing is pending: the line must fall, for the next interrupt is its rising. */
static void interrupt(unsigned int irq __unused, void *arg __unused)
{
    for (int i = 0; i < IRQ_ROUNDS_MAX && !(reg_read(UART_IIR) & IIR_NOTHING); i++) {
        receive();
        spin_lock(&uart.lock);
        tx_drain_locked(false);
        if (uart.tx_irq_works)
            ier_set(uart.tx_out != uart.tx_in ? IER_RX | IER_TX : IER_RX);
        spin_unlock(&uart.lock);
    }
}

static void poll(void *arg __unused)
{
    receive();
    timer_set(&uart.poll, time_now() + POLL_PERIOD);
}

void uart_start_interrupts(void)
{
    struct acpi_override o = acpi_isa_gsi(&acpi_info, uart.isa_irq);
    unsigned long flags;

    if (!uart.present)
        return;
    if (!uart.isa_irq || irq_request(o.gsi, interrupt, NULL)) {
        printk(LOG_INFO "com1: no interrupt, polled\n");
        timer_init(&uart.poll, poll, NULL, 0);
        timer_set(&uart.poll, time_now() + POLL_PERIOD);
        return;
    }
    flags = spin_lock_irqsave(&uart.lock);
    uart.tx_irq_works = true;
    ier_set(IER_RX);
    spin_unlock_irqrestore(&uart.lock, flags);
}
