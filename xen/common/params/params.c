/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line: "name=value name no-name ...", each option parsed where it is used. */
#include <hv/errno.h>
#include <hv/init.h>
#include <hv/printk.h>
#include <hv/string.h>

extern const struct param params_start[], params_end[];

static bool name_is(const char *name, const char *opt, size_t len)
{
    return strlen(name) == len && !strncmp(name, opt, len);
}

/* 0 or the parser's error; -ENOENT if nobody knows the name. */
static int parse_one(const char *opt, size_t len, const char *value)
{
    int ret = -ENOENT;

    for (const struct param *p = params_start; p < params_end; p++)
        if (name_is(p->name, opt, len))
            ret = p->parse(value);
    return ret;
}

static void parse_word(char *word, bool first)
{
    char *eq = strchr(word, '=');
    const char *value = eq ? eq + 1 : "";
    size_t len = eq ? (size_t)(eq - word) : strlen(word);
    int ret = parse_one(word, len, value);

    if (ret == -ENOENT && !eq && !strncmp(word, "no-", 3))
        ret = parse_one(word + 3, len - 3, "no");
    if (ret == -ENOENT && !first) /* the first word may be the loader's name for us */
        printk(LOG_WARN "unknown option '%s' ignored\n", word);
    else if (ret && ret != -ENOENT)
        printk(LOG_WARN "option '%s' has a bad value\n", word);
}

void params_parse(const char *cmdline)
{
    char word[256];
    bool first = true;
    size_t n = 0;

    for (const char *s = cmdline;; s++) {
        if (*s && *s != ' ') {
            if (n < sizeof(word) - 1)
                word[n++] = *s;
            continue;
        }
        word[n] = '\0';
        if (n)
            parse_word(word, first);
        first = first && !n;
        n = 0;
        if (!*s)
            return;
    }
}

int param_bool(const char *value)
{
    static const char *const yes[] = { "", "yes", "on", "true", "1", "enable" };
    static const char *const no[] = { "no", "off", "false", "0", "disable" };

    for (unsigned int i = 0; i < ARRAY_SIZE(yes); i++)
        if (!strcmp(value, yes[i]))
            return 1;
    for (unsigned int i = 0; i < ARRAY_SIZE(no); i++)
        if (!strcmp(value, no[i]))
            return 0;
    return -EINVAL;
}

uint64_t param_size(const char *value, const char **end)
{
    uint64_t n = strtou64(value, end);

    if (*end == value)
        return 0;
    switch (**end | 0x20) {
    case 't': n <<= 10; fallthrough;
    case 'g': n <<= 10; fallthrough;
    case 'm': n <<= 10; fallthrough;
    case 'k': n <<= 10; fallthrough;
    case 'b':
        if ((**end | 0x20) != ' ' && **end)
            (*end)++;
        return n;
    default: return n << 10;
    }
}
