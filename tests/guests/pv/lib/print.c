/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text to the hypervisor's console, a line's worth at a time. */
#include "guest.h"

struct line {
    size_t length;
    char text[256];
};

static void flush(struct line *line)
{
    if (line->length)
        console_write(line->text, line->length);
    line->length = 0;
}

static void put(struct line *line, char c)
{
    line->text[line->length++] = c;
    if (c == '\n' || line->length == sizeof(line->text))
        flush(line);
}

static void put_number(struct line *line, unsigned long value, unsigned int base, int width,
                       char fill)
{
    char digits[24];
    int n = 0;

    do {
        digits[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    for (; width > n; width--)
        put(line, fill);
    while (n)
        put(line, digits[--n]);
}

static void put_signed(struct line *line, long value, int width, char fill)
{
    if (value < 0) {
        put(line, '-');
        put_number(line, -(unsigned long)value, 10, width - 1, fill);
    } else {
        put_number(line, (unsigned long)value, 10, width, fill);
    }
}

static void put_string(struct line *line, const char *text)
{
    for (text = text ? text : "(null)"; *text; text++)
        put(line, *text);
}

/* One conversion, format standing after its '%'; answers where the text goes on. */
static const char *convert(struct line *line, const char *format, va_list *args)
{
    char fill = *format == '0' ? '0' : ' ';
    bool is_long = false;
    int width = 0;

    for (; *format >= '0' && *format <= '9'; format++)
        width = width * 10 + (*format - '0');
    for (; *format == 'l' || *format == 'z'; format++)
        is_long = true;
    switch (*format) {
    case 's': put_string(line, va_arg(*args, const char *)); break;
    case 'c': put(line, (char)va_arg(*args, int)); break;
    case 'd':
    case 'i':
        put_signed(line, is_long ? va_arg(*args, long) : va_arg(*args, int), width, fill);
        break;
    case 'u':
    case 'x':
        put_number(line, is_long ? va_arg(*args, unsigned long) : va_arg(*args, unsigned int),
                   *format == 'x' ? 16 : 10, width, fill);
        break;
    case 'p': put_number(line, va_arg(*args, unsigned long), 16, 16, '0'); break;
    case '\0': return format;
    default: put(line, *format); break;
    }
    return format + 1;
}

void vprint(const char *format, va_list args)
{
    struct line line = { .length = 0 };
    va_list rest;

    va_copy(rest, args);
    while (*format) {
        if (*format == '%')
            format = convert(&line, format + 1, &rest);
        else
            put(&line, *format++);
    }
    va_end(rest);
    flush(&line);
}

void print(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vprint(format, args);
    va_end(args);
}
