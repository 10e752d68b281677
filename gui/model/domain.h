/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DomusDomain: one machine as the manager sees it: its object on the bus, the job at work on it,
 * the last failure, and samples of its use. Emits "changed" after any of these has changed.
 */
#ifndef GUI_MODEL_DOMAIN_H
#define GUI_MODEL_DOMAIN_H

#include <domus-bus.h>

#define DOMUS_TYPE_DOMAIN (domus_domain_get_type())
G_DECLARE_FINAL_TYPE(DomusDomain, domus_domain, DOMUS, DOMAIN, GObject)

struct domain_sample {
    guint64 time;                                      /* Unix time */
    double busy;                                       /* processors, 0 to vcpus */
    guint64 memory_kib, read, written, received, sent; /* the latter four: bytes per second */
};

DomusDomain *domus_domain_new(BusMachine *machine);
BusMachine *domus_domain_machine(DomusDomain *self); /* not owned by the caller */
const char *domus_domain_path(DomusDomain *self);
const char *domus_domain_name(DomusDomain *self);
const char *domus_domain_state(DomusDomain *self);
gboolean domus_domain_is_on(DomusDomain *self); /* it has a domain: running, paused, crashed... */

/* The job at work, or NULL; set by the client. Its failure becomes the domain's. */
void domus_domain_set_job(DomusDomain *self, BusJob *job);
BusJob *domus_domain_job(DomusDomain *self);

/* The last failure: text, details for who unfolds them, D-Bus name; text NULL when there is none.
 */
const char *domus_domain_failure(DomusDomain *self, const char **title, const char **details);
void domus_domain_fail(DomusDomain *self, const char *name, const char *text, const char *details);
void domus_domain_forgive(DomusDomain *self);

/* Calls a method of org.domus1.Machine; an error becomes the domain's failure. */
void domus_domain_call(DomusDomain *self, const char *method, GVariant *arguments);

/* struct domain_sample, oldest first; at most an hour. Owned by the domain. */
GArray *domus_domain_samples(DomusDomain *self);
/* Asks for the samples of the last hour. */
void domus_domain_refresh(DomusDomain *self);

#endif
