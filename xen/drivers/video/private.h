/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the screen share: the grid of characters, the font, the two kinds of screens. */
#ifndef VIDEO_PRIVATE_H
#define VIDEO_PRIVATE_H

#include <hv/boot-info.h>
#include <hv/types.h>

/* A terminal without escapes. Cells are drawn only when what they show changes. */
struct grid {
    unsigned int columns, rows; /* (c) */
    char *wanted, *shown;       /* (c) columns * rows each; 0 in shown: not known */
    unsigned int column, row;   /* where the next character goes */
    void (*draw)(unsigned int column, unsigned int row, char c); /* (c) */
    void (*cursor)(unsigned int column, unsigned int row);       /* (c) or null */
};

/* Memory for the cells: blank, and all to be drawn. 0 or -ENOMEM. */
int grid_init(struct grid *g, unsigned int columns, unsigned int rows);
void grid_write(struct grid *g, const char *s, size_t len);
/* Somebody else has drawn on it: everything is drawn again with the next write. */
void grid_invalidate(struct grid *g);

#define FONT_WIDTH  8U
#define FONT_HEIGHT 16U

/* Draws the glyphs from their strokes; before font_glyph(). */
void font_init(void);
/* FONT_HEIGHT rows, the leftmost pixel is bit 7. */
const uint8_t *font_glyph(char c);

/* 0, or -ENODEV, -ENOMEM. */
int framebuffer_init(const struct boot_framebuffer *fb, struct grid *g);
int vga_text_init(struct grid *g);
/* Shows the memory's start, whatever the control domain made of it. */
void vga_text_reset(void);

#endif
