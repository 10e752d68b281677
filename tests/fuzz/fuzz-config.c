/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever a configuration's text says, reading it ends well, and so does changing it. */
/* sources: dom0/toolstack/config.c dom0/toolstack/config-text.c dom0/toolstack/config-keys.c
   dom0/toolstack/config-disk.c dom0/toolstack/config-nic.c dom0/toolstack/config-screen.c
   dom0/toolstack/config-cpus.c */
/* pkgs: glib-2.0 */
#include <stdlib.h>

#include <dom0/toolstack/config-text.h>
#include <dom0/toolstack/config.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = g_strndup((const char *)data, size), *changed = NULL;
    struct machine_config *config = machine_config_parse((const char *)data, size, "f", notes,
                                                         &error);

    if (!config == !error)
        abort();
    machine_config_free(config);
    changed = config_text_set(text, "vcpus", "3", NULL);
    if (changed) {
        g_autoptr(GPtrArray) settings = config_text_parse(changed, strlen(changed), "f", NULL);
        struct config_setting *setting = settings ? config_text_find(settings, "vcpus") : NULL;

        if (!setting || setting->value->number != 3)
            abort();
    }
    return 0;
}
