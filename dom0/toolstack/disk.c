/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual disks. Raw files and devices go to the kernel's blkback: a file through a loop device
 * that we set up, reading past dom0's page cache where it can, and that clears itself when blkback
 * lets go. Everything else QEMU serves (qemu.c).
 */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define OPEN_WAIT_MS  20000
#define OPEN_POLL_US  5000
#define LOOP_TRIES    32
#define BLOCK_SIZE    512
#define QEMU_SLICE_MS 500

static char *device_name(const struct disk_config *config)
{
    return g_strdelimit(g_strdup(config->vdev), ":", '\0');
}

static bool use_qemu(const struct disk_config *config)
{
    return config->backend == DISK_BACKEND_QEMU ||
           (config->format != DISK_RAW && config->format != DISK_EMPTY);
}

bool disk_check(const struct disk_config *config, GError **error)
{
    g_autofree char *name = device_name(config);
    struct stat st;

    if (plan_vdev(name) < 0)
        return fail(error, TOOLSTACK_ERROR_FAILED,
                    "disk %s: the name is none of xvdX, hdX, sdX and dN", config->vdev);
    if (!config->target)
        return config->cdrom
                   ? true
                   : fail(error, TOOLSTACK_ERROR_FAILED, "disk %s: it has no target", config->vdev);
    if (use_qemu(config) && !qemu_check(error)) {
        g_prefix_error(error, "disk %s, format %s: ", config->vdev,
                       plan_format_word(config->format));
        return false;
    }
    if (stat(config->target, &st))
        return fail_errno(error, "disk %s: %s", config->vdev, config->target);
    if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
        return fail(error, TOOLSTACK_ERROR_FAILED,
                    "disk %s: %s is neither a file nor a block device", config->vdev,
                    config->target);
    return true;
}

/* Makes `loop` the file's device; false with errno, EBUSY when somebody else was faster. */
static bool configure(int loop, int file, const struct disk_config *config, bool writable)
{
    struct loop_config c = {
        .fd = file,
        .block_size = BLOCK_SIZE,
        .info.lo_flags = LO_FLAGS_AUTOCLEAR | LO_FLAGS_DIRECT_IO,
    };

    if (!writable)
        c.info.lo_flags |= LO_FLAGS_READ_ONLY;
    g_strlcpy((char *)c.info.lo_file_name, config->target, sizeof(c.info.lo_file_name));
    if (!ioctl(loop, LOOP_CONFIGURE, &c))
        return true;
    /* Some file systems cannot do direct I/O. */
    if (errno != EINVAL && errno != EOPNOTSUPP)
        return false;
    c.info.lo_flags &= ~LO_FLAGS_DIRECT_IO;
    return !ioctl(loop, LOOP_CONFIGURE, &c);
}

/* A loop device for the file, open; its path in *path. -1 and an error. */
static int open_loop(const struct disk_config *config, bool writable, char **path, GError **error)
{
    int mode = writable ? O_RDWR : O_RDONLY, loop = -1;
    int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    int file = open(config->target, mode | O_CLOEXEC);

    if (control < 0 || file < 0) {
        fail_errno(error, "disk %s: %s", config->vdev,
                   file < 0 ? config->target : "/dev/loop-control");
        goto close;
    }
    for (unsigned i = 0; i < LOOP_TRIES; i++) {
        int number = ioctl(control, LOOP_CTL_GET_FREE);

        g_free(*path);
        *path = g_strdup_printf("/dev/loop%d", number);
        loop = number < 0 ? -1 : open(*path, mode | O_CLOEXEC);
        if (loop < 0 || configure(loop, file, config, writable) || errno != EBUSY)
            break;
        close(loop);
        loop = -1;
    }
    if (loop < 0 || ioctl(loop, LOOP_GET_STATUS64, &(struct loop_info64){ 0 })) {
        fail_errno(error, "disk %s: a loop device for %s", config->vdev, config->target);
        if (loop >= 0)
            close(loop);
        loop = -1;
    }
close:
    if (file >= 0)
        close(file);
    if (control >= 0)
        close(control);
    return loop;
}

/* The block device to give away: the target itself, or a loop device for it. */
static int open_target(const struct disk_config *config, bool writable, char **path, GError **error)
{
    struct stat st;
    int fd;

    if (stat(config->target, &st)) {
        fail_errno(error, "disk %s: %s", config->vdev, config->target);
        return -1;
    }
    if (!S_ISBLK(st.st_mode))
        return open_loop(config, writable, path, error);
    fd = open(config->target, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC);
    if (fd < 0)
        fail_errno(error, "disk %s: %s", config->vdev, config->target);
    *path = g_strdup(config->target);
    return fd;
}

/* blkback has the device open once its attributes are in sysfs; only then may we let go. */
static bool wait_open(struct xs_handle *xs, const struct plan_device *device, const char *vdev,
                      GError **error)
{
    g_autofree char *attribute = g_strdup_printf(
        "/sys/bus/xen-backend/devices/vbd-%u-%u/physical_device", device->domid, device->devid);
    g_autofree char *why = NULL;

    for (unsigned waited = 0; waited < OPEN_WAIT_MS * 1000; waited += OPEN_POLL_US) {
        if (!access(attribute, F_OK))
            return true;
        why = store_read(xs, "/local/domain/0/error/backend/vbd/%u/%u/error", device->domid,
                         device->devid);
        if (why)
            break;
        g_usleep(OPEN_POLL_US);
    }
    return fail(error, TOOLSTACK_ERROR_FAILED, "disk %s: blkback did not open it%s%s", vdev,
                why ? ": " : "", why ? why : "");
}

