/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The serial port (com1=). */
#ifndef HV_UART_H
#define HV_UART_H

#include <hv/types.h>

/* Programs the port and registers it as a console, if it is there. */
void uart_init(void);
/* From now on what comes in is taken to console_input(), by interrupt or else by a timer. */
void uart_start_interrupts(void);
/* True if the hypervisor keeps this I/O port for itself. */
bool uart_owns_port(unsigned int port);

#endif
