/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domus-pvfb: a guest's paravirtual screen, keyboard and pointer. This process is the keeper; it
 * forks the server, which gives up its rights before it sees a byte of the guest or of a client. */
#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <pvfb/backend/confine.h>
#include <pvfb/backend/frames.h>
#include <pvfb/backend/gateway.h>
#include <pvfb/backend/keeper.h>
#include <pvfb/backend/loop.h>
#include <pvfb/backend/options.h>
#include <pvfb/backend/screen.h>
#include <pvfb/backend/vnc.h>

#define FIRST_WIDTH  800
#define FIRST_HEIGHT 600

static struct options options;

static void fail(const char *what, const char *name)
{
    fprintf(stderr, "domus-pvfb: %s %s: %s\n", what, name, strerror(errno));
    exit(1);
}

/* A socket at `path`, for the owner and the group. What lies there from an earlier life goes. */
static int listen_at(const char *path, int type)
{
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const struct group *group = getgrnam(options.group);
    mode_t before;

    if (strlen(path) >= sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        fail("cannot listen at", path);
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    unlink(path);
    before = umask(0177);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 8))
        fail("cannot listen at", path);
    umask(before);
    if (geteuid() == 0 && group && (chown(path, 0, group->gr_gid) || chmod(path, 0660)))
        fail("cannot give to its group", path);
    return fd;
}

static void serve(const struct source_ops *source)
{
    for (;;) {
        int wait = source->before_wait(), vnc = vnc_before_wait();

        loop_run(wait < 0 || (vnc >= 0 && vnc < wait) ? vnc : wait);
    }
}

struct server_sockets {
    int vnc, frames, door, link; /* -1: there is none */
};

static void server_main(const struct server_sockets *sockets)
{
    const struct source_ops *source;
    uint32_t width = options.width ? options.width : FIRST_WIDTH;
    uint32_t height = options.height ? options.height : FIRST_HEIGHT;

    if (screen_open(width, height))
        fail("cannot make", "the picture");
    if (vnc_open(sockets->vnc, screen_picture(), options.name, options.sharing) ||
        (sockets->door >= 0 && vnc_add_door(sockets->door)))
        fail("cannot serve", "VNC");
    if (sockets->frames >= 0 && frames_open(sockets->frames))
        fail("cannot serve", "viewers");
    if (options.fake)
        source = source_fake_open(width, height, options.fake_rate);
    else
        source = source_xen_open(options.domid, sockets->link, (uint64_t)options.video_mib << 20);
    if (!source)
        fail("cannot open", options.fake ? "the animation" : "Xen's devices");
    screen_set_source(source);
    if (!options.no_confinement && (confine_identity(options.user) || confine_calls()))
        exit(1);
    serve(source);
}

/* The gateway's process; the server's end of its door, or -1 where none is asked for. */
static int start_gateway(int vnc_socket, int frame_socket)
{
    int door[2];
    pid_t gateway;

    if (!options.tcp)
        return -1;
    if (gateway_open(&options))
        exit(1);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, door))
        fail("cannot make", "a socket pair");
    gateway = fork();
    if (gateway < 0)
        fail("cannot start", "the gateway");
    if (gateway > 0) {
        close(door[1]);
        return door[0];
    }
    close(vnc_socket);
    if (frame_socket >= 0)
        close(frame_socket);
    close(door[0]);
    gateway_run(&options, door[1]);
}

static int keep(int link, pid_t server)
{
    struct keeper k = { .domid = options.domid,
                        .devid = options.devid,
                        .link = link,
                        .width = options.width,
                        .height = options.height,
                        .video_mib = options.video_mib };
    int code = 1;

    if (!keeper_open(&k) && !(options.setup && keeper_setup(&k)))
        code = keeper_run(&k);
    kill(server, SIGTERM);
    return code;
}

int main(int argc, char **argv)
{
    struct server_sockets s = { -1, -1, -1, -1 };
    int link[2], status;
    pid_t server;

    options_parse(&options, argc, argv);
    signal(SIGPIPE, SIG_IGN);
    s.vnc = listen_at(options.socket, SOCK_STREAM);
    if (options.frame_socket)
        s.frames = listen_at(options.frame_socket, SOCK_SEQPACKET);
    s.door = start_gateway(s.vnc, s.frames);
    if (options.fake)
        server_main(&s);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, link))
        fail("cannot make", "a socket pair");
    server = fork();
    if (server < 0)
        fail("cannot start", "the server");
    if (server == 0) {
        close(link[0]);
        s.link = link[1];
        server_main(&s);
    }
    close(link[1]);
    status = keep(link[0], server);
    unlink(options.socket);
    if (options.frame_socket)
        unlink(options.frame_socket);
    return status;
}
