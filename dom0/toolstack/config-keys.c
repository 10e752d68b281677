/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of all keys, and how the plain ones are applied. */
#include <dom0/toolstack/config-keys.h>

#include <errno.h>
#include <string.h>

#include "config-private.h"

bool config_number(const char *text, int64_t min, int64_t max, int64_t *number)
{
    char *rest = NULL;
    int64_t value;

    errno = 0;
    value = g_ascii_strtoll(text, &rest, 0);
    if (errno || rest == text || *rest || g_ascii_isspace(*text) || value < min || value > max)
        return false;
    *number = value;
    return true;
}

static void *field_of(struct key_context *ctx)
{
    return (char *)ctx->config + ctx->row->field;
}

/* The number of a value whose type was checked; complains when it is out of the row's range. */
static bool number_of(struct key_context *ctx, const struct config_value *value, int64_t *number)
{
    const struct config_key *row = ctx->row;

    if (config_number(value->text, row->min, row->max, number))
        return true;
    return config_complain(
        ctx, "%s: %s is out of range; %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " is allowed",
        row->name, value->text, row->min, row->max);
}

static bool apply_string(struct key_context *ctx, const struct config_value *value)
{
    char **field = field_of(ctx);

    g_free(*field);
    *field = *value->text ? g_strdup(value->text) : NULL;
    return true;
}

static bool apply_bool(struct key_context *ctx, const struct config_value *value)
{
    int64_t number;

    if (!config_number(value->text, 0, 1, &number))
        return config_complain(ctx, "%s: is %s; 0 and 1 are allowed", ctx->row->name, value->text);
    *(bool *)field_of(ctx) = number;
    return true;
}

static bool apply_unsigned(struct key_context *ctx, const struct config_value *value)
{
    int64_t number;

    if (!number_of(ctx, value, &number))
        return false;
    *(unsigned *)field_of(ctx) = (unsigned)number;
    return true;
}

static bool apply_int(struct key_context *ctx, const struct config_value *value)
{
    int64_t number;

    if (!number_of(ctx, value, &number))
        return false;
    *(int *)field_of(ctx) = (int)number;
    return true;
}

static bool apply_int64(struct key_context *ctx, const struct config_value *value)
{
    return number_of(ctx, value, (int64_t *)field_of(ctx));
}

static bool apply_mib(struct key_context *ctx, const struct config_value *value)
{
    int64_t number;

    if (!number_of(ctx, value, &number))
        return false;
    *(uint64_t *)field_of(ctx) = (uint64_t)number * 1024;
    return true;
}

/* It names a file and a node of the store, so it is kept plain. */
static bool apply_name(struct key_context *ctx, const struct config_value *value)
{
    const char *p, *name = value->text;

    for (p = name; g_ascii_isalnum(*p) || (*p && strchr("-_.+:@ ", *p)); p++)
        ;
    if (*p || p == name || p - name > 64 || *name == '.' || *name == '-' || *name == ' ' ||
        p[-1] == ' ' || strspn(name, "0123456789") == (size_t)(p - name))
        return config_complain(ctx,
                               "name: '%s' cannot be one; 1 to 64 letters, digits, spaces and "
                               "- _ . + : @ are allowed, not a number alone, not . - first",
                               name);
    return apply_string(ctx, value);
}

static bool apply_type(struct key_context *ctx, const struct config_value *value)
{
    const char *word = value->text;

    if (!strcmp(word, "pv") || !strcmp(word, "generic") || !strcmp(word, "linux"))
        ctx->config->kind = MACHINE_PV;
    else if (!strcmp(word, "pvh"))
        ctx->config->kind = MACHINE_PVH;
    else if (!strcmp(word, "hvm"))
        ctx->config->kind = MACHINE_HVM;
    else
        return config_complain(ctx, "%s: is %s; pv, pvh and hvm are allowed", ctx->row->name, word);
    return true;
}

