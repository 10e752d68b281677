/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes what the wizard was told: the disk, the definition, the first start. */
#ifndef GUI_UI_NEW_MACHINE_JOB_H
#define GUI_UI_NEW_MACHINE_JOB_H

#include <gui/model/client.h>
#include <gui/model/new-machine.h>

/*
 * Starts; m is copied by what is needed. progress (part below 0: not known) is called while it
 * works, and once done: with the machine's path, or with the error in words and path NULL. A start
 * that fails is not an error here, since the machine is there and tells it itself. `opaque` is kept
 * alive until then, and nothing is called after its dispose has run.
 */
/* lint: interface */
void new_machine_job_start(DomusClient *client, const struct new_machine *m,
                           void (*progress)(const char *step, double part, gpointer opaque),
                           void (*done)(const char *path, const char *error, gpointer opaque),
                           GObject *opaque);

#endif
