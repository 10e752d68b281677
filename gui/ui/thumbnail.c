/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DomusThumbnail joins the screen as one more shared VNC client for one picture, and leaves. */
#include "thumbnail.h"

#include <gio/gunixfdlist.h>
#include <gvnc.h>
#include <string.h>
#include <unistd.h>

#define SECONDS   5
#define SETTLE_MS 150   /* a picture comes in several rectangles */
#define LARGEST   16384 /* pixels on a side */

struct _DomusThumbnail {
    GtkDrawingArea parent;
    DomusDomain *domain;
    GSettings *settings;
    GCancellable *cancel;
    VncConnection *vnc;
    guint8 *pixels;
    int width, height;
    cairo_surface_t *picture;
    guint timer, settle;
};

G_DEFINE_FINAL_TYPE(DomusThumbnail, domus_thumbnail, GTK_TYPE_DRAWING_AREA)

static void leave(DomusThumbnail *self)
{
    g_clear_handle_id(&self->settle, g_source_remove);
    if (!self->vnc)
        return;
    g_signal_handlers_disconnect_by_data(self->vnc, self);
    vnc_connection_shutdown(self->vnc);
    g_clear_object(&self->vnc);
    g_clear_pointer(&self->pixels, g_free);
}

static gboolean on_settled(gpointer opaque)
{
    DomusThumbnail *self = opaque;
    int w = MAX(gtk_widget_get_allocated_width(GTK_WIDGET(self)), 16);
    int h = MAX(gtk_widget_get_allocated_height(GTK_WIDGET(self)), 16);
    cairo_surface_t *whole = cairo_image_surface_create_for_data(
        self->pixels, CAIRO_FORMAT_RGB24, self->width, self->height, self->width * 4);
    cairo_t *cr;

    self->settle = 0;
    g_clear_pointer(&self->picture, cairo_surface_destroy);
    self->picture = gtk_widget_get_window(GTK_WIDGET(self))
                        ? gdk_window_create_similar_surface(gtk_widget_get_window(GTK_WIDGET(self)),
                                                            CAIRO_CONTENT_COLOR, w, h)
                        : cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
    cr = cairo_create(self->picture);
    cairo_scale(cr, (double)w / self->width, (double)h / self->height);
    cairo_set_source_surface(cr, whole, 0, 0);
    cairo_paint(cr);
    cairo_destroy(cr);
    cairo_surface_destroy(whole);
    leave(self);
    gtk_widget_queue_draw(GTK_WIDGET(self));
    return G_SOURCE_REMOVE;
}

static void on_update(DomusThumbnail *self)
{
    if (!self->settle)
        self->settle = g_timeout_add(SETTLE_MS, on_settled, self);
}

static void on_initialized(VncConnection *vnc, DomusThumbnail *self)
{
    static const VncPixelFormat format = {
        .bits_per_pixel = 32,
        .depth = 24,
        .byte_order = G_LITTLE_ENDIAN,
        .true_color_flag = 1,
        .red_max = 255,
        .green_max = 255,
        .blue_max = 255,
        .red_shift = 16,
        .green_shift = 8,
    };
    gint32 encodings[] = { VNC_CONNECTION_ENCODING_ZRLE, VNC_CONNECTION_ENCODING_RAW };
    g_autoptr(GObject) buffer = NULL;

    self->width = vnc_connection_get_width(vnc);
    self->height = vnc_connection_get_height(vnc);
    if (self->width < 1 || self->height < 1 || self->width > LARGEST || self->height > LARGEST)
        return;
    self->pixels = g_malloc0_n((gsize)self->width * 4, (gsize)self->height);
    buffer = G_OBJECT(vnc_base_framebuffer_new(self->pixels, (guint16)self->width,
                                               (guint16)self->height, self->width * 4, &format,
                                               &format));
    vnc_connection_set_pixel_format(vnc, &format);
    vnc_connection_set_encodings(vnc, G_N_ELEMENTS(encodings), encodings);
    vnc_connection_set_framebuffer(vnc, VNC_FRAMEBUFFER(buffer));
    vnc_connection_framebuffer_update_request(vnc, FALSE, 0, 0, (guint16)self->width,
                                              (guint16)self->height);
}

static void on_auth(VncConnection *vnc)
{
    vnc_connection_set_auth_type(vnc, VNC_CONNECTION_AUTH_NONE);
}