static bool apply_uuid(struct key_context *ctx, const struct config_value *value)
{
    const char *p = value->text;
    unsigned i;

    if (!g_uuid_string_is_valid(p))
        return config_complain(ctx, "uuid: '%s' is none; 8-4-4-4-12 hexadecimal digits are allowed",
                               p);
    for (i = 0; i < 16; i++, p += 2) {
        if (*p == '-')
            p++;
        ctx->config->uuid[i] = (uint8_t)(g_ascii_xdigit_value(p[0]) * 16 +
                                         g_ascii_xdigit_value(p[1]));
    }
    ctx->config->uuid_given = true;
    return true;
}

static bool apply_action(struct key_context *ctx, const struct config_value *value)
{
    static const char *const words[] = {
        [ACTION_DESTROY] = "destroy",
        [ACTION_RESTART] = "restart",
        [ACTION_RENAME_RESTART] = "rename-restart",
        [ACTION_PRESERVE] = "preserve",
        [ACTION_COREDUMP_DESTROY] = "coredump-destroy",
        [ACTION_COREDUMP_RESTART] = "coredump-restart",
        [ACTION_SOFT_RESET] = "soft-reset",
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        if (!strcmp(words[i], value->text)) {
            if (i == ACTION_COREDUMP_DESTROY || i == ACTION_COREDUMP_RESTART)
                config_note(ctx, "%s: no core is written yet, the rest is done", ctx->row->name);
            *(enum machine_action *)field_of(ctx) = i;
            return true;
        }
    }
    return config_complain(ctx,
                           "%s: is %s; destroy, restart, rename-restart, preserve, "
                           "coredump-destroy, coredump-restart and soft-reset are allowed",
                           ctx->row->name, value->text);
}

static bool keep(char **field, const struct config_value *value)
{
    g_free(*field);
    *field = *value->text ? g_strdup(value->text) : NULL;
    return true;
}

static bool apply_root(struct key_context *ctx, const struct config_value *value)
{
    return keep(&ctx->root, value);
}

static bool apply_extra(struct key_context *ctx, const struct config_value *value)
{
    return keep(&ctx->extra, value);
}

static bool apply_cmdline(struct key_context *ctx, const struct config_value *value)
{
    return keep(&ctx->cmdline, value);
}

static bool apply_bootloader(struct key_context *ctx, const struct config_value *value)
{
    g_autofree char *base = g_path_get_basename(value->text);

    if (!strcmp(base, "pygrub") || !strcmp(base, "pypxeboot"))
        return config_complain(ctx,
                               "bootloader: %s is refused, it reads the machine's disk inside "
                               "dom0; \"grub\" is allowed",
                               base);
    if (*value->text && strcmp(value->text, "grub") && *value->text != '/')
        return config_complain(ctx,
                               "bootloader: is %s; \"grub\" and the path of a GRUB-for-Xen "
                               "image are allowed",
                               value->text);
    return apply_string(ctx, value);
}

static bool apply_bootloader_args(struct key_context *ctx, const struct config_value *value)
{
    guint i, n = value->type == VALUE_LIST ? value->items->len : 1;

    ctx->config->bootloader_args = g_new0(char *, n + 1);
    for (i = 0; i < n; i++) {
        const struct config_value *item = value->type == VALUE_LIST ? value->items->pdata[i]
                                                                    : value;

        if (item->type == VALUE_LIST)
            return config_complain(ctx, "bootloader_args: a list in a list; texts are allowed");
        ctx->config->bootloader_args[i] = g_strdup(item->text);
    }
    return true;
}

static bool apply_firmware(struct key_context *ctx, const struct config_value *value)
{
    if (ctx->config->kind == MACHINE_HVM) {
        config_note(ctx, "firmware: has no effect yet; it waits for machines of type hvm");
        return true;
    }
    if (strcmp(value->text, "pvgrub64") && strcmp(value->text, "pvgrub32"))
        return config_complain(ctx, "firmware: is %s; pvgrub64 and pvgrub32 are allowed here",
                               value->text);
    g_free(ctx->config->bootloader);
    ctx->config->bootloader = g_strdup("grub");
    return true;
}

