/* SPDX-License-Identifier: GPL-2.0-or-later */
/* getopt, and the checks that options need among themselves. */
#include <pvfb/backend/options.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pvfb/protocol/geometry.h>

static const char usage[] =
    "usage: domus-pvfb --domid N [--devid N] --socket PATH [option...]\n"
    "       domus-pvfb --fake WIDTHxHEIGHT --socket PATH [option...]\n"
    "  --frame-socket PATH    for domus-viewer: the picture as a memory file\n"
    "  --mode WIDTHxHEIGHT    the mode to offer the guest\n"
    "  --videoram MIB         the largest framebuffer (64)\n"
    "  --setup                make the devices' nodes in the store\n"
    "  --name TEXT            the desktop's name\n"
    "  --share asked|always|never\n"
    "  --tcp ADDRESS:PORT     serve VNC by TCP too, with --password-file and TLS:\n"
    "  --password-file FILE, --tls-key FILE, --tls-certificate FILE, or --no-tls\n"
    "  --user NAME            become NAME (domus-pvfb)\n"
    "  --group NAME           who may open the sockets (toolstack)\n"
    "  --fake-rate N          frames a second of --fake (30; 0: as fast as it goes)\n"
    "  --no-confinement       keep all rights (for debuggers)\n";

static void fail(const char *what, const char *value)
{
    fprintf(stderr, "domus-pvfb: %s '%s'\n%s", what, value, usage);
    exit(2);
}

static uint32_t number(const char *text, uint32_t most)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    if (end == text || *end || value > most || *text == '-')
        fail("not a number in range:", text);
    return value;
}

static void size(const char *text, struct options *o)
{
    int used = 0;

    if (sscanf(text, "%5ux%5u%n", &o->width, &o->height, &used) != 2 || text[used] || !o->width ||
        !o->height || o->width > FB_SIDE_MAX || o->height > FB_SIDE_MAX)
        fail("not a size:", text);
}

static enum vnc_sharing sharing(const char *text)
{
    if (!strcmp(text, "asked"))
        return VNC_SHARE_ASKED;
    if (!strcmp(text, "always"))
        return VNC_SHARE_ALWAYS;
    if (strcmp(text, "never"))
        fail("not a way to share:", text);
    return VNC_SHARE_NEVER;
}

enum {
    DOMID = 1,
    DEVID,
    SOCKET,
    FRAME_SOCKET,
    MODE,
    VIDEORAM,
    SETUP,
    NAME,
    SHARE,
    TCP,
    PASSWORD_FILE,
    TLS_KEY,
    TLS_CERTIFICATE,
    NO_TLS,
    USER,
    GROUP,
    FAKE,
    FAKE_RATE,
    NO_CONFINEMENT,
    HELP,
};

static const struct option long_options[] = {
    { "domid", 1, NULL, DOMID },
    { "devid", 1, NULL, DEVID },
    { "socket", 1, NULL, SOCKET },
    { "frame-socket", 1, NULL, FRAME_SOCKET },
    { "mode", 1, NULL, MODE },
    { "videoram", 1, NULL, VIDEORAM },
    { "setup", 0, NULL, SETUP },
    { "name", 1, NULL, NAME },
    { "share", 1, NULL, SHARE },
    { "tcp", 1, NULL, TCP },
    { "password-file", 1, NULL, PASSWORD_FILE },
    { "tls-key", 1, NULL, TLS_KEY },
    { "tls-certificate", 1, NULL, TLS_CERTIFICATE },
    { "no-tls", 0, NULL, NO_TLS },
    { "user", 1, NULL, USER },
    { "group", 1, NULL, GROUP },
    { "fake", 1, NULL, FAKE },
    { "fake-rate", 1, NULL, FAKE_RATE },
    { "no-confinement", 0, NULL, NO_CONFINEMENT },
    { "help", 0, NULL, HELP },
    { NULL, 0, NULL, 0 },
};

static void apply_flag(struct options *o, int option)
{
    switch (option) {
    case SETUP: o->setup = true; break;
    case NO_TLS: o->no_tls = true; break;
    case NO_CONFINEMENT: o->no_confinement = true; break;
    case HELP: fputs(usage, stdout); exit(0);
    default: fputs(usage, stderr); exit(2);
    }
}

static const char **text_option(struct options *o, int option)
{
    switch (option) {
    case SOCKET: return &o->socket;
    case FRAME_SOCKET: return &o->frame_socket;
    case NAME: return &o->name;
    case TCP: return &o->tcp;
    case PASSWORD_FILE: return &o->password_file;
    case TLS_KEY: return &o->tls_key;
    case TLS_CERTIFICATE: return &o->tls_certificate;
    case USER: return &o->user;
    case GROUP: return &o->group;
    default: return NULL;
    }
}

static void apply(struct options *o, int option)
{
    const char **text = text_option(o, option);

    if (text) {
        *text = optarg;
        return;
    }
    switch (option) {
    case DOMID:
        o->domid = number(optarg, 0x7fef);
        o->has_domain = true;
        break;
    case DEVID: o->devid = number(optarg, 255); break;
    case FAKE:
        o->fake = true;
        /* fallthrough */
    case MODE: size(optarg, o); break;
    case VIDEORAM: o->video_mib = number(optarg, 512); break;
    case SHARE: o->sharing = sharing(optarg); break;
    case FAKE_RATE: o->fake_rate = number(optarg, 1000); break;
    default: apply_flag(o, option);
    }
}

void options_parse(struct options *o, int argc, char **argv)
{
    int option;

    *o = (struct options){ .video_mib = 64,
                           .fake_rate = 30,
                           .name = "Domus",
                           .user = "domus-pvfb",
                           .group = "toolstack" };
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) >= 0)
        apply(o, option);
    if (optind < argc)
        fail("not an option:", argv[optind]);
    if (o->fake == o->has_domain || !o->socket)
        fail("wanted: --socket, and one of --domid and", "--fake");
    if (o->tcp && (!o->password_file || (!o->no_tls && (!o->tls_key || !o->tls_certificate))))
        fail("--tcp wants --password-file, --tls-key and --tls-certificate (or --no-tls):", o->tcp);
}
