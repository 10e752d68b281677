/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The syntax of an xl.cfg file: a reader by recursive descent over a text held in memory. */
#include <dom0/toolstack/config-text.h>

#include <errno.h>
#include <string.h>

#include <dom0/toolstack/config.h>

/* Lists in lists are for specifications; nothing that is meant goes deeper. */
#define MAX_DEPTH 8

struct reader {
    const char *text, *at, *end;
    const char *file;
    unsigned line;
    GError **error;
};

static struct config_value *read_value(struct reader *r, unsigned depth);

static void value_free(void *opaque)
{
    struct config_value *value = opaque;

    if (!value)
        return;
    g_free(value->text);
    if (value->items)
        g_ptr_array_unref(value->items);
    g_free(value);
}

static void setting_free(void *opaque)
{
    struct config_setting *setting = opaque;

    g_free(setting->key);
    value_free(setting->value);
    g_free(setting);
}

static bool G_GNUC_PRINTF(2, 3) complain(struct reader *r, const char *format, ...)
{
    va_list args;
    char *what;

    va_start(args, format);
    what = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(r->error, CONFIG_ERROR, CONFIG_ERROR_SYNTAX, "%s:%u: %s", r->file, r->line, what);
    g_free(what);
    return false;
}

static bool at_end(const struct reader *r)
{
    return r->at == r->end;
}

/* Spaces and comments; line ends too where `lines` says so. */
static void skip_space(struct reader *r, bool lines)
{
    while (!at_end(r)) {
        char c = *r->at;

        if (c == '#') {
            while (!at_end(r) && *r->at != '\n')
                r->at++;
            continue;
        }
        if (c == '\n' && lines)
            r->line++;
        else if (c != ' ' && c != '\t' && c != '\r' && c != '\f')
            return;
        r->at++;
    }
}

static bool is_word(char c, bool first)
{
    return g_ascii_isalpha(c) || c == '_' || (!first && (g_ascii_isdigit(c) || c == '-'));
}

static struct config_value *value_new(struct reader *r, enum value_type type)
{
    struct config_value *value = g_new0(struct config_value, 1);

    value->type = type;
    value->line = r->line;
    return value;
}

/* Behind a backslash, which is skipped already. What is no escape keeps its backslash. */
static void read_escape(struct reader *r, GString *out)
{
    static const char letters[] = "\\\\''\"\"n\nt\tr\r";
    char c = *r->at++;
    const char *p;

    for (p = letters; *p; p += 2) {
        if (*p == c) {
            g_string_append_c(out, p[1]);
            return;
        }
    }
    if (c == 'x' && r->end - r->at >= 2 && g_ascii_isxdigit(r->at[0]) &&
        g_ascii_isxdigit(r->at[1]) && (r->at[0] != '0' || r->at[1] != '0')) {
        g_string_append_c(
            out, (char)(g_ascii_xdigit_value(r->at[0]) * 16 + g_ascii_xdigit_value(r->at[1])));
        r->at += 2;
        return;
    }
    g_string_append_c(out, '\\');
    g_string_append_c(out, c);
}

static struct config_value *read_string(struct reader *r)
{
    struct config_value *value;
    GString *out = g_string_new(NULL);
    char quote = *r->at++;

    while (!at_end(r) && *r->at != quote && *r->at != '\n') {
        char c = *r->at++;

        if (c == '\\' && !at_end(r) && *r->at != '\n')
            read_escape(r, out);
        else
            g_string_append_c(out, c);
    }
    if (at_end(r) || *r->at != quote) {
        g_string_free(out, TRUE);
        complain(r, "a text is not closed; it ends with %c on the line where it began", quote);
        return NULL;
    }
    r->at++;
    if (!g_utf8_validate(out->str, (gssize)out->len, NULL)) {
        g_string_free(out, TRUE);
        complain(r, "a text with \\x escapes is not UTF-8; only UTF-8 is allowed");
        return NULL;
    }
    value = value_new(r, VALUE_STRING);
    value->text = g_string_free(out, FALSE);
    return value;
}

static struct config_value *read_number(struct reader *r)
{
    const char *from = r->at;
    struct config_value *value;
    char *word, *rest = NULL;
    int64_t number;