static bool add_phy(struct xs_handle *xs, const struct plan_device *device,
                    const struct disk_config *config, GError **error)
{
    bool writable = config->writable && !config->cdrom;
    g_autoptr(GPtrArray) nodes = store_nodes_new();
    g_autofree char *path = NULL, *number = NULL, *what = NULL;
    struct plan_disk disk = { .type = "phy", .target = config->target };
    struct stat st;
    int fd = open_target(config, writable, &path, error);
    bool ok;

    if (fd < 0)
        return false;
    if (fstat(fd, &st)) {
        close(fd);
        return fail_errno(error, "disk %s: %s", config->vdev, path);
    }
    number = g_strdup_printf("%x:%x", major(st.st_rdev), minor(st.st_rdev));
    what = g_strdup_printf("disk %s", config->vdev);
    disk.params = path;
    disk.physical_device = number;
    plan_disk_nodes(nodes, device, config, &disk);
    ok = store_write_nodes(xs, nodes, error) && backend_wait_ready(xs, device, what, error) &&
         wait_open(xs, device, config->vdev, error);
    close(fd);
    return ok;
}

/* QEMU takes longer than a driver, and may end over an image that it does not like. */
static bool wait_qemu(struct xs_handle *xs, const struct plan_device *device, const char *vdev,
                      GError **error)
{
    g_autofree char *back = plan_backend_path(device), *words = NULL;
    g_autofree char *path = g_strdup_printf("%s/state", back);
    unsigned waited = 0;

    for (; waited < BACKEND_TIMEOUT_MS && qemu_runs(xs, device->domid); waited += QEMU_SLICE_MS)
        if (store_wait(xs, path, QEMU_SLICE_MS, backend_is_ready, NULL))
            return true;
    words = qemu_last_words(device->domid);
    return fail(error, TOOLSTACK_ERROR_FAILED, "disk %s: QEMU %s: %s", vdev,
                waited < BACKEND_TIMEOUT_MS ? "ended" : "did not take it", words);
}

static bool add_qemu(struct xs_handle *xs, const struct plan_device *device,
                     const struct disk_config *config, GError **error)
{
    g_autoptr(GPtrArray) nodes = store_nodes_new();
    g_autofree char *params = g_strdup_printf("%s:%s", plan_format_word(config->format),
                                              config->target);
    const struct plan_disk disk = { .type = "qdisk", .params = params, .target = config->target };

    plan_disk_nodes(nodes, device, config, &disk);
    return store_write_nodes(xs, nodes, error) && qemu_start(xs, device->domid, error) &&
           wait_qemu(xs, device, config->vdev, error);
}

bool disk_add(struct toolstack *ts, struct xs_handle *xs, uint32_t domid,
              const struct disk_config *config, GError **error)
{
    g_autofree char *name = device_name(config);
    int64_t devid = plan_vdev(name);
    struct plan_device device = { domid, devid, "vbd", use_qemu(config) ? "qdisk" : "vbd" };
    g_autofree char *own = plan_private_path(&device), *used = NULL;

    (void)ts;
    if (!disk_check(config, error))
        return false;
    used = store_read(xs, "%s/backend", own);
    if (used)
        return fail(error, TOOLSTACK_ERROR_EXISTS, "disk %s: domain %u has one there already",
                    config->vdev, domid);
    if (!config->target)
        return true; /* an empty drive is nothing to a PV guest */
    return use_qemu(config) ? add_qemu(xs, &device, config, error)
                            : add_phy(xs, &device, config, error);
}

void disk_cleanup(struct xs_handle *xs, uint32_t domid)
{
    qemu_stop(xs, domid);
}

bool toolstack_disk_attach(struct toolstack *ts, uint32_t domid, const struct disk_config *disk,
                           GError **error)
{
    struct xen_domctl_getdomaininfo info;
    g_autofree char *name = device_name(disk);
    struct plan_device device = { domid, 0, "vbd", use_qemu(disk) ? "qdisk" : "vbd" };
    g_autofree char *own = NULL, *used = NULL;
    struct xs_handle *xs;
    bool ok;

    if (!domain_find(ts, domid, &info, error) || !disk_check(disk, error))
        return false;
    device.devid = plan_vdev(name);
    own = plan_private_path(&device);
    xs = store_open(error);
    if (!xs)
        return false;
    used = store_read(xs, "%s/backend", own);
    ok = disk_add(ts, xs, domid, disk, error);
    if (!ok && !used)
        backend_remove(xs, &device, true, NULL);
    store_close(xs);
    return ok;
}

bool toolstack_disk_detach(struct toolstack *ts, uint32_t domid, const char *vdev, bool force,
                           GError **error)
{
    struct xen_domctl_getdomaininfo info;
    struct plan_device device = { domid, 0, "vbd", "vbd" };
    int64_t devid = g_ascii_isdigit(*vdev) ? g_ascii_strtoll(vdev, NULL, 10) : plan_vdev(vdev);
    g_autofree char *own = NULL, *used = NULL;
    struct xs_handle *xs;
    bool ok;

    if (!domain_find(ts, domid, &info, error))
        return false;
    xs = store_open(error);
    if (!xs)
        return false;
    device.devid = devid;
    own = plan_private_path(&device);
    used = devid < 0 ? NULL : store_read(xs, "%s/backend", own);
    if (used && strstr(used, "/backend/qdisk/"))
        device.backend_kind = "qdisk";
    if (!used)
        ok = fail(error, TOOLSTACK_ERROR_FAILED, "domain %u has no disk %s", domid, vdev);
    else
        ok = backend_remove(xs, &device, force, error);
    store_close(xs);
    return ok;
}
