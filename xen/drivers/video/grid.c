/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Characters on a screen. Writing changes a copy in memory; at the end the cells that differ from
 * what the screen shows are drawn, so scrolling costs what changes and never reads the screen.
 */
#include <hv/alloc.h>
#include <hv/errno.h>
#include <hv/string.h>

#include "private.h"

#define TAB 8U

int grid_init(struct grid *g, unsigned int columns, unsigned int rows)
{
    size_t cells = (size_t)columns * rows;
    unsigned int order = 0;

    while (PAGE_SIZE << order < 2 * cells)
        order++;
    g->wanted = page_alloc(order);
    if (!g->wanted)
        return -ENOMEM;
    g->shown = g->wanted + cells;
    g->columns = columns;
    g->rows = rows;
    memset(g->wanted, ' ', cells);
    grid_invalidate(g);
    return 0;
}

void grid_invalidate(struct grid *g)
{
    memset(g->shown, 0, (size_t)g->columns * g->rows);
}

static void new_line(struct grid *g)
{
    size_t rest = (size_t)g->columns * (g->rows - 1);

    g->column = 0;
    if (++g->row < g->rows)
        return;
    g->row = g->rows - 1;
    memmove(g->wanted, g->wanted + g->columns, rest);
    memset(g->wanted + rest, ' ', g->columns);
}

static void put(struct grid *g, char c)
{
    if (g->column == g->columns) /* only now, so that a full line has no empty one behind it */
        new_line(g);
    g->wanted[(size_t)g->row * g->columns + g->column++] = c > ' ' && c < 0x7f ? c : ' ';
}

static void put_or_move(struct grid *g, char c)
{
    switch (c) {
    case '\n': new_line(g); break;
    case '\r': g->column = 0; break;
    case '\b': g->column -= g->column > 0; break;
    case '\t':
        do
            put(g, ' ');
        while (g->column % TAB);
        break;
    default: put(g, c);
    }
}

static void draw_row(struct grid *g, unsigned int row)
{
    const char *wanted = g->wanted + (size_t)row * g->columns;
    char *shown = g->shown + (size_t)row * g->columns;

    if (!memcmp(wanted, shown, g->columns))
        return;
    for (unsigned int column = 0; column < g->columns; column++)
        if (wanted[column] != shown[column]) {
            g->draw(column, row, wanted[column]);
            shown[column] = wanted[column];
        }
}

void grid_write(struct grid *g, const char *s, size_t len)
{
    while (len--)
        put_or_move(g, *s++);
    for (unsigned int row = 0; row < g->rows; row++)
        draw_row(g, row);
    if (g->cursor)
        g->cursor(MIN(g->column, g->columns - 1), g->row);
}
