/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The back end's command line. */
#ifndef PVFB_BACKEND_OPTIONS_H
#define PVFB_BACKEND_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include <pvfb/backend/vnc.h>

struct options {
    uint32_t domid, devid;
    bool has_domain, setup, verbose, no_confinement;
    uint32_t width, height; /* of the mode asked for, or of the animation */
    bool fake;
    unsigned fake_rate;
    uint32_t video_mib;
    const char *socket, *frame_socket, *name, *user, *group;
    enum vnc_sharing sharing;
    const char *tcp, *password_file, *tls_key, *tls_certificate;
    bool no_tls;
};

/* Fills `o`; on a mistake (or --help) tells so and ends the process. */
void options_parse(struct options *o, int argc, char **argv);

#endif
