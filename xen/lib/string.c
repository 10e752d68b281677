/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory and string functions. */
#include <hv/string.h>

void *memcpy(void *dst, const void *src, size_t n)
{
    void *ret = dst;
    size_t words = n / 8, rest = n % 8;

    asm volatile("rep movsq" : "+D"(dst), "+S"(src), "+c"(words)::"memory");
    asm volatile("rep movsb" : "+D"(dst), "+S"(src), "+c"(rest)::"memory");
    return ret;
}

void *memmove(void *dst, const void *src, size_t n)
{
    if ((uintptr_t)dst - (uintptr_t)src >= n)
        return memcpy(dst, src, n);
    for (char *d = dst; n--;)
        d[n] = ((const char *)src)[n];
    return dst;
}

void *memset(void *dst, int c, size_t n)
{
    void *ret = dst;
    size_t words = n / 8, rest = n % 8;
    uint64_t pattern = 0x0101010101010101ULL * (uint8_t)c;

    asm volatile("rep stosq" : "+D"(dst), "+c"(words) : "a"(pattern) : "memory");
    asm volatile("rep stosb" : "+D"(dst), "+c"(rest) : "a"(pattern) : "memory");
    return ret;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const uint8_t *x = a, *y = b;

    for (; n; n--, x++, y++)
        if (*x != *y)
            return *x - *y;
    return 0;
}

void *memchr(const void *s, int c, size_t n)
{
    for (const uint8_t *p = s; n; n--, p++)
        if (*p == (uint8_t)c)
            return (void *)(uintptr_t)p;
    return NULL;
}

size_t strlen(const char *s)
{
    size_t n = 0;

    while (s[n])
        n++;
    return n;
}

size_t strnlen(const char *s, size_t max)
{
    size_t n = 0;

    while (n < max && s[n])
        n++;
    return n;
}

int strcmp(const char *a, const char *b)
{
    return strncmp(a, b, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t n)
{
    for (; n; n--, a++, b++) {
        if (*a != *b)
            return (uint8_t)*a - (uint8_t)*b;
        if (!*a)
            break;
    }
    return 0;
}

char *strchr(const char *s, int c)
{
    for (;; s++) {
        if (*s == (char)c)
            return (char *)(uintptr_t)s;
        if (!*s)
            return NULL;
    }
}

char *strstr(const char *haystack, const char *needle)
{
    size_t n = strlen(needle);

    for (; *haystack || !n; haystack++) {
        if (!strncmp(haystack, needle, n))
            return (char *)(uintptr_t)haystack;
        if (!*haystack)
            break;
    }
    return NULL;
}

size_t strlcpy(char *dst, const char *src, size_t size)
{
    size_t n = strlen(src);

    if (size) {
        size_t len = n < size - 1 ? n : size - 1;

        memcpy(dst, src, len);
        dst[len] = '\0';
    }
    return n;
}

static int digit_value(char c, unsigned int base)
{
    unsigned int v;

    if (c >= '0' && c <= '9')
        v = (unsigned int)(c - '0');
    else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        v = (unsigned int)((c | 0x20) - 'a') + 10;
    else
        return -1;
    return v < base ? (int)v : -1;
}

uint64_t strtou64(const char *s, const char **end)
{
    unsigned int base = 10;
    uint64_t v = 0;
    int digit;

    if (s[0] == '0' && (s[1] | 0x20) == 'x' && digit_value(s[2], 16) >= 0) {
        base = 16;
        s += 2;
    } else if (s[0] == '0') {
        base = 8;
    }
    for (; (digit = digit_value(*s, base)) >= 0; s++)
        v = v * base + (unsigned int)digit;
    *end = s;
    return v;
}
