/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The 8250/16550 serial port: com1=BAUD,8n1[,PORT[,IRQ]]. Output is polled. */
#include <hv/console.h>
#include <hv/errno.h>
#include <hv/init.h>
#include <hv/string.h>
#include <hv/uart.h>

#include <asm/io.h>
#include <asm/irqflags.h>

#define UART_DATA 0
#define UART_IER  1
#define UART_FCR  2
#define UART_LCR  3
#define UART_MCR  4
#define UART_LSR  5

#define LCR_DLAB     0x80
#define LSR_RX_READY 0x01
#define LSR_TX_EMPTY 0x20

static struct uart {
    uint16_t port;
    uint32_t baud;
    uint8_t line; /* LCR: data bits, parity, stop bits */
    uint8_t irq;
    bool present;
} uart = { .port = 0x3f8, .baud = 115200, .line = 3, .irq = 4 };

static void uart_putc(char c)
{
    for (int i = 0; i < 100000 && !(inb(uart.port + UART_LSR) & LSR_TX_EMPTY); i++)
        cpu_relax();
    outb(uart.port + UART_DATA, (uint8_t)c);
}

static void uart_write(const char *s, size_t len)
{
    for (; len--; s++) {
        if (*s == '\n')
            uart_putc('\r');
        uart_putc(*s);
    }
}

static struct console uart_console = { .name = "com1", .write = uart_write };

/* "115200,8n1,0x3f8,4"; each part may be left out. */
static int com1_parse(const char *value)
{
    const char *s = value;
    uint64_t baud = strtou64(s, &s);

    if (baud)
        uart.baud = (uint32_t)baud;
    if (*s == ',' && s[1] >= '5' && s[1] <= '8') {
        uart.line = (uint8_t)(s[1] - '5');
        uart.line |= s[2] == 'o' ? 0x08 : s[2] == 'e' ? 0x18 : 0;
        uart.line |= s[3] == '2' ? 0x04 : 0;
        s = s[2] && s[3] ? s + 4 : s + 2;
    }
    if (*s == ',')
        uart.port = (uint16_t)strtou64(s + 1, &s);
    if (*s == ',')
        uart.irq = (uint8_t)strtou64(s + 1, &s);
    return *s && *s != ' ' ? -EINVAL : 0;
}
DEFINE_PARAM("com1", com1_parse);

void uart_init(void)
{
    uint32_t divisor = 115200 / (uart.baud ? uart.baud : 115200);

    if (inb(uart.port + UART_LSR) == 0xff) /* nobody there */
        return;
    outb(uart.port + UART_IER, 0);
    outb(uart.port + UART_LCR, uart.line | LCR_DLAB);
    outb(uart.port + UART_DATA, (uint8_t)divisor);
    outb(uart.port + UART_IER, (uint8_t)(divisor >> 8));
    outb(uart.port + UART_LCR, uart.line);
    outb(uart.port + UART_FCR, 0x07);
    outb(uart.port + UART_MCR, 0x0b);
    uart.present = true;
    console_register(&uart_console);
}

bool uart_owns_port(unsigned int port)
{
    return uart.present && port >= uart.port && port < uart.port + 8U;
}

void uart_poll(void)
{
    while (uart.present && (inb(uart.port + UART_LSR) & LSR_RX_READY))
        console_input((char)inb(uart.port + UART_DATA));
}