/* The modes by word or, as was usual once, by number. */
static bool apply_tsc_mode(struct key_context *ctx, const struct config_value *value)
{
    static const char *const modes[] = { "default", "always_emulate", "native" };
    int64_t number = -1;
    unsigned i;

    config_number(value->text, 0, 2, &number);
    for (i = 0; i < G_N_ELEMENTS(modes); i++) {
        if (!strcmp(modes[i], value->text) || number == i) {
            g_free(ctx->config->tsc_mode);
            ctx->config->tsc_mode = g_strdup(modes[i]);
            return true;
        }
    }
    return config_complain(ctx, "tsc_mode: is %s; default, always_emulate and native are allowed",
                           value->text);
}

#define FIELD(name) offsetof(struct machine_config, name)
#define LATER_HVM   "it waits for machines of type hvm"
#define HVM(key, type)                                          \
    {                                                           \
        key, KEY_LATER, type, KEY_HVM, NULL, LATER_HVM, 0, 0, 0 \
    }
#define LATER(key, type, why)                             \
    {                                                     \
        key, KEY_LATER, type, KEY_ALL, NULL, why, 0, 0, 0 \
    }
#define REFUSED(key, why)                                      \
    {                                                          \
        key, KEY_REFUSED, KEY_ANY, KEY_ALL, NULL, why, 0, 0, 0 \
    }
#define APPLY(key, type, kinds, function, field, min, max)             \
    {                                                                  \
        key, KEY_APPLIED, type, kinds, function, NULL, field, min, max \
    }
#define STRING(key, field)  APPLY(key, KEY_STRING, KEY_ALL, apply_string, FIELD(field), 0, 0)
#define BOOLEAN(key, field) APPLY(key, KEY_BOOLEAN, KEY_ALL, apply_bool, FIELD(field), 0, 1)
#define VGA(key, type)      APPLY(key, type, KEY_ALL, config_apply_vga, 0, 0, 0)
#define MAX_MIB             (INT64_C(16) << 20) /* 16 TiB */

#define NO_ARM    "it is for Arm processors"
#define NO_SHADOW "there is no shadow paging; nested paging is always used"
#define NO_STUB   "device models run in dom0, confined; there are no stub domains"
#define NO_XSM    "there is no XSM policy"
#define NO_SPICE  "the screen is served by VNC; there is no SPICE"
#define WAIT_PCI  "it waits for PCI passthrough"
#define WAIT_USB  "it waits for USB passthrough"