    if (*r->at == '-' || *r->at == '+')
        r->at++;
    while (!at_end(r) && g_ascii_isalnum(*r->at))
        r->at++;
    word = g_strndup(from, (gsize)(r->at - from));
    errno = 0;
    number = g_ascii_strtoll(word, &rest, 0);
    if (errno || rest == word || *rest) {
        complain(r, "%s is not a number; decimal, 0octal or 0xhexadecimal is allowed", word);
        g_free(word);
        return NULL;
    }
    value = value_new(r, VALUE_NUMBER);
    value->number = number;
    value->text = word;
    return value;
}

static struct config_value *read_list(struct reader *r, unsigned depth)
{
    struct config_value *list, *item;

    if (depth == MAX_DEPTH) {
        complain(r, "lists in lists go deeper than %u", MAX_DEPTH);
        return NULL;
    }
    list = value_new(r, VALUE_LIST);
    list->items = g_ptr_array_new_with_free_func(value_free);
    r->at++;
    for (;;) {
        skip_space(r, true);
        if (!at_end(r) && *r->at == ']')
            break;
        item = read_value(r, depth + 1);
        if (!item)
            goto free_list;
        g_ptr_array_add(list->items, item);
        skip_space(r, true);
        if (!at_end(r) && *r->at == ',')
            r->at++;
        else if (at_end(r) || *r->at != ']') {
            complain(r, "the list that began in line %u goes on with neither , nor ]", list->line);
            goto free_list;
        }
    }
    r->at++;
    return list;
free_list:
    value_free(list);
    return NULL;
}

static struct config_value *read_value(struct reader *r, unsigned depth)
{
    char c = at_end(r) ? '\n' : *r->at;

    if (c == '"' || c == '\'')
        return read_string(r);
    if (c == '[')
        return read_list(r, depth);
    if (g_ascii_isdigit(c) || c == '-' || c == '+')
        return read_number(r);
    if (is_word(c, true))
        complain(r, "a word without quotes; a text is \"in quotes\", true and false are 1 and 0");
    else
        complain(r, "no value; a \"text\", a number or a [ list ] is allowed");
    return NULL;
}

/* a += b: lists grow, texts are joined. */
static bool add_value(struct reader *r, GPtrArray *settings, struct config_setting *setting)
{
    struct config_setting *old = config_text_find(settings, setting->key);
    struct config_value *value = setting->value, *sum;
    guint i;

    if (!old)
        return true;
    if (old->value->type != value->type || value->type == VALUE_NUMBER)
        return complain(r, "%s: += adds a text to a text, or a list to a list", setting->key);
    sum = value_new(r, value->type);
    if (value->type == VALUE_STRING) {
        sum->text = g_strconcat(old->value->text, value->text, NULL);
    } else {
        sum->items = g_ptr_array_new_with_free_func(value_free);
        for (i = 0; i < old->value->items->len; i++) {
            g_autofree char *text = config_value_print(old->value->items->pdata[i]);
            struct reader copy = { text, text, text + strlen(text), r->file, r->line, NULL };
            struct config_value *item = read_value(&copy, 1);

            if (item)
                g_ptr_array_add(sum->items, item);
        }
        g_ptr_array_extend_and_steal(sum->items, value->items);
        value->items = NULL;
    }
    value_free(value);
    setting->value = sum;
    return true;
}

static bool read_setting(struct reader *r, GPtrArray *settings)
{
    struct config_setting *setting;
    const char *from = r->at;
    bool append;

    if (!is_word(*r->at, true))
        return complain(r, "a line begins with neither a key nor #; KEY = VALUE is allowed");
    while (!at_end(r) && is_word(*r->at, false))
        r->at++;
    setting = g_new0(struct config_setting, 1);
    setting->key = g_strndup(from, (gsize)(r->at - from));
    setting->line = r->line;
    setting->start = (size_t)(from - r->text);
    g_ptr_array_add(settings, setting);
    skip_space(r, false);
    append = r->end - r->at >= 2 && r->at[0] == '+' && r->at[1] == '=';
    setting->appends = append;
    if (append)
        r->at++;
    if (at_end(r) || *r->at != '=')
        return complain(r, "%s: is not followed by =; KEY = VALUE is allowed", setting->key);
    r->at++;
    skip_space(r, false);
    setting->value = read_value(r, 0);
    if (!setting->value)
        return false;
    setting->end = (size_t)(r->at - r->text);
    if (append) {
        bool ok;

        g_ptr_array_steal_index(settings, settings->len - 1);
        ok = add_value(r, settings, setting);
        g_ptr_array_add(settings, setting);
        if (!ok)
            return false;
    }
    skip_space(r, false);
    if (!at_end(r) && *r->at != '\n' && *r->at != ';')
        return complain(r, "%s: something follows its value; a new line or ; is allowed",
                        setting->key);
    return true;
}

