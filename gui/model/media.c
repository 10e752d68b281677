/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Media are read and looked up in a thread, since the database takes a while to load. */
#include <gui/model/media.h>

#include <osinfo/osinfo.h>

struct request {
    char *path;
    void (*done)(const char *name, gpointer opaque);
    gpointer opaque;
};

static void request_free(gpointer opaque)
{
    struct request *r = opaque;

    g_free(r->path);
    g_free(r);
}

static char *identify(const char *path, GCancellable *cancel)
{
    g_autoptr(OsinfoLoader) loader = osinfo_loader_new();
    g_autoptr(OsinfoMedia) media = osinfo_media_create_from_location(path, cancel, NULL);
    OsinfoDb *db;
    OsinfoOs *os = NULL;

    if (!media)
        return NULL;
    osinfo_loader_process_default_path(loader, NULL);
    db = osinfo_loader_get_db(loader);
    if (osinfo_db_identify_media(db, media))
        os = osinfo_media_get_os(media);
    if (os) {
        char *name = g_strdup(osinfo_product_get_name(OSINFO_PRODUCT(os)));

        g_object_unref(os);
        return name;
    }
    /* not in the database: what the medium calls itself */
    return g_strdup(osinfo_media_get_volume_id(media));
}

static void work(GTask *task, gpointer source, gpointer data, GCancellable *cancel)
{
    struct request *r = data;

    (void)source;
    g_task_return_pointer(task, identify(r->path, cancel), g_free);
}

static void on_identified(GObject *source, GAsyncResult *result, gpointer opaque)
{
    struct request *r = g_task_get_task_data(G_TASK(result));
    g_autoptr(GError) error = NULL;
    g_autofree char *name = g_task_propagate_pointer(G_TASK(result), &error);

    (void)source;
    (void)opaque;
    if (!error)
        r->done(name, r->opaque);
}

void media_recognise(const char *path, GCancellable *cancel,
                     void (*done)(const char *name, gpointer opaque), gpointer opaque)
{
    g_autoptr(GTask) task = g_task_new(NULL, cancel, on_identified, NULL);
    struct request *r = g_new0(struct request, 1);

    r->path = g_strdup(path);
    r->done = done;
    r->opaque = opaque;
    g_task_set_task_data(task, r, request_free);
    g_task_run_in_thread(task, work);
}

void media_find_installer(char **kernel, char **ramdisk)
{
    static const char *const places[][2] = {
        { "/var/lib/domus/installer/vmlinuz", "/var/lib/domus/installer/initrd.gz" },
        { "/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64/linux",
          "/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64/initrd.gz" },
    };
    gsize i;

    *kernel = *ramdisk = NULL;
    for (i = 0; i < G_N_ELEMENTS(places); i++) {
        if (!g_file_test(places[i][0], G_FILE_TEST_EXISTS) ||
            !g_file_test(places[i][1], G_FILE_TEST_EXISTS))
            continue;
        *kernel = g_strdup(places[i][0]);
        *ramdisk = g_strdup(places[i][1]);
        return;
    }
}
