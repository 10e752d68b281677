/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Network interfaces: netback makes one in dom0, and we put it into its bridge. */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEFAULT_BRIDGE  "domus0"
#define FALLBACK_BRIDGE "xenbr0"
#define APPEAR_WAIT_MS  20000
#define POLL_US         5000
#define SCRIPT_DIR      "/etc/xen/scripts"

static unsigned interface_index(int s, const char *name)
{
    struct ifreq r = { 0 };

    g_strlcpy(r.ifr_name, name, sizeof(r.ifr_name));
    return ioctl(s, SIOCGIFINDEX, &r) ? 0 : r.ifr_ifindex;
}

static bool bring_up(int s, const char *name)
{
    struct ifreq r = { 0 };

    g_strlcpy(r.ifr_name, name, sizeof(r.ifr_name));
    if (ioctl(s, SIOCGIFFLAGS, &r))
        return false;
    r.ifr_flags |= IFF_UP;
    return !ioctl(s, SIOCSIFFLAGS, &r);
}

static bool set_mtu(int s, const char *name, unsigned mtu)
{
    struct ifreq r = { 0 };

    g_strlcpy(r.ifr_name, name, sizeof(r.ifr_name));
    r.ifr_mtu = mtu;
    return !mtu || !ioctl(s, SIOCSIFMTU, &r);
}

static bool rename_interface(int s, const char *name, const char *wanted)
{
    struct ifreq r = { 0 };

    g_strlcpy(r.ifr_name, name, sizeof(r.ifr_name));
    g_strlcpy(r.ifr_newname, wanted, sizeof(r.ifr_newname));
    return !ioctl(s, SIOCSIFNAME, &r);
}

static bool add_to_bridge(int s, const char *bridge, const char *name)
{
    struct ifreq r = { 0 };

    g_strlcpy(r.ifr_name, bridge, sizeof(r.ifr_name));
    r.ifr_ifindex = interface_index(s, name);
    return !ioctl(s, SIOCBRADDIF, &r) || errno == EBUSY;
}

static bool wait_interface(int s, const char *name)
{
    for (unsigned waited = 0; waited < APPEAR_WAIT_MS * 1000; waited += POLL_US) {
        if (interface_index(s, name))
            return true;
        g_usleep(POLL_US);
    }
    return false;
}

/* script=: run as a hot-plug script, "online", with the device's nodes to read. */
static bool run_script(const struct plan_device *device, const char *script, const char *interface,
                       const char *bridge, GError **error)
{
    g_autofree char *path = *script == '/' ? g_strdup(script)
                                           : g_build_filename(SCRIPT_DIR, script, NULL);
    g_autofree char *back = plan_backend_path(device);
    g_auto(GStrv) environment = g_get_environ();
    char *argv[] = { path, (char *)(uintptr_t) "online", (char *)(uintptr_t) "type_if=vif", NULL };
    int status = 0;

    environment = g_environ_setenv(environment, "script", path, TRUE);
    environment = g_environ_setenv(environment, "XENBUS_TYPE", "vif", TRUE);
    environment = g_environ_setenv(environment, "XENBUS_PATH", back + strlen("/local/domain/0/"),
                                   TRUE);
    environment = g_environ_setenv(environment, "XENBUS_BASE_PATH", "backend", TRUE);
    environment = g_environ_setenv(environment, "vif", interface, TRUE);
    environment = g_environ_setenv(environment, "bridge", bridge, TRUE);
    if (!g_spawn_sync(NULL, argv, environment, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status,
                      error))
        return false;
    return g_spawn_check_wait_status(status, error);
}

static bool connect_interface(int s, const struct plan_device *device,
                              const struct nic_config *config, const char *bridge, GError **error)
{
    g_autofree char *made = g_strdup_printf("vif%u.%u", device->domid, device->devid);
    const char *name = config->ifname ? config->ifname : made;

    if (!wait_interface(s, made))
        return fail(error, TOOLSTACK_ERROR_FAILED, "vif %u: netback did not make %s", device->devid,
                    made);
    if (config->ifname && !rename_interface(s, made, config->ifname))
        return fail_errno(error, "vif %u: naming %s \"%s\"", device->devid, made, config->ifname);
    if (config->script)
        return run_script(device, config->script, name, bridge, error);
    if (!set_mtu(s, name, config->mtu))
        return fail_errno(error, "vif %u: mtu=%u", device->devid, config->mtu);
    if (!add_to_bridge(s, bridge, name))
        return fail_errno(error, "vif %u: putting %s into bridge %s", device->devid, name, bridge);
    if (!bring_up(s, name))
        return fail_errno(error, "vif %u: bringing %s up", device->devid, name);
    return true;
}