static void on_screen(GObject *proxy, GAsyncResult *result, gpointer opaque)
{
    g_autoptr(DomusThumbnail) self = opaque;
    g_autoptr(GVariant) handle = NULL;
    g_autoptr(GUnixFDList) fds = NULL;
    int fd;

    if (!bus_machine_call_open_screen_finish(BUS_MACHINE(proxy), &handle, &fds, result, NULL))
        return;
    fd = g_unix_fd_list_get(fds, g_variant_get_handle(handle), NULL);
    if (fd < 0)
        return;
    if (self->vnc || !gtk_widget_get_mapped(GTK_WIDGET(self))) {
        close(fd);
        return;
    }
    self->vnc = vnc_connection_new();
    vnc_connection_set_shared(self->vnc, TRUE);
    g_signal_connect(self->vnc, "vnc-auth-choose-type", G_CALLBACK(on_auth), NULL);
    g_signal_connect(self->vnc, "vnc-initialized", G_CALLBACK(on_initialized), self);
    g_signal_connect_swapped(self->vnc, "vnc-framebuffer-update", G_CALLBACK(on_update), self);
    vnc_connection_open_fd(self->vnc, fd);
}

static gboolean on_timer(gpointer opaque)
{
    DomusThumbnail *self = opaque;
    BusMachine *machine = domus_domain_machine(self->domain);
    const char *state = domus_domain_state(self->domain);

    leave(self); /* of a picture that did not come in time */
    if (strcmp(state, "running") && strcmp(state, "paused")) {
        g_clear_pointer(&self->picture, cairo_surface_destroy);
        gtk_widget_queue_draw(GTK_WIDGET(self));
    } else if (bus_machine_get_has_screen(machine) && gtk_widget_get_mapped(GTK_WIDGET(self)) &&
               g_settings_get_boolean(self->settings, "thumbnails")) {
        bus_machine_call_open_screen(machine, NULL, self->cancel, on_screen, g_object_ref(self));
    }
    return G_SOURCE_CONTINUE;
}

static gboolean domus_thumbnail_draw(GtkWidget *widget, cairo_t *cr)
{
    DomusThumbnail *self = DOMUS_THUMBNAIL(widget);
    int w = gtk_widget_get_allocated_width(widget), h = gtk_widget_get_allocated_height(widget);
    int size = MIN(w, h) / 2, scale = gtk_widget_get_scale_factor(widget);
    g_autoptr(GtkIconInfo) info = NULL;
    g_autoptr(GdkPixbuf) icon = NULL;

    if (self->picture) {
        cairo_set_source_surface(cr, self->picture, 0, 0);
        cairo_paint(cr);
        return FALSE;
    }
    cairo_set_source_rgb(cr, 0.16, 0.17, 0.2);
    cairo_rectangle(cr, 0, 0, w, h);
    cairo_fill(cr);
    info = gtk_icon_theme_lookup_icon_for_scale(gtk_icon_theme_get_default(),
                                                "org.domus1.Manager-symbolic", size, scale, 0);
    if (info)
        icon = gtk_icon_info_load_symbolic(info, &(GdkRGBA){ 0.6, 0.62, 0.66, 1 }, NULL, NULL, NULL,
                                           NULL, NULL);
    if (icon) {
        cairo_scale(cr, 1.0 / scale, 1.0 / scale);
        gdk_cairo_set_source_pixbuf(cr, icon, (w * scale - gdk_pixbuf_get_width(icon)) / 2,
                                    (h * scale - gdk_pixbuf_get_height(icon)) / 2);
        cairo_paint(cr);
    }
    return FALSE;
}

static void domus_thumbnail_dispose(GObject *object)
{
    DomusThumbnail *self = DOMUS_THUMBNAIL(object);

    g_cancellable_cancel(self->cancel);
    g_clear_handle_id(&self->timer, g_source_remove);
    leave(self);
    g_clear_pointer(&self->picture, cairo_surface_destroy);
    g_clear_object(&self->domain);
    g_clear_object(&self->settings);
    g_clear_object(&self->cancel);
    G_OBJECT_CLASS(domus_thumbnail_parent_class)->dispose(object);
}

static void domus_thumbnail_class_init(DomusThumbnailClass *class)
{
    G_OBJECT_CLASS(class)->dispose = domus_thumbnail_dispose;
    GTK_WIDGET_CLASS(class)->draw = domus_thumbnail_draw;
}

static void domus_thumbnail_init(DomusThumbnail *self)
{
    self->cancel = g_cancellable_new();
}

void domus_thumbnail_set_domain(DomusThumbnail *self, DomusDomain *domain, GSettings *settings)
{
    self->domain = g_object_ref(domain);
    self->settings = g_object_ref(settings);
    self->timer = g_timeout_add_seconds(SECONDS, on_timer, self);
}
