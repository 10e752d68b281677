/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domus-manager: where it starts. */
#include <glib/gi18n.h>
#include <locale.h>

#include "application.h"

int main(int argc, char **argv)
{
    const char *locales = g_getenv("DOMUS_LOCALE_DIR");
    g_autoptr(DomusApplication) app = NULL;

    setlocale(LC_ALL, "");
    bindtextdomain(GETTEXT_PACKAGE, locales ? locales : "/usr/share/locale");
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    textdomain(GETTEXT_PACKAGE);
    g_set_prgname("domus-manager");
    app = domus_application_new();
    return g_application_run(G_APPLICATION(app), argc, argv);
}