/* The bridge it goes to, which must be there. */
static const char *choose_bridge(int s, unsigned devid, const struct nic_config *config,
                                 GError **error)
{
    if (config->bridge) {
        if (config->script || interface_index(s, config->bridge))
            return config->bridge;
        fail(error, TOOLSTACK_ERROR_FAILED, "vif %u: there is no bridge %s", devid, config->bridge);
        return NULL;
    }
    if (interface_index(s, DEFAULT_BRIDGE))
        return DEFAULT_BRIDGE;
    if (interface_index(s, FALLBACK_BRIDGE) || config->script)
        return FALLBACK_BRIDGE;
    fail(error, TOOLSTACK_ERROR_FAILED,
         "vif %u: bridge= is not given and there is neither " DEFAULT_BRIDGE
         " nor " FALLBACK_BRIDGE,
         devid);
    return NULL;
}

bool nic_add(struct xs_handle *xs, uint32_t domid, unsigned devid, const uint8_t uuid[16],
             const struct nic_config *config, GError **error)
{
    const struct plan_device device = { domid, devid, "vif", "vif" };
    g_autoptr(GPtrArray) nodes = store_nodes_new();
    g_autofree char *back = plan_backend_path(&device), *what = g_strdup_printf("vif %u", devid);
    char mac[PLAN_MAC_SIZE];
    const char *bridge;
    int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool ok = false;

    if (s < 0)
        return fail_errno(error, "%s: a socket", what);
    plan_mac(uuid, devid, mac);
    if (config->mac && !plan_mac_is_valid(config->mac)) {
        fail(error, TOOLSTACK_ERROR_FAILED, "%s: \"%s\" is no MAC address", what, config->mac);
        goto close;
    }
    bridge = choose_bridge(s, devid, config, error);
    if (!bridge)
        goto close;
    plan_nic_nodes(nodes, &device, config, config->mac ? config->mac : mac, bridge);
    ok = store_write_nodes(xs, nodes, error) && backend_wait_ready(xs, &device, what, error) &&
         connect_interface(s, &device, config, bridge, error) &&
         (config->script || store_write(xs, error, "connected", "%s/hotplug-status", back));
close:
    close(s);
    return ok;
}

/* The lowest number that no interface of the domain has. */
static unsigned free_devid(struct xs_handle *xs, uint32_t domid)
{
    for (unsigned i = 0;; i++) {
        g_autofree char *used = store_read(xs, "/libxl/%u/device/vif/%u/backend", domid, i);

        if (!used)
            return i;
    }
}

bool toolstack_nic_attach(struct toolstack *ts, uint32_t domid, const struct nic_config *nic,
                          GError **error)
{
    struct xen_domctl_getdomaininfo info;
    struct plan_device device = { domid, 0, "vif", "vif" };
    struct xs_handle *xs;
    bool ok;

    if (!domain_find(ts, domid, &info, error))
        return false;
    xs = store_open(error);
    if (!xs)
        return false;
    device.devid = free_devid(xs, domid);
    ok = nic_add(xs, domid, device.devid, info.handle, nic, error);
    if (!ok)
        backend_remove(xs, &device, true, NULL);
    store_close(xs);
    return ok;
}

bool toolstack_nic_detach(struct toolstack *ts, uint32_t domid, unsigned devid, bool force,
                          GError **error)
{
    const struct plan_device device = { domid, devid, "vif", "vif" };
    struct xen_domctl_getdomaininfo info;
    g_autofree char *used = NULL;
    struct xs_handle *xs;
    bool ok;

    if (!domain_find(ts, domid, &info, error))
        return false;
    xs = store_open(error);
    if (!xs)
        return false;
    used = store_read(xs, "/libxl/%u/device/vif/%u/backend", domid, devid);
    ok = used ? backend_remove(xs, &device, force, error)
              : fail(error, TOOLSTACK_ERROR_FAILED, "domain %u has no vif %u", domid, devid);
    store_close(xs);
    return ok;
}