const struct config_key config_keys[] = {
    APPLY("name", KEY_STRING, KEY_ALL, apply_name, FIELD(name), 0, 0),
    APPLY("type", KEY_STRING, KEY_ALL, apply_type, 0, 0, 0),
    APPLY("builder", KEY_STRING, KEY_ALL, apply_type, 0, 0, 0),
    STRING("pool", pool),
    APPLY("vcpus", KEY_NUMBER, KEY_ALL, apply_unsigned, FIELD(vcpus), 1, MACHINE_MAX_VCPUS),
    APPLY("maxvcpus", KEY_NUMBER, KEY_ALL, apply_unsigned, FIELD(max_vcpus), 1, MACHINE_MAX_VCPUS),
    APPLY("cpus", KEY_ANY, KEY_ALL, config_apply_cpus, FIELD(cpus), 0, 0),
    APPLY("cpus_soft", KEY_ANY, KEY_ALL, config_apply_cpus, FIELD(cpus_soft), 0, 0),
    APPLY("cpu_weight", KEY_NUMBER, KEY_ALL, apply_int, FIELD(cpu_weight), 1, 65535),
    APPLY("cap", KEY_NUMBER, KEY_ALL, apply_int, FIELD(cap), 0, 100 * MACHINE_MAX_VCPUS),
    APPLY("memory", KEY_NUMBER, KEY_ALL, apply_mib, FIELD(memory_kib), 1, MAX_MIB),
    APPLY("maxmem", KEY_NUMBER, KEY_ALL, apply_mib, FIELD(max_memory_kib), 1, MAX_MIB),
    LATER("vnuma", KEY_LIST, "virtual NUMA is not there"),
    APPLY("on_poweroff", KEY_STRING, KEY_ALL, apply_action, FIELD(on_poweroff), 0, 0),
    APPLY("on_reboot", KEY_STRING, KEY_ALL, apply_action, FIELD(on_reboot), 0, 0),
    APPLY("on_watchdog", KEY_STRING, KEY_ALL, apply_action, FIELD(on_watchdog), 0, 0),
    APPLY("on_crash", KEY_STRING, KEY_ALL, apply_action, FIELD(on_crash), 0, 0),
    APPLY("on_soft_reset", KEY_STRING, KEY_ALL, apply_action, FIELD(on_soft_reset), 0, 0),
    STRING("kernel", kernel),
    STRING("ramdisk", ramdisk),
    APPLY("cmdline", KEY_STRING, KEY_ALL, apply_cmdline, 0, 0, 0),
    APPLY("root", KEY_STRING, KEY_ALL, apply_root, 0, 0, 0),
    APPLY("extra", KEY_STRING, KEY_ALL, apply_extra, 0, 0, 0),
    APPLY("firmware", KEY_STRING, KEY_ALL, apply_firmware, 0, 0, 0),
    LATER("pvshim", KEY_BOOLEAN, "PV machines run on the hypervisor itself"),
    LATER("pvshim_path", KEY_STRING, "PV machines run on the hypervisor itself"),
    LATER("pvshim_cmdline", KEY_STRING, "PV machines run on the hypervisor itself"),
    LATER("pvshim_extra", KEY_STRING, "PV machines run on the hypervisor itself"),
    APPLY("uuid", KEY_STRING, KEY_ALL, apply_uuid, FIELD(uuid), 0, 0),
    REFUSED("seclabel", NO_XSM),
    REFUSED("init_seclabel", NO_XSM),
    APPLY("max_grant_frames", KEY_NUMBER, KEY_ALL, apply_int, FIELD(max_grant_frames), 1, 65536),
    APPLY("max_maptrack_frames", KEY_NUMBER, KEY_ALL, apply_int, FIELD(max_maptrack_frames), 0,
          65536),
    APPLY("max_grant_version", KEY_NUMBER, KEY_ALL, apply_int, FIELD(max_grant_version), 1, 2),
    BOOLEAN("nomigrate", no_migrate),
    REFUSED("driver_domain", "dom0 serves all devices; there are no driver domains"),
    REFUSED("device_tree", NO_ARM),
    LATER("passthrough", KEY_STRING, WAIT_PCI),
    REFUSED("xend_suspend_evtchn_compat", "it is for kernels before 2.6.27 under xend"),
    LATER("vmtrace_buf_kb", KEY_NUMBER, "it waits for processor tracing"),
    LATER("vpmu", KEY_BOOLEAN, "it waits for performance counters in machines"),
    APPLY("disk", KEY_LIST, KEY_ALL, config_apply_disks, 0, 0, 0),
    APPLY("vif", KEY_LIST, KEY_ALL, config_apply_nics, 0, 0, 0),
    LATER("vtpm", KEY_LIST, "virtual TPMs are not there"),
    LATER("p9", KEY_LIST, "shared folders are not there"),
    LATER("pvcalls", KEY_LIST, "sockets served by dom0 are not there"),
    APPLY("vfb", KEY_LIST, KEY_PV | KEY_PVH, config_apply_screens, 0, 0, 0),
    LATER("channel", KEY_LIST, "channels are not there"),
    LATER("rdm", KEY_STRING, WAIT_PCI),
    LATER("usbctrl", KEY_LIST, WAIT_USB),
    LATER("usbdev", KEY_LIST, WAIT_USB),
    LATER("pci", KEY_LIST, WAIT_PCI),
    LATER("pci_permissive", KEY_BOOLEAN, WAIT_PCI),
    LATER("pci_msitranslate", KEY_BOOLEAN, WAIT_PCI),
    LATER("pci_seize", KEY_BOOLEAN, WAIT_PCI),
    LATER("pci_power_mgmt", KEY_BOOLEAN, WAIT_PCI),
    LATER("gfx_passthru", KEY_NUMBER_OR_STRING, WAIT_PCI),
    LATER("rdm_mem_boundary", KEY_NUMBER, WAIT_PCI),
    REFUSED("dtdev", NO_ARM),
    LATER("ioports", KEY_LIST, WAIT_PCI),
    LATER("iomem", KEY_LIST, WAIT_PCI),
    LATER("irqs", KEY_LIST, WAIT_PCI),
    APPLY("max_event_channels", KEY_NUMBER, KEY_ALL, apply_unsigned, FIELD(max_event_channels), 1,
          131072),
    LATER("vdispl", KEY_LIST, "displays of the displif protocol are not there"),
    LATER("dm_restrict", KEY_BOOLEAN, LATER_HVM),
    LATER("device_model_user", KEY_STRING, LATER_HVM),
    LATER("vsnd", KEY_LIST, "it waits for the sound back end"),
    LATER("vkb", KEY_LIST, "each screen has a keyboard and a pointer"),
    REFUSED("tee", NO_ARM),
    APPLY("bootloader", KEY_STRING, KEY_PV | KEY_PVH, apply_bootloader, FIELD(bootloader), 0, 0),
    APPLY("bootloader_args", KEY_STRING_OR_LIST, KEY_PV | KEY_PVH, apply_bootloader_args, 0, 0, 0),
    LATER("e820_host", KEY_BOOLEAN, WAIT_PCI),
    HVM("boot", KEY_STRING),
    HVM("hdtype", KEY_STRING),
    REFUSED("hap", NO_SHADOW),
    REFUSED("oos", NO_SHADOW),
    REFUSED("shadow_memory", NO_SHADOW),
    HVM("bios", KEY_STRING),
    HVM("bios_path_override", KEY_STRING),
    HVM("pae", KEY_BOOLEAN),
    HVM("acpi", KEY_BOOLEAN),
    HVM("acpi_s3", KEY_BOOLEAN),
    HVM("acpi_s4", KEY_BOOLEAN),
    HVM("acpi_laptop_slate", KEY_BOOLEAN),
    HVM("apic", KEY_BOOLEAN),
    HVM("nx", KEY_BOOLEAN),
    HVM("hpet", KEY_BOOLEAN),
    HVM("altp2m", KEY_NUMBER_OR_STRING),
    HVM("altp2mhvm", KEY_BOOLEAN),
    APPLY("nestedhvm", KEY_BOOLEAN, KEY_PVH | KEY_HVM, apply_bool, FIELD(nested_hvm), 0, 1),
    LATER("cpuid", KEY_STRING_OR_LIST, "machines get the host's default CPUID"),
    HVM("acpi_firmware", KEY_STRING),
    HVM("smbios_firmware", KEY_STRING),
    HVM("ms_vm_genid", KEY_STRING),
    APPLY("tsc_mode", KEY_NUMBER_OR_STRING, KEY_ALL, apply_tsc_mode, 0, 0, 0),
    BOOLEAN("localtime", localtime),
    APPLY("rtc_timeoffset", KEY_NUMBER, KEY_ALL, apply_int64, FIELD(rtc_offset_s), -2147483647,
          2147483647),
    HVM("vpt_align", KEY_BOOLEAN),
    HVM("timer_mode", KEY_NUMBER_OR_STRING),
    HVM("mmio_hole", KEY_NUMBER),
    HVM("xen_platform_pci", KEY_BOOLEAN),
    HVM("viridian", KEY_ANY),
    HVM("videoram", KEY_NUMBER),
    HVM("stdvga", KEY_BOOLEAN),
    HVM("vga", KEY_STRING),
    VGA("vnc", KEY_BOOLEAN),
    VGA("vnclisten", KEY_STRING),
    VGA("vncdisplay", KEY_NUMBER),
    VGA("vncunused", KEY_BOOLEAN),
    VGA("vncpasswd", KEY_STRING),
    VGA("keymap", KEY_STRING),
    VGA("sdl", KEY_BOOLEAN),
    VGA("opengl", KEY_BOOLEAN),
    HVM("nographic", KEY_BOOLEAN),
    REFUSED("spice", NO_SPICE),
    REFUSED("spicehost", NO_SPICE),
    REFUSED("spiceport", NO_SPICE),
    REFUSED("spicetls_port", NO_SPICE),
    REFUSED("spicedisable_ticketing", NO_SPICE),
    REFUSED("spicepasswd", NO_SPICE),
    REFUSED("spiceagent_mouse", NO_SPICE),
    REFUSED("spicevdagent", NO_SPICE),
    REFUSED("spice_clipboard_sharing", NO_SPICE),
    REFUSED("spiceusbredirection", NO_SPICE),
    REFUSED("spice_image_compression", NO_SPICE),
    REFUSED("spice_streaming_video", NO_SPICE),
    HVM("serial", KEY_STRING_OR_LIST),
    HVM("soundhw", KEY_STRING_OR_LIST),
    HVM("vkb_device", KEY_BOOLEAN),
    HVM("usb", KEY_BOOLEAN),
    HVM("usbversion", KEY_NUMBER),
    HVM("usbdevice", KEY_STRING_OR_LIST),
    HVM("vendor_device", KEY_STRING),
    HVM("device_model_version", KEY_STRING),
    HVM("device_model_override", KEY_STRING),
    REFUSED("stubdomain_kernel", NO_STUB),
    REFUSED("stubdomain_cmdline", NO_STUB),
    REFUSED("stubdomain_ramdisk", NO_STUB),
    REFUSED("stubdomain_memory", NO_STUB),
    REFUSED("device_model_stubdomain_override", NO_STUB),
    REFUSED("device_model_stubdomain_seclabel", NO_STUB),
    HVM("device_model_args", KEY_LIST),
    HVM("device_model_args_pv", KEY_LIST),
    HVM("device_model_args_hvm", KEY_LIST),
    REFUSED("gic_version", NO_ARM),
    REFUSED("vuart", NO_ARM),
    HVM("mca_caps", KEY_LIST),
    LATER("msr_relaxed", KEY_BOOLEAN, "reads of unknown MSRs are always answered as it says"),
    /* ours */
    BOOLEAN("domus_autostart", autostart),
    APPLY("domus_autostart_order", KEY_NUMBER, KEY_ALL, apply_unsigned, FIELD(autostart_order), 0,
          100000),
    APPLY("domus_autostart_delay", KEY_NUMBER, KEY_ALL, apply_unsigned, FIELD(autostart_delay_s), 0,
          86400),
    STRING("domus_notes", notes),
};
const size_t config_n_keys = G_N_ELEMENTS(config_keys);

const struct config_key *config_key_find(const char *name)
{
    size_t i;

    for (i = 0; i < config_n_keys; i++)
        if (!strcmp(config_keys[i].name, name))
            return &config_keys[i];
    return NULL;
}

/* Letters to add, drop or change: Levenshtein's distance. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[64], i, j, diagonal, above;
    size_t n = strlen(b);

    if (n >= G_N_ELEMENTS(row))
        return n;
    for (j = 0; j <= n; j++)
        row[j] = j;
    for (i = 1; a[i - 1]; i++) {
        diagonal = row[0];
        row[0] = i;
        for (j = 1; j <= n; j++) {
            above = row[j];
            row[j] = MIN(MIN(above, row[j - 1]) + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[n];
}

const char *config_key_like(const char *name)
{
    const char *best = NULL;
    unsigned least = 3, d;
    size_t i;

    if (strlen(name) < 3 || strlen(name) > 40)
        return NULL;
    for (i = 0; i < config_n_keys; i++) {
        d = distance(name, config_keys[i].name);
        if (d < least) {
            least = d;
            best = config_keys[i].name;
        }
    }
    return best;
}
