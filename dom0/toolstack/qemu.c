/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU as the back end of disks that are no plain blocks: one process per guest, which finds its
 * disks in the store under backend/qdisk/DOMID. It goes on when the daemon does not; who comes
 * next finds it by its number in the store. When it dies its disks are closed, so that the guest
 * sees errors instead of waiting for ever.
 */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RUN_DIR      "/run/domus/qemu"
#define STOP_WAIT_MS 5000
#define LOG_TAIL     400

static const char *program(void)
{
    static const char *const places[] = {
        "/usr/libexec/xen-qemu-system-i386",
        "/usr/lib/xen/bin/qemu-system-i386",
        "/usr/bin/qemu-system-i386",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(places); i++)
        if (!access(places[i], X_OK))
            return places[i];
    return NULL;
}

bool qemu_check(GError **error)
{
    return program() || fail(error, TOOLSTACK_ERROR_NOT_SUPPORTED,
                             "QEMU is missing (Debian's package qemu-system-xen)");
}

/* Where its number is: xl looks there too, so that it can end what we started. */
static char *pid_path(uint32_t domid)
{
    return g_strdup_printf("/local/domain/%u/image/device-model-pid", domid);
}

/* Whether the process is that domain's QEMU, and not another one that got its number. */
static bool is_ours(pid_t pid, uint32_t domid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/cmdline", pid);
    g_autofree char *number = g_strdup_printf("%u", domid), *words = NULL;
    bool found = false;
    gsize length = 0;

    if (!g_file_get_contents(path, &words, &length, NULL))
        return false;
    for (const char *w = words, *before = ""; w < words + length; before = w, w += strlen(w) + 1)
        found |= !strcmp(before, "-xen-domid") && !strcmp(w, number);
    return found;
}

/* An fd that becomes readable when the domain's QEMU ends; -1: it has none. */
static int open_qemu(struct xs_handle *xs, uint32_t domid)
{
    g_autofree char *path = pid_path(domid);
    int64_t pid = store_read_number(xs, "%s", path);
    int fd;

    if (pid <= 1 || pid > INT32_MAX)
        return -1;
    fd = syscall(SYS_pidfd_open, (pid_t)pid, 0);
    if (fd >= 0 && is_ours(pid, domid))
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

bool qemu_runs(struct xs_handle *xs, uint32_t domid)
{
    int fd = open_qemu(xs, domid);
    struct pollfd p = { .fd = fd, .events = POLLIN };
    bool runs = fd >= 0 && !poll(&p, 1, 0);

    if (fd >= 0)
        close(fd);
    return runs;
}

static char *log_path(uint32_t domid)
{
    return g_strdup_printf(RUN_DIR "/%u.log", domid);
}

char *qemu_last_words(uint32_t domid)
{
    g_autofree char *path = log_path(domid), *text = NULL;
    gsize length = 0;

    if (!g_file_get_contents(path, &text, &length, NULL) || !length)
        return g_strdup("it says nothing");
    return g_strstrip(g_strdup(text + (length > LOG_TAIL ? length - LOG_TAIL : 0)));
}

/* The guest's disks of this kind: closed, as if their driver had let go. */
static void close_disks(uint32_t domid)
{
    struct xs_handle *xs = store_open(NULL);
    g_auto(GStrv) disks = NULL;

    if (!xs)
        return;
    disks = store_list(xs, "/local/domain/0/backend/qdisk/%u", domid);
    for (char **d = disks; *d; d++)
        store_write(xs, NULL, "6", "/local/domain/0/backend/qdisk/%u/%s/state", domid, *d);
    if (*disks)
        g_warning("domain %u: QEMU, which serves its disks, ended by itself", domid);
    store_close(xs);
}

struct watch {
    uint32_t domid;
    int fd;
};

static void *watch(void *opaque)
{
    struct watch *w = opaque;
    struct pollfd p = { .fd = w->fd, .events = POLLIN };

    while (poll(&p, 1, -1) < 0 && errno == EINTR)
        ;
    /* At a domain's end its nodes are gone by now. */
    close_disks(w->domid);
    close(w->fd);
    g_free(w);
    return NULL;
}

void qemu_watch(struct xs_handle *xs, uint32_t domid)
{
    int fd = open_qemu(xs, domid);
    struct watch *w;

    if (fd < 0)
        return;
    w = g_new(struct watch, 1);
    *w = (struct watch){ domid, fd };
    g_thread_unref(g_thread_new("qemu", watch, w));
}

/* Its output goes to a file, which is all that is left of it when it fails. */
static bool spawn(uint32_t domid, pid_t *pid, GError **error)
{
    g_autofree char *log = log_path(domid);
    g_autofree char *line = g_strdup_printf(
        "%s -xen-domid %u -xen-attach -machine xenpv -name domus-%u -nodefaults -no-user-config "
        "-display none -vga none -monitor none -serial none -parallel none",
        program(), domid, domid);
    g_auto(GStrv) argv = g_strsplit(line, " ", -1);
    int out = -1, in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    g_autoptr(GError) why = NULL;
    bool ok;

    g_mkdir_with_parents(RUN_DIR, 0700);
    out = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    ok = in >= 0 && out >= 0;
    if (!ok)
        fail_errno(error, "domain %u: %s", domid, log);
    else if (!g_spawn_async_with_fds("/", argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, pid, in, out,
                                     out, &why))
        ok = fail(error, TOOLSTACK_ERROR_FAILED, "domain %u: starting QEMU: %s", domid,
                  why->message);
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return ok;
}

bool qemu_start(struct xs_handle *xs, uint32_t domid, GError **error)
{
    g_autofree char *path = pid_path(domid), *number = NULL;
    pid_t pid = 0;

    if (qemu_runs(xs, domid))
        return true;
    if (!qemu_check(error) || !spawn(domid, &pid, error))
        return false;
    number = g_strdup_printf("%d", pid);
    if (!store_write(xs, error, number, "%s", path)) {
        kill(pid, SIGKILL);
        return false;
    }
    qemu_watch(xs, domid);
    return true;
}

void qemu_stop(struct xs_handle *xs, uint32_t domid)
{
    g_autofree char *log = log_path(domid), *path = pid_path(domid);
    struct pollfd p = { .fd = open_qemu(xs, domid), .events = POLLIN };

    if (p.fd >= 0) {
        syscall(SYS_pidfd_send_signal, p.fd, SIGTERM, NULL, 0);
        if (poll(&p, 1, STOP_WAIT_MS) <= 0)
            syscall(SYS_pidfd_send_signal, p.fd, SIGKILL, NULL, 0);
        close(p.fd);
    }
    store_remove(xs, "%s", path);
    g_unlink(log);
}
