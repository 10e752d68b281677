/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VGA text mode, 80 columns by 25 rows: two bytes a cell, character and attribute. */
#include <hv/errno.h>

#include <asm/io.h>
#include <asm/mm.h>

#include "private.h"

#define TEXT_BASE    0xb8000
#define TEXT_COLUMNS 80U
#define TEXT_ROWS    25U
#define ATTRIBUTE    0x0700 /* light grey on black */

#define CRTC_INDEX        0x3d4
#define CRTC_DATA         0x3d5
#define CRTC_START_HIGH   0x0c
#define CRTC_START_LOW    0x0d
#define CRTC_CURSOR_HIGH  0x0e
#define CRTC_CURSOR_LOW   0x0f

static volatile uint16_t *cells;

static void crtc_write(uint8_t reg, uint8_t value)
{
    outb(CRTC_INDEX, reg);
    outb(CRTC_DATA, value);
}

static void draw(unsigned int column, unsigned int row, char c)
{
    cells[row * TEXT_COLUMNS + column] = (uint16_t)(ATTRIBUTE | (uint8_t)c);
}

static void cursor(unsigned int column, unsigned int row)
{
    unsigned int at = row * TEXT_COLUMNS + column;

    crtc_write(CRTC_CURSOR_HIGH, (uint8_t)(at >> 8));
    crtc_write(CRTC_CURSOR_LOW, (uint8_t)at);
}

void vga_text_reset(void)
{
    crtc_write(CRTC_START_HIGH, 0);
    crtc_write(CRTC_START_LOW, 0);
}

int vga_text_init(struct grid *g)
{
    cells = ioremap_wc(TEXT_BASE, TEXT_COLUMNS * TEXT_ROWS * sizeof(*cells));
    if (!cells)
        return -ENOMEM;
    g->draw = draw;
    g->cursor = cursor;
    return grid_init(g, TEXT_COLUMNS, TEXT_ROWS);
}
