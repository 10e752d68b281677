/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DomusClient: the daemon as the manager sees it: whether it is there, the host, and the list of
 * machines. Emits "changed" when its state changes, "message" (level, path, text) as the daemon
 * says.
 */
#ifndef GUI_MODEL_CLIENT_H
#define GUI_MODEL_CLIENT_H

#include <gui/model/domain.h>

#define DOMUS_TYPE_CLIENT (domus_client_get_type())
G_DECLARE_FINAL_TYPE(DomusClient, domus_client, DOMUS, CLIENT, GObject)

enum client_state { CLIENT_CONNECTING, CLIENT_READY, CLIENT_ABSENT };

/* session: the session bus, for tests; else the system's. It connects by itself. */
DomusClient *domus_client_new(gboolean session);
/* reason: why the daemon is absent, owned by the client; may be NULL. */
enum client_state domus_client_state(DomusClient *self, const char **reason);
void domus_client_retry(DomusClient *self);

/* DomusDomain by name, without the control domain itself; owned by the client. */
GListModel *domus_client_domains(DomusClient *self);
/* NULL when there is none; owned by the client. */
DomusDomain *domus_client_find(DomusClient *self, const char *path);
/* NULL until the client is ready; owned by the client. */
BusHost *domus_client_host(DomusClient *self);
BusManager *domus_client_manager(DomusClient *self);

/* Waits for a job: done() is called once, when it has ended. */
void domus_client_watch_job(DomusClient *self, const char *path,
                            void (*done)(BusJob *job, gpointer opaque), gpointer opaque);

#endif
