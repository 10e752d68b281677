/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The font: each glyph a few strokes on a grid of 7 by 16. A word is a line through points, each a
 * column (0-6) and a row (hexadecimal): capitals stand on row b and reach to 2, small letters to 5,
 * descenders to e. A word of one point is a dot.
 */
#include <hv/string.h>

#include "private.h"

#define FIRST ' '
#define LAST  '~'

static const char *const strokes[LAST - FIRST + 1] = {
    [' ' - FIRST] = "",
    ['!' - FIRST] = "3238 3b",
    ['"' - FIRST] = "2224 4244",
    ['#' - FIRST] = "232b 434b 0666 0868",
    ['$' - FIRST] = "5342221315264657594a2a19 313c",
    ['%' - FIRST] = "0222240402 49696b4b49 620b",
    ['&' - FIRST] = "6b141322324344080a1b4b68",
    ['\'' - FIRST] = "3234",
    ['(' - FIRST] = "4124294c",
    [')' - FIRST] = "2144492c",
    ['*' - FIRST] = "3339 1458 1854",
    ['+' - FIRST] = "353b 0868",
    [',' - FIRST] = "3a3b2d",
    ['-' - FIRST] = "1757",
    ['.' - FIRST] = "2a3a3b2b2a",
    ['/' - FIRST] = "610c",
    ['0' - FIRST] = "2252636a5b2b1a1322 5528",
    ['1' - FIRST] = "24424b 2b6b",
    ['2' - FIRST] = "13225263651a1b6b",
    ['3' - FIRST] = "13225263655636 56676a5b2b1a",
    ['4' - FIRST] = "5b521868",
    ['5' - FIRST] = "62121656676a5b2b1a",
    ['6' - FIRST] = "635222131a2b5b6a675616",
    ['7' - FIRST] = "1262643b",
    ['8' - FIRST] = "225263655626151322 26171a2b5b6a6756",
    ['9' - FIRST] = "1a2b5b6a63522213162767",
    [':' - FIRST] = "3536 3a3b",
    [';' - FIRST] = "3536 3a3b2d",
    ['<' - FIRST] = "53175b",
    ['=' - FIRST] = "1656 1959",
    ['>' - FIRST] = "13571b",
    ['?' - FIRST] = "13224253553738 3b",
    ['@' - FIRST] = "5b1b0a0312526368383565",
    ['A' - FIRST] = "0b0532656b 0868",
    ['B' - FIRST] = "0b025263655606 56676a5b0b",
    ['C' - FIRST] = "635212030a1b5b6a",
    ['D' - FIRST] = "0b024264694b0b",
    ['E' - FIRST] = "62020b6b 0656",
    ['F' - FIRST] = "62020b 0656",
    ['G' - FIRST] = "635212030a1b5b6a6737",
    ['H' - FIRST] = "020b 626b 0666",
    ['I' - FIRST] = "1252 323b 1b5b",
    ['J' - FIRST] = "3262 525a4b1b0a",
    ['K' - FIRST] = "020b 62066b",
    ['L' - FIRST] = "020b6b",
    ['M' - FIRST] = "0b0236626b",
    ['N' - FIRST] = "0b026b62",
    ['O' - FIRST] = "1252636a5b1b0a0312",
    ['P' - FIRST] = "0b025263665707",
    ['Q' - FIRST] = "1252636a5b1b0a0312 486d",
    ['R' - FIRST] = "0b025263655606 366b",
    ['S' - FIRST] = "63521203051656676a5b1b0a",
    ['T' - FIRST] = "0262 323b",
    ['U' - FIRST] = "020a1b5b6a62",
    ['V' - FIRST] = "02063b6662",
    ['W' - FIRST] = "020b376b62",
    ['X' - FIRST] = "026b 620b",
    ['Y' - FIRST] = "023662 363b",
    ['Z' - FIRST] = "02620b6b",
    ['[' - FIRST] = "42222c4c",
    ['\\' - FIRST] = "016c",
    [']' - FIRST] = "22424c2c",
    ['^' - FIRST] = "143254",
    ['_' - FIRST] = "0d6d",
    ['`' - FIRST] = "2234",
    ['a' - FIRST] = "1545565b2b1a192858",
    ['b' - FIRST] = "121b4b5a564515",
    ['c' - FIRST] = "564525161a2b4b5a",
    ['d' - FIRST] = "525b2b1a162555",
    ['e' - FIRST] = "1858564525161a2b5b",
    ['f' - FIRST] = "5242333b 1555",
    ['g' - FIRST] = "5b2b1a1625555d4e1e",
    ['h' - FIRST] = "121b 1545565b",
    ['i' - FIRST] = "32 25353b 1b5b",
    ['j' - FIRST] = "42 25454d3e1e",
    ['k' - FIRST] = "121b 55185b",
    ['l' - FIRST] = "22323b 1b5b",
    ['m' - FIRST] = "0b0525363b 364555666b",
    ['n' - FIRST] = "1b1545565b",
    ['o' - FIRST] = "2545565a4b2b1a1625",
    ['p' - FIRST] = "1e1545565a4b1b",
    ['q' - FIRST] = "5e5525161a2b5b",
    ['r' - FIRST] = "1b15 173555",
    ['s' - FIRST] = "552516172848595a4b1b",
    ['t' - FIRST] = "323a4b5b 1555",
    ['u' - FIRST] = "151a2b5b55",
    ['v' - FIRST] = "15173b5755",
    ['w' - FIRST] = "051b375b65",
    ['x' - FIRST] = "155b 551b",
    ['y' - FIRST] = "151a2b5b 555d4e1e",
    ['z' - FIRST] = "15551b5b",
    ['{' - FIRST] = "5141323517393b4c5c",
    ['|' - FIRST] = "313d",
    ['}' - FIRST] = "1121323557393b2c1c",
    ['~' - FIRST] = "081727495968",
};

static uint8_t glyphs[ARRAY_SIZE(strokes)][FONT_HEIGHT];

static void set(uint8_t *glyph, int x, int y)
{
    glyph[y] |= (uint8_t)(0x80 >> x);
}

/* Bresenham's line. */
static void line(uint8_t *glyph, int x, int y, int to_x, int to_y)
{
    int dx = to_x > x ? to_x - x : x - to_x, dy = to_y > y ? y - to_y : to_y - y;
    int step_x = x < to_x ? 1 : -1, step_y = y < to_y ? 1 : -1, error = dx + dy;

    set(glyph, x, y);
    while (x != to_x || y != to_y) {
        int twice = 2 * error;

        if (twice >= dy) {
            error += dy;
            x += step_x;
        }
        if (twice <= dx) {
            error += dx;
            y += step_y;
        }
        set(glyph, x, y);
    }
}

static int row_of(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

static void draw(uint8_t *glyph, const char *s)
{
    bool drawing = false;
    int x = 0, y = 0;

    for (; *s; s += *s == ' ' ? 1 : 2) {
        if (*s == ' ') {
            drawing = false;
            continue;
        }
        if (drawing)
            line(glyph, x, y, s[0] - '0', row_of(s[1]));
        x = s[0] - '0';
        y = row_of(s[1]);
        if (!drawing)
            set(glyph, x, y);
        drawing = true;
    }
}

void font_init(void)
{
    memset(glyphs, 0, sizeof(glyphs));
    for (unsigned int i = 0; i < ARRAY_SIZE(strokes); i++)
        draw(glyphs[i], strokes[i]);
}

const uint8_t *font_glyph(char c)
{
    return glyphs[c >= FIRST && c <= LAST ? c - FIRST : '?' - FIRST];
}
