/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The toolstack by hand, without daemon or parser: domus-ts VERB [ARGUMENT...], for tests in dom0.
 */
#include <dom0/toolstack/toolstack.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct toolstack *ts;
static GError *error;

static int usage(void)
{
    fprintf(stderr, "usage: domus-ts create KEY=VALUE... (name kernel ramdisk extra memory maxmem "
                    "vcpus maxvcpus cpus disk=FILE,VDEV[,r] vif=BRIDGE paused=1)\n"
                    "       domus-ts destroy|pause|unpause|shutdown|reboot|vcpus ID\n"
                    "       domus-ts mem ID KIB | set-vcpus ID N | pin ID VCPU CPUS\n"
                    "       domus-ts block-attach ID FILE,VDEV | block-detach ID VDEV\n"
                    "       domus-ts nic-attach ID BRIDGE | nic-detach ID DEVID\n"
                    "       domus-ts save ID FILE [keep] | restore FILE KEY=VALUE...\n"
                    "       domus-ts list | info | dmesg | keys KEYS\n");
    return 2;
}

static void report(void *opaque, double fraction, const char *what)
{
    const int64_t *start = opaque;

    printf("%6.3f s %3.0f%% %s\n", (g_get_monotonic_time() - *start) / 1e6, fraction * 100, what);
}

static struct disk_config parse_disk(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    struct disk_config d = { .format = DISK_RAW, .writable = true, .discard = -1 };

    d.target = g_strdup(parts[0]);
    d.vdev = g_strdup(parts[0] && parts[1] ? parts[1] : "xvda");
    for (unsigned i = 2; i < g_strv_length(parts); i++) {
        if (!strcmp(parts[i], "r"))
            d.writable = false;
        else if (!strcmp(parts[i], "qcow2"))
            d.format = DISK_QCOW2;
    }
    return d;
}

static bool set_number(struct machine_config *c, const char *key, const char *value)
{
    if (!strcmp(key, "memory"))
        c->memory_kib = strtoull(value, NULL, 10) << 10;
    else if (!strcmp(key, "maxmem"))
        c->max_memory_kib = strtoull(value, NULL, 10) << 10;
    else if (!strcmp(key, "vcpus"))
        c->vcpus = strtoul(value, NULL, 10);
    else if (!strcmp(key, "maxvcpus"))
        c->max_vcpus = strtoul(value, NULL, 10);
    else
        return false;
    return true;
}

/* Leaks on purpose: the program ends soon. */
static bool set(struct machine_config *c, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "=", 2);
    char *value = g_strdup(parts[1]);

    if (!value)
        return false;
    if (set_number(c, parts[0], value))
        return true;
    if (!strcmp(parts[0], "name"))
        c->name = value;
    else if (!strcmp(parts[0], "kernel"))
        c->kernel = value;
    else if (!strcmp(parts[0], "ramdisk"))
        c->ramdisk = value;
    else if (!strcmp(parts[0], "extra"))
        c->cmdline = value;
    else if (!strcmp(parts[0], "cpus"))
        c->cpus = value;
    else if (!strcmp(parts[0], "disk"))
        c->disks[c->n_disks++] = parse_disk(value);
    else if (!strcmp(parts[0], "vif"))
        c->nics[c->n_nics++].bridge = *value ? value : NULL;
    else
        return !strcmp(parts[0], "paused");
    return true;
}

static struct machine_config *make_config(char **args)
{
    struct machine_config *c = g_new0(struct machine_config, 1);

    c->name = g_strdup("test");
    c->vcpus = 1;
    c->memory_kib = 128 << 10;
    c->cpu_weight = c->cap = -1;
    c->max_grant_frames = c->max_maptrack_frames = c->max_grant_version = -1;
    c->disks = g_new0(struct disk_config, 16);
    c->nics = g_new0(struct nic_config, 16);
    for (; *args; args++)
        if (!set(c, *args))
            fprintf(stderr, "domus-ts: %s is not understood\n", *args);
    if (c->max_vcpus < c->vcpus)
        c->max_vcpus = c->vcpus;
    for (unsigned i = 0; i < sizeof(c->uuid); i++)
        c->uuid[i] = g_str_hash(c->name) >> i % 4 * 8 ^ i;
    return c;
}

static bool has(char **args, const char *text)
{
    return g_strv_contains((const char *const *)args, text);
}

static bool do_create(char **args)
{
    int64_t start = g_get_monotonic_time();
    const struct progress progress = { .report = report, .opaque = &start };
    struct machine_config *c = make_config(args);
    uint32_t domid = 0;
    bool ok = toolstack_create(ts, c, has(args, "paused=1"), &progress, &domid, &error);

    if (ok)
        printf("domain %u\n", domid);
    return ok;
}

static bool do_list(void)
{
    g_autoptr(GPtrArray) list = toolstack_domains(ts, &error);

    for (unsigned i = 0; list && i < list->len; i++) {
        const struct domain_info *d = g_ptr_array_index(list, i);

        printf("%u %s state %d reason %d %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT
               " KiB %u vcpus %.1f s\n",
               d->domid, d->name, d->state, d->shutdown_reason, d->memory_kib, d->max_memory_kib,
               d->vcpus_online, d->cpu_time_ns / 1e9);
    }
    return list;
}