GPtrArray *config_text_parse(const char *text, size_t length, const char *file, GError **error)
{
    struct reader r = { text, text, text + length, file, 1, error };
    g_autoptr(GPtrArray) settings = g_ptr_array_new_with_free_func(setting_free);

    if (length > CONFIG_TEXT_MAX) {
        complain(&r, "the file is larger than a configuration can be, %u bytes", CONFIG_TEXT_MAX);
        return NULL;
    }
    if (!g_utf8_validate(text, (gssize)length, NULL)) {
        complain(&r, "the file is not UTF-8 text");
        return NULL;
    }
    for (;;) {
        skip_space(&r, true);
        if (at_end(&r))
            return g_steal_pointer(&settings);
        if (*r.at == ';')
            r.at++;
        else if (!read_setting(&r, settings))
            return NULL;
    }
}

struct config_setting *config_text_find(GPtrArray *settings, const char *key)
{
    guint i;

    for (i = settings->len; i-- > 0;) {
        struct config_setting *setting = settings->pdata[i];

        if (!strcmp(setting->key, key))
            return setting;
    }
    return NULL;
}

char *config_text_quote(const char *string)
{
    GString *out = g_string_new("\"");
    const char *p;

    for (p = string; *p; p++) {
        if (*p == '\n')
            g_string_append(out, "\\n");
        else if (*p == '\r')
            g_string_append(out, "\\r");
        else {
            if (*p == '"' || *p == '\\')
                g_string_append_c(out, '\\');
            g_string_append_c(out, *p);
        }
    }
    g_string_append_c(out, '"');
    return g_string_free(out, FALSE);
}

static void print_value(GString *out, const struct config_value *value)
{
    g_autofree char *quoted = NULL;
    guint i;

    if (value->type == VALUE_NUMBER) {
        g_string_append_printf(out, "%" G_GINT64_FORMAT, value->number);
        return;
    }
    if (value->type == VALUE_STRING) {
        quoted = config_text_quote(value->text);
        g_string_append(out, quoted);
        return;
    }
    g_string_append(out, "[");
    for (i = 0; i < value->items->len; i++) {
        g_string_append(out, i ? ", " : " ");
        print_value(out, value->items->pdata[i]);
    }
    g_string_append(out, " ]");
}

char *config_value_print(const struct config_value *value)
{
    GString *out = g_string_new(NULL);

    print_value(out, value);
    return g_string_free(out, FALSE);
}

/* Takes bytes out of a text, and the line when nothing else was on it. */
static void cut(GString *out, size_t start, size_t end)
{
    while (end < out->len && (out->str[end] == ' ' || out->str[end] == '\t'))
        end++;
    if (end < out->len && out->str[end] == ';')
        end++;
    else if ((!start || out->str[start - 1] == '\n') && end < out->len && out->str[end] == '\n')
        end++;
    g_string_erase(out, (gssize)start, (gssize)(end - start));
}

char *config_text_set(const char *text, const char *key, const char *value, GError **error)
{
    g_autoptr(GPtrArray) settings = config_text_parse(text, strlen(text), "configuration", error);
    g_autofree char *line = value ? g_strdup_printf("%s = %s", key, value) : NULL;
    g_autoptr(GPtrArray) check = NULL;
    g_autoptr(GString) out = NULL;
    bool placed = !value;
    guint i;

    if (!settings)
        return NULL;
    if (line) {
        check = config_text_parse(line, strlen(line), "value", error);
        if (!check)
            return NULL;
        if (check->len != 1) {
            g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_SYNTAX,
                        "%s: more than one value was given; one is allowed", key);
            return NULL;
        }
    }
    out = g_string_new(text);
    for (i = settings->len; i-- > 0;) {
        struct config_setting *setting = settings->pdata[i];

        if (strcmp(setting->key, key))
            continue;
        if (placed) {
            cut(out, setting->start, setting->end);
        } else {
            g_string_erase(out, (gssize)setting->start, (gssize)(setting->end - setting->start));
            g_string_insert(out, (gssize)setting->start, line);
            placed = true;
        }
    }
    if (!placed) {
        if (out->len && out->str[out->len - 1] != '\n')
            g_string_append_c(out, '\n');
        g_string_append_printf(out, "%s\n", line);
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}
