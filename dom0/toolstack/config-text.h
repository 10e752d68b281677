/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The syntax of an xl.cfg file, apart from its meaning: KEY = VALUE lines with strings, numbers and
 * lists, and how one of them is changed with the rest of the text left as it is. */
#ifndef DOM0_TOOLSTACK_CONFIG_TEXT_H
#define DOM0_TOOLSTACK_CONFIG_TEXT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum value_type { VALUE_STRING, VALUE_NUMBER, VALUE_LIST };

struct config_value {
    enum value_type type;
    unsigned line;
    char *text;       /* of a string; of a number as it was written */
    int64_t number;   /* of a number */
    GPtrArray *items; /* of a list: struct config_value *, in order */
};

struct config_setting {
    char *key;
    struct config_value *value;
    unsigned line;
    bool appends;      /* KEY += VALUE; value is the sum */
    size_t start, end; /* its bytes in the text, from the key's first to behind the value's last */
};

/* No text of this size is a configuration. */
#define CONFIG_TEXT_MAX (1u << 20)

/*
 * The settings of a text, in order: struct config_setting *, freed with g_ptr_array_unref(). A key
 * may stand there more than once, the last one counts; KEY += VALUE adds to the one before it.
 * NULL and an error "FILE:LINE: what is wrong; what is allowed" when the syntax is not kept.
 */
GPtrArray *config_text_parse(const char *text, size_t length, const char *file, GError **error);

/* The setting that counts for a key, owned by the array, or NULL. */
struct config_setting *config_text_find(GPtrArray *settings, const char *key);

/*
 * The text with KEY = value in the place of the key's settings, or at its end; value NULL takes
 * them out. `value` is in the syntax of the file. The caller frees the result; NULL and an error
 * when text or value cannot be parsed.
 */
char *config_text_set(const char *text, const char *key, const char *value, GError **error);

/* A value in the syntax of the file; a string in quotes. The caller frees the result. */
char *config_value_print(const struct config_value *value);
char *config_text_quote(const char *string);

#endif