static bool do_info(void)
{
    struct host_info *h = toolstack_host(ts, &error);

    if (!h)
        return false;
    printf("%s %s, %u cpus, %s, free %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
           " KiB, dom0 %" G_GUINT64_FORMAT "\n%s\n%s\n%s\n",
           h->hypervisor, h->capabilities, h->cpus, h->scheduler, h->free_kib, h->total_kib,
           h->dom0_kib, h->commandline, h->compiler, h->build_id);
    host_info_free(h);
    return true;
}

static bool do_vcpus(uint32_t domid)
{
    g_autoptr(GPtrArray) list = toolstack_vcpus(ts, domid, &error);

    for (unsigned i = 0; list && i < list->len; i++) {
        const struct vcpu_state *v = g_ptr_array_index(list, i);

        printf("%u on %u: online %d blocked %d running %d %.1f s %s %s\n", v->vcpu, v->cpu,
               v->online, v->blocked, v->running, v->cpu_time_ns / 1e9, v->hard_affinity,
               v->soft_affinity);
    }
    return list;
}

static bool do_dmesg(void)
{
    g_autofree char *text = toolstack_dmesg(ts, false, &error);

    if (text)
        fputs(text, stdout);
    return text;
}

static bool do_save(uint32_t domid, char **args)
{
    int64_t start = g_get_monotonic_time();
    const struct progress progress = { .report = report, .opaque = &start };
    int fd = open(args[0], O_RDWR | O_CREAT | O_TRUNC, 0600);

    return toolstack_save(ts, domid, fd, has(args, "keep"), &progress, &error);
}

static bool do_restore(char **args)
{
    int64_t start = g_get_monotonic_time();
    const struct progress progress = { .report = report, .opaque = &start };
    struct machine_config *c = make_config(args + 1);
    int fd = open(args[0], O_RDONLY);
    uint32_t domid = 0;
    const struct saved_machine saved = { c, fd };
    bool ok = toolstack_restore(ts, &saved, has(args, "paused=1"), &progress, &domid, &error);

    if (ok)
        printf("domain %u\n", domid);
    return ok;
}

/* Verbs with a domain; *known says whether this is one. */
static bool domain_verb(const char *verb, uint32_t domid, char **args, bool *known)
{
    struct disk_config disk = args[0] ? parse_disk(args[0]) : (struct disk_config){ 0 };
    struct nic_config nic = { .bridge = args[0] };
    unsigned long number = args[0] ? strtoul(args[0], NULL, 10) : 0;

    *known = true;
    if (!strcmp(verb, "destroy"))
        return toolstack_destroy(ts, domid, NULL, &error);
    if (!strcmp(verb, "pause"))
        return toolstack_pause(ts, domid, &error);
    if (!strcmp(verb, "unpause"))
        return toolstack_unpause(ts, domid, &error);
    if (!strcmp(verb, "shutdown"))
        return toolstack_shutdown(ts, domid, "poweroff", &error);
    if (!strcmp(verb, "reboot"))
        return toolstack_shutdown(ts, domid, "reboot", &error);
    if (!strcmp(verb, "vcpus"))
        return do_vcpus(domid);
    if (!strcmp(verb, "mem"))
        return toolstack_set_memory(ts, domid, number, &error);
    if (!strcmp(verb, "set-vcpus"))
        return toolstack_set_vcpus(ts, domid, number, &error);
    if (!strcmp(verb, "pin"))
        return toolstack_pin_vcpu(ts, domid, number, args[1], NULL, &error);
    if (!strcmp(verb, "block-attach"))
        return toolstack_disk_attach(ts, domid, &disk, &error);
    if (!strcmp(verb, "block-detach"))
        return toolstack_disk_detach(ts, domid, args[0], false, &error);
    if (!strcmp(verb, "nic-attach"))
        return toolstack_nic_attach(ts, domid, &nic, &error);
    if (!strcmp(verb, "nic-detach"))
        return toolstack_nic_detach(ts, domid, number, false, &error);
    if (!strcmp(verb, "save"))
        return do_save(domid, args);
    *known = false;
    return false;
}

int main(int argc, char **argv)
{
    bool ok, known = true;

    setvbuf(stdout, NULL, _IOLBF, 0);
    ts = argc < 2 ? NULL : toolstack_open(&error);
    if (argc < 2)
        return usage();
    if (!ts)
        ok = false;
    else if (!strcmp(argv[1], "create"))
        ok = do_create(argv + 2);
    else if (!strcmp(argv[1], "list"))
        ok = do_list();
    else if (!strcmp(argv[1], "info"))
        ok = do_info();
    else if (!strcmp(argv[1], "dmesg"))
        ok = do_dmesg();
    else if (argc < 3)
        return usage();
    else if (!strcmp(argv[1], "keys"))
        ok = toolstack_debug_keys(ts, argv[2], &error);
    else if (!strcmp(argv[1], "restore"))
        ok = do_restore(argv + 2);
    else
        ok = domain_verb(argv[1], strtoul(argv[2], NULL, 10), argv + 3, &known);
    toolstack_close(ts);
    if (!known)
        return usage();
    if (!ok)
        fprintf(stderr, "domus-ts: %s\n", error ? error->message : "failed");
    return !ok;
}
