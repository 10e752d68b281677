/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Formatting into a buffer. */
#include <hv/printf.h>
#include <hv/string.h>

struct out {
    char *buf;
    size_t size, len; /* room, and characters so far (may exceed it) */
};

struct spec {
    bool left, zero, alt, plus, space, upper, is_signed;
    int width, precision; /* precision -1: none */
    unsigned int base;
    enum { SIZE_CHAR, SIZE_SHORT, SIZE_INT, SIZE_LONG } size;
};

static void put(struct out *o, char c)
{
    if (o->len + 1 < o->size)
        o->buf[o->len] = c;
    o->len++;
}

static void put_many(struct out *o, char c, int count)
{
    while (count-- > 0)
        put(o, c);
}

static void put_string(struct out *o, const struct spec *s, const char *str)
{
    int len;

    if (!str)
        str = "(null)";
    len = (int)strnlen(str, s->precision >= 0 ? (size_t)s->precision : SIZE_MAX / 2);
    if (!s->left)
        put_many(o, ' ', s->width - len);
    for (int i = 0; i < len; i++)
        put(o, str[i]);
    if (s->left)
        put_many(o, ' ', s->width - len);
}

static void put_number(struct out *o, const struct spec *s, uint64_t value, char sign)
{
    const char *digits = s->upper ? "0123456789ABCDEF" : "0123456789abcdef";
    const char *prefix = s->alt && s->base == 16 && value ? (s->upper ? "0X" : "0x") : "";
    char tmp[24];
    int n = 0, zeros, pad;

    for (; value; value /= s->base)
        tmp[n++] = digits[value % s->base];
    if (!n && s->precision != 0)
        tmp[n++] = '0';
    zeros = s->precision - n;
    pad = s->width - n - MAX(zeros, 0) - (sign != 0) - (int)strlen(prefix);
    if (s->zero && !s->left && s->precision < 0) {
        zeros = pad;
        pad = 0;
    }
    if (!s->left)
        put_many(o, ' ', pad);
    if (sign)
        put(o, sign);
    while (*prefix)
        put(o, *prefix++);
    put_many(o, '0', zeros);
    while (n)
        put(o, tmp[--n]);
    if (s->left)
        put_many(o, ' ', pad);
}

static const char *parse_flags(const char *f, struct spec *s)
{
    for (;; f++) {
        switch (*f) {
        case '-': s->left = true; break;
        case '0': s->zero = true; break;
        case '#': s->alt = true; break;
        case '+': s->plus = true; break;
        case ' ': s->space = true; break;
        default: return f;
        }
    }
}

static const char *parse_count(const char *f, int *value, va_list *args)
{
    if (*f == '*') {
        *value = va_arg(*args, int);
        return f + 1;
    }
    for (*value = 0; *f >= '0' && *f <= '9'; f++)
        *value = *value * 10 + (*f - '0');
    return f;
}

static const char *parse_size(const char *f, struct spec *s)
{
    s->size = SIZE_INT;
    if (*f == 'h') {
        s->size = f[1] == 'h' ? SIZE_CHAR : SIZE_SHORT;
        return f + (f[1] == 'h' ? 2 : 1);
    }
    while (*f == 'l' || *f == 'z') {
        s->size = SIZE_LONG;
        f++;
    }
    return f;
}

static void put_integer(struct out *o, const struct spec *s, va_list *args)
{
    uint64_t v;
    char sign = 0;

    v = s->size == SIZE_LONG ? va_arg(*args, uint64_t) : va_arg(*args, unsigned int);
    if (s->is_signed) {
        int64_t i = s->size == SIZE_LONG    ? (int64_t)v
                    : s->size == SIZE_INT   ? (int32_t)v
                    : s->size == SIZE_SHORT ? (int16_t)v
                                            : (int8_t)v;
        v = i < 0 ? -(uint64_t)i : (uint64_t)i;
        sign = i < 0 ? '-' : s->plus ? '+' : s->space ? ' ' : 0;
    } else if (s->size == SIZE_SHORT) {
        v = (uint16_t)v;
    } else if (s->size == SIZE_CHAR) {
        v = (uint8_t)v;
    }
    put_number(o, s, v, sign);
}

static void put_conversion(struct out *o, struct spec *s, char conversion, va_list *args)
{
    char c[2] = { 0 };

    switch (conversion) {
    case 'd':
    case 'i':
        s->is_signed = true;
        put_integer(o, s, args);
        break;
    case 'u': put_integer(o, s, args); break;
    case 'o':
        s->base = 8;
        put_integer(o, s, args);
        break;
    case 'X': s->upper = true; fallthrough;
    case 'x':
        s->base = 16;
        put_integer(o, s, args);
        break;
    case 'p':
        s->base = 16;
        s->precision = 16;
        put_number(o, s, (uintptr_t)va_arg(*args, void *), 0);
        break;
    case 's': put_string(o, s, va_arg(*args, const char *)); break;
    case 'c':
        c[0] = (char)va_arg(*args, int);
        s->precision = 1;
        put_string(o, s, c);
        break;
    case '%': put(o, '%'); break;
    default: put(o, '?'); break;
    }
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
    struct out o = { buf, size, 0 };
    va_list ap;

    va_copy(ap, args);
    for (; *fmt; fmt++) {
        struct spec s = { .precision = -1, .base = 10 };

        if (*fmt != '%') {
            put(&o, *fmt);
            continue;
        }
        fmt = parse_flags(fmt + 1, &s);
        fmt = parse_count(fmt, &s.width, &ap);
        if (*fmt == '.')
            fmt = parse_count(fmt + 1, &s.precision, &ap);
        fmt = parse_size(fmt, &s);
        if (!*fmt)
            break;
        put_conversion(&o, &s, *fmt, &ap);
    }
    va_end(ap);
    if (size)
        buf[MIN(o.len, size - 1)] = '\0';
    return (int)o.len;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
    va_list args;
    int n;

    va_start(args, fmt);
    n = vsnprintf(buf, size, fmt, args);
    va_end(args);
    return n;
}
