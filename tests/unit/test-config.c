/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configurations: every key of xl.cfg(5) has a row here, applied, later or refused; and the forms
 * of disks, cards and screens. */
/* sources: dom0/toolstack/config.c dom0/toolstack/config-text.c dom0/toolstack/config-keys.c
   dom0/toolstack/config-disk.c dom0/toolstack/config-nic.c dom0/toolstack/config-screen.c
   dom0/toolstack/config-cpus.c */
/* pkgs: glib-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <dom0/toolstack/config-keys.h>
#include <dom0/toolstack/config.h>

#define BASE "name='m'\nmemory=64\nkernel='/k'\n"

static void dump_devices(const struct machine_config *c, GString *s)
{
    unsigned i;

    for (i = 0; i < c->n_disks; i++)
        g_string_append_printf(s, "disk(%s,%s,f%d,b%d,%s%s,%d,%d,%s) ", c->disks[i].target,
                               c->disks[i].vdev, c->disks[i].format, c->disks[i].backend,
                               c->disks[i].writable ? "w" : "r", c->disks[i].cdrom ? ",cd" : "",
                               c->disks[i].direct_io_safe, c->disks[i].discard, c->disks[i].script);
    for (i = 0; i < c->n_nics; i++)
        g_string_append_printf(
            s, "nic(%s,%s,%s,%s,%s,%s,%lu/%u,%u) ", c->nics[i].mac, c->nics[i].bridge,
            c->nics[i].model, c->nics[i].ip, c->nics[i].script, c->nics[i].ifname,
            (unsigned long)c->nics[i].rate_bytes, c->nics[i].rate_interval_us, c->nics[i].mtu);
    for (i = 0; i < c->n_screens; i++)
        g_string_append_printf(s, "screen(%d%d%d%d,%s,%s,%s,%d) ", c->screens[i].vnc,
                               c->screens[i].sdl, c->screens[i].vnc_unused, c->screens[i].tls,
                               c->screens[i].vnc_listen, c->screens[i].vnc_password,
                               c->screens[i].keymap, c->screens[i].vnc_display);
}

/* All that a configuration says, in words to look for. */
static char *dump(const struct machine_config *c)
{
    GString *s = g_string_new(NULL);
    unsigned i;

    g_string_append_printf(s, "name=%s kind=%d uuid=%d:%02x%02x memory=%lu maxmem=%lu vcpus=%u/%u ",
                           c->name, c->kind, c->uuid_given, c->uuid[0], c->uuid[15],
                           (unsigned long)c->memory_kib, (unsigned long)c->max_memory_kib, c->vcpus,
                           c->max_vcpus);
    g_string_append_printf(s, "cpus=%s soft=%s pool=%s weight=%d cap=%d ", c->cpus, c->cpus_soft,
                           c->pool, c->cpu_weight, c->cap);
    g_string_append_printf(s, "kernel=%s ramdisk=%s cmdline=%s bootloader=%s ", c->kernel,
                           c->ramdisk, c->cmdline, c->bootloader);
    for (i = 0; c->bootloader_args && c->bootloader_args[i]; i++)
        g_string_append_printf(s, "arg(%s) ", c->bootloader_args[i]);
    g_string_append_printf(s, "on=%d,%d,%d,%d,%d localtime=%d rtc=%ld nomigrate=%d nested=%d ",
                           c->on_poweroff, c->on_reboot, c->on_crash, c->on_watchdog,
                           c->on_soft_reset, c->localtime, (long)c->rtc_offset_s, c->no_migrate,
                           c->nested_hvm);
    g_string_append_printf(s, "tsc=%s grants=%d,%d,%d events=%u auto=%d,%u,%u notes=%s ",
                           c->tsc_mode, c->max_grant_frames, c->max_maptrack_frames,
                           c->max_grant_version, c->max_event_channels, c->autostart,
                           c->autostart_order, c->autostart_delay_s, c->notes);
    dump_devices(c, s);
    return g_string_free(s, FALSE);
}

static void accept(const char *text, const char *want)
{
    GError *error = NULL;
    struct machine_config *config = machine_config_parse(text, strlen(text), "m.cfg", NULL, &error);
    char *is;

    if (!config)
        fail_msg("%s\nrefused: %s", text, error->message);
    is = dump(config);
    if (!strstr(is, want))
        fail_msg("%s\nis: %s\nwanted: %s", text, is, want);
    g_free(is);
    machine_config_free(config);
}

static void refuse(const char *text, const char *want)
{
    GError *error = NULL;
    struct machine_config *config = machine_config_parse(text, strlen(text), "m.cfg", NULL, &error);

    if (config)
        fail_msg("%s\nis accepted; wanted: %s", text, want);
    if (!strstr(error->message, want))
        fail_msg("%s\nsays: %s\nwanted: %s", text, error->message, want);
    g_error_free(error);
}

/* Applied keys: a value and what it does, a wrong value and what is said about it. */
static const struct {
    const char *key, *good, *effect, *bad, *message;
} applied[] = {
    { "name", "name='deb-1'", "name=deb-1 ", "name='a/b'", "m.cfg:4: name: 'a/b' cannot be one" },
    { "type", "type='pvh'", "kind=1", "type='xen'", "type: is xen; pv, pvh and hvm are allowed" },
    { "builder", "builder='hvm'", "kind=2", "builder=1", "builder: has the wrong type" },
    { "pool", "pool='p1'", "pool=p1", "pool=1", "pool: has the wrong type; a \"text\"" },
    { "vcpus", "vcpus=3", "vcpus=3/3", "vcpus=0", "vcpus: 0 is out of range; 1 to 512" },
    { "maxvcpus", "maxvcpus=4;vcpus=2", "vcpus=2/4", "maxvcpus=1;vcpus=2",
      "maxvcpus: is less than vcpus=, which is 2" },
    { "cpus", "cpus=['2','3-8,^5']", "cpus=2;3-8,^5 ", "cpus='3-1'", "cpus: '3-1' is no CPU list" },
    { "cpus_soft", "cpus_soft='all,^node:1'", "soft=all,^node:1 ", "cpus_soft='x'", "no CPU list" },
    { "cpu_weight", "cpu_weight=512", "weight=512", "cpu_weight=65536", "1 to 65535" },
    { "cap", "cap=50", "cap=50", "cap=-1", "cap: -1 is out of range" },
    { "memory", "memory=0x80", "memory=131072 maxmem=131072", "memory=0", "memory: 0 is out" },
    { "maxmem", "maxmem=128", "memory=65536 maxmem=131072", "maxmem=32", "less than memory=" },
    { "on_poweroff", "on_poweroff='preserve'", "on=3,1,0,0,6", "on_poweroff='x'", "is x; destroy" },
    { "on_reboot", "on_reboot='destroy'", "on=0,0,0,0,6", "on_reboot=1", "wrong type" },
    { "on_crash", "on_crash='rename-restart'", "on=0,1,2,0,6", "on_crash='Restart'", "is Restart" },
    { "on_watchdog", "on_watchdog='coredump-restart'", "on=0,1,0,5,6", "on_watchdog=''", "is ;" },
    { "on_soft_reset", "on_soft_reset='destroy'", "on=0,1,0,0,0", "on_soft_reset='x'", "is x" },
    { "kernel", "kernel='/boot/v'", "kernel=/boot/v ", "kernel=''", "kernel: is missing" },
    { "ramdisk", "ramdisk='/i'", "ramdisk=/i ", "ramdisk='/i';kernel=''", "is missing" },
    { "cmdline", "cmdline='a b';extra='c'", "cmdline=a b boot", "cmdline=1", "wrong type" },
    { "root", "root='/dev/xvda1 ro'", "cmdline=root=/dev/xvda1 ro boot", "root=['a']",
      "a \"text\"" },
    { "extra", "root='/dev/a';extra='q'", "cmdline=root=/dev/a q boot", "extra=1", "wrong type" },
    { "firmware", "kernel='';firmware='pvgrub64'", "bootloader=grub", "firmware='bios'",
      "pvgrub64 and pvgrub32 are allowed here" },
    { "bootloader", "kernel='';bootloader='/g'", "bootloader=/g", "bootloader='/usr/bin/pygrub'",
      "pygrub is refused, it reads" },
    { "bootloader_args", "bootloader_args=['a','b']", "arg(a) arg(b)", "bootloader_args=[['a']]",
      "a list in a list" },
    { "uuid", "uuid='00112233-4455-6677-8899-AABBCCDDEEFF'", "uuid=1:00ff", "uuid='0'", "is none" },
    { "max_grant_frames", "max_grant_frames=8", "grants=8,-1,-1", "max_grant_frames=0", "range" },
    { "max_maptrack_frames", "max_maptrack_frames=0", "grants=-1,0,-1", "max_maptrack_frames=-1",
      "range" },
    { "max_grant_version", "max_grant_version=1", "grants=-1,-1,1", "max_grant_version=3",
      "1 to 2" },
    { "nomigrate", "nomigrate=1", "nomigrate=1", "nomigrate=2", "nomigrate: is 2; 0 and 1" },
    { "disk", "disk=['/d,,xvda']", "disk(/d,xvda,f0,b0,w,0,-1,(null))", "disk='/d,,xvda'",
      "disk: has the wrong type; a [ list ] is allowed" },
    { "vif", "vif=['']", "nic((null),(null),", "vif=['x']", "vif: 'x' is not known" },
    { "vfb", "vfb=['vnc=1']", "screen(1010,", "vfb=['x=1']", "vfb: x= is not known" },
    { "max_event_channels", "max_event_channels=64", "events=64", "max_event_channels=0", "range" },
    { "nestedhvm", "type='hvm';nestedhvm=1", "nested=1", "nestedhvm='x'", "0 or 1 is allowed" },
    { "tsc_mode", "tsc_mode=2", "tsc=native ", "tsc_mode='fast'", "tsc_mode: is fast; default" },
    { "localtime", "localtime='1'", "localtime=1", "localtime=[]", "wrong type" },
    { "rtc_timeoffset", "rtc_timeoffset=-3600", "rtc=-3600", "rtc_timeoffset='x'", "a number" },
    { "vnc", "vnc=1", "screen(1000,", "vnc=3", "vnc: vnc=3; 0 and 1" },
    { "vnclisten", "vnc=1;vnclisten='::1'", ",::1,", "vnclisten='a:x'", "is no display" },
    { "vncdisplay", "vnc=1;vncdisplay=7", ",7) ", "vncdisplay=-1", "is no display" },
    { "vncunused", "vnc=1;vncunused=1", "screen(1010,", "vncunused='no'", "wrong type" },
    { "vncpasswd", "vnc=1;vncpasswd='s'", ",s,", "vncpasswd=1", "wrong type" },
    { "keymap", "vnc=1;keymap='de'", ",de,", "keymap=1", "wrong type" },
    { "sdl", "sdl=1", "screen(1100,", "sdl=2", "0 and 1" },
    { "opengl", "sdl=1;opengl=1", "screen(1100,", "opengl=9", "0 and 1" },
    { "domus_autostart", "domus_autostart=1", "auto=1,0,0", "domus_autostart=7", "0 and 1" },
    { "domus_autostart_order", "domus_autostart_order=5", "auto=0,5,0", "domus_autostart_order=-1",
      "range" },
    { "domus_autostart_delay", "domus_autostart_delay=9", "auto=0,0,9",
      "domus_autostart_delay=86401", "range" },
    { "domus_notes", "domus_notes='a\\nb'", "notes=a\nb ", "domus_notes=1", "wrong type" },
};

/* The keys of xl.cfg(5) that have no effect yet, and those refused. */
static const char later[] =
    "vnuma pvshim pvshim_path pvshim_cmdline pvshim_extra passthrough vmtrace_buf_kb vpmu vtpm p9 "
    "pvcalls channel rdm usbctrl usbdev pci pci_permissive pci_msitranslate pci_seize "
    "pci_power_mgmt gfx_passthru rdm_mem_boundary ioports iomem irqs vdispl dm_restrict "
    "device_model_user vsnd vkb e820_host boot hdtype bios bios_path_override pae acpi acpi_s3 "
    "acpi_s4 acpi_laptop_slate apic nx hpet altp2m altp2mhvm cpuid acpi_firmware smbios_firmware "
    "ms_vm_genid vpt_align timer_mode mmio_hole xen_platform_pci viridian videoram stdvga vga "
    "nographic serial soundhw vkb_device usb usbversion usbdevice vendor_device "
    "device_model_version device_model_override device_model_args device_model_args_pv "
    "device_model_args_hvm mca_caps msr_relaxed";
static const char refused[] =
    "seclabel init_seclabel driver_domain device_tree xend_suspend_evtchn_compat dtdev tee hap oos "
    "shadow_memory spice spicehost spiceport spicetls_port spicedisable_ticketing spicepasswd "
    "spiceagent_mouse spicevdagent spice_clipboard_sharing spiceusbredirection "
    "spice_image_compression spice_streaming_video stubdomain_kernel stubdomain_cmdline "
    "stubdomain_ramdisk stubdomain_memory device_model_stubdomain_override "
    "device_model_stubdomain_seclabel gic_version vuart";

static void every_applied_key(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(applied); i++) {
        g_autofree char *good = g_strconcat(BASE, applied[i].good, "\n", NULL);
        g_autofree char *bad = g_strconcat(BASE, applied[i].bad, "\n", NULL);
        g_autofree char *effect = g_strdup(applied[i].effect);
        const struct config_key *row = config_key_find(applied[i].key);

        assert_non_null(row);
        assert_int_equal(row->status, KEY_APPLIED);
        accept(good, effect);
        refuse(bad, applied[i].message);
    }
}

static void every_later_key(void **state)
{
    static const char *const samples[] = {
        [KEY_STRING] = "'x'", [KEY_NUMBER] = "1",           [KEY_BOOLEAN] = "1",
        [KEY_LIST] = "['x']", [KEY_STRING_OR_LIST] = "'x'", [KEY_NUMBER_OR_STRING] = "1",
        [KEY_ANY] = "1",
    };
    g_auto(GStrv) keys = g_strsplit(later, " ", -1);
    char **key;

    (void)state;
    for (key = keys; *key; key++) {
        const struct config_key *row = config_key_find(*key);
        g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
        g_autofree char *want = g_strdup_printf("m.cfg:4: %s: has no effect yet; ", *key);
        g_autofree char *text = NULL;
        struct machine_config *config;

        assert_non_null(row);
        assert_int_equal(row->status, KEY_LATER);
        text = g_strdup_printf(BASE "%s=%s\n", *key, samples[row->type]);
        config = machine_config_parse(text, strlen(text), "m.cfg", notes, NULL);
        assert_non_null(config);
        machine_config_free(config);
        assert_int_equal(notes->len, 1);
        assert_true(g_str_has_prefix(notes->pdata[0], want));
    }
}

static void every_refused_key(void **state)
{
    g_auto(GStrv) keys = g_strsplit(refused, " ", -1);
    char **key;

    (void)state;
    for (key = keys; *key; key++) {
        g_autofree char *text = g_strdup_printf(BASE "%s=1\n", *key);
        g_autofree char *want = g_strdup_printf("m.cfg:4: %s: is refused; ", *key);

        refuse(text, want);
    }
}

/* No row of the table is without a test. */
static void no_other_key(void **state)
{
    g_auto(GStrv) a = g_strsplit(later, " ", -1), b = g_strsplit(refused, " ", -1);
    size_t i, j;

    (void)state;
    for (i = 0; i < config_n_keys; i++) {
        const char *name = config_keys[i].name;
        bool found = g_strv_contains((const char *const *)a, name) ||
                     g_strv_contains((const char *const *)b, name);

        for (j = 0; j < G_N_ELEMENTS(applied); j++)
            found |= !strcmp(applied[j].key, name);
        if (!found)
            fail_msg("%s has no test", name);
    }
    refuse(BASE "memroy=1", "m.cfg:4: memroy: is no key; did you mean memory?");
    refuse(BASE "frobnicate=1", "frobnicate: is no key; domus.cfg(5) lists those allowed");
}

static void syntax(void **state)
{
    (void)state;
    accept("name = \"a\" # comment\n\n; memory=64;; kernel='/k' # x\nvif = [ # c\n '',\n\n '', ]\n",
           "nic((null),(null),(null),(null),(null),(null),0/0,0) nic(");
    accept(BASE "extra='a\\'b\\\\c\\x41\\q'", "cmdline=a'b\\cA\\q boot");
    accept(BASE "memory=0100", "memory=65536");
    accept(BASE "memory=70\nmemory=80", "memory=81920");
    accept(BASE "extra='a'\nextra+=' b'\nvif=['']\nvif+=['mtu=99']", "cmdline=a b boot");
    accept(BASE "vif=['']\nvif+=['mtu=99']\n", ",99) ");
    refuse("memory=1\nname='x\n", "m.cfg:2: a text is not closed");
    refuse("a", "m.cfg:1: a: is not followed by =");
    refuse("a=b", "m.cfg:1: a word without quotes");
    refuse("a=", "m.cfg:1: no value");
    refuse("a=12k", "12k is not a number");
    refuse("a=[1,2", "m.cfg:1: the list that began in line 1 goes on with neither , nor ]");
    refuse("a=[1,\n2 3]", "m.cfg:2: the list that began in line 1");
    refuse("a=[[[[[[[[[1]]]]]]]]]", "lists in lists go deeper");
    refuse("a=1 b=2", "a: something follows its value");
    refuse("=1", "a line begins with neither");
    refuse("a='\\xff'", "not UTF-8");
    refuse("a='\xff'", "not UTF-8");
    refuse("", "name: is missing");
    refuse("name='a'", "kernel: is missing");
    refuse("name='a';kernel='/k'", "memory: is missing");
    refuse("name='12';memory=1", "cannot be one");
}

static void disks(void **state)
{
    static const struct {
        const char *spec, *want;
    } good[] = {
        { "/dev/vg/g,,hda", "disk(/dev/vg/g,hda,f0,b0,w,0,-1,(null))" },
        { "/dev/vg/g,raw,hda,rw", "disk(/dev/vg/g,hda,f0,b0,w,0,-1,(null))" },
        { "format=raw, vdev=hda, access=rw, target=/dev/vg/g", "disk(/dev/vg/g,hda,f0,b0,w,0" },
        { "raw:/dev/vg/g,hda,w", "disk(/dev/vg/g,hda,f0,b0,w,0,-1,(null))" },
        { "/i.iso,,hdc,cdrom", "disk(/i.iso,hdc,f0,b0,r,cd,0,-1,(null))" },
        { "/i.iso,,hdc,,cdrom", "disk(/i.iso,hdc,f0,b0,r,cd,0,-1,(null))" },
        { "/i.iso,raw,hdc,devtype=cdrom", "disk(/i.iso,hdc,f0,b0,r,cd,0,-1,(null))" },
        { "format=raw, vdev=hdc, access=ro, devtype=cdrom, target=/i.iso", "hdc,f0,b0,r,cd" },
        { "raw:/i.iso,hdc:cdrom,ro", "disk(/i.iso,hdc,f0,b0,r,cd,0,-1,(null))" },
        { "vg/g,,xvda1", "disk(/dev/vg/g,xvda1," },
        { "vdev=xvda,target=/a,b=c, d ", "disk(/a,b=c, d ,xvda" },
        { "tap:aio:qcow2:/q,xvdb,r", "disk(/q,xvdb,f1,b0,r,0" },
        { "phy:vg/g,xvdb,w", "disk(/dev/vg/g,xvdb,f0" },
        { "iscsi:iqn.2001,xvda,w", "disk(iqn.2001,xvda,f0,b0,w,0,-1,block-iscsi)" },
        { "/v,vhd,sdaa,ro,no-discard,direct-io-safe,backendtype=qdisk", "sdaa,f4,b2,r,1,0,(null)" },
        { ",,hdc,cdrom", "disk((null),hdc,f6,b0,r,cd" },
        { "/a,vmdk,d12p3", "d12p3,f2" },
        { "/a=b,,51712", "disk(/a=b,51712," },
        { "/a,vhdx,xvda,discard", ",0,1,(null))" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autofree char *text = g_strdup_printf(BASE "disk=['%s']", good[i].spec);

        accept(text, good[i].want);
    }
}

static void wrong_disks(void **state)
{
    static const struct {
        const char *spec, *want;
    } bad[] = {
        { "", "disk: vdev is missing" },
        { "/a", "disk: vdev is missing" },
        { ",,xvda", "disk: target is missing; only a cdrom may be empty" },
        { "/a,qcow,xvda", "format qcow is not known; raw, qcow2" },
        { "/a,,floppy", "vdev floppy is not known" },
        { "/a,,xvda,rx", "access rx is not known" },
        { "/a,,xvda,w,w", "'w' is one part too many" },
        { "/a,,xvda,vdev=xvdb", "vdev is given twice" },
        { "/a,,xvda,backendtype=standalone", "backendtype=standalone is not there" },
        { "/a,qcow2,xvda,backendtype=phy", "serves raw images only" },
        { "/a,,xvda,backend=storage", "backend=storage is refused" },
        { "/a,,xvda,specification=virtio", "virtio is refused" },
        { "/a,,xvda,colo", "colo is refused" },
        { "/a,,xvda,frob=1", "frob= is not known" },
        { "/a,,xvda,target=/b", "target is given twice" },
        { "/a,,xvda','/b,,xvda", "xvda is there twice" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *text = g_strdup_printf(BASE "\ndisk=[\n'%s']", bad[i].spec);

        refuse(text, bad[i].want);
    }
    refuse(BASE "disk=[\n'/a,,xvda',\n'/b']", "m.cfg:6: disk: vdev is missing");
    refuse(BASE "disk=[1]", "item 1 is no text");
}

static void cards_and_screens(void **state)
{
    (void)state;
    accept(BASE "vif=['mac=00:16:3E:74:3d:76,model=rtl8139,bridge=xenbr0,ip=10.0.0.2,script=s,"
                "vifname=v1,type=ioemu,backend=0,mtu=9000,trusted']",
           "nic(00:16:3e:74:3d:76,xenbr0,rtl8139,10.0.0.2,s,v1,0/0,9000)");
    accept(BASE "vif=['rate=1MB/s@20ms']", "20000/20000,0)");
    accept(BASE "vif=['rate=10Mb/s']", "62500/50000,0)");
    refuse(BASE "vif=['rate=10M']", "vif: rate=10M is no rate");
    refuse(BASE "vif=['rate=0KB/s']", "is no rate");
    refuse(BASE "vif=['rate=999999999GB/s']", "is no rate");
    refuse(BASE "vif=['mac=00:16']", "mac=00:16 is no address");
    refuse(BASE "vif=['mac=01:16:3e:00:00:00']", "is a group's address");
    refuse(BASE "vif=['mac=00:16:3e:00:00:01','mac=00:16:3E:00:00:01']", "is there twice");
    refuse(BASE "vif=['bridge=a/b']", "bridge=a/b is no interface");
    refuse(BASE "vif=['bridge=abcdefghijklmnop']", "is no interface");
    refuse(BASE "vif=['mtu=1']", "68 to 65521");
    refuse(BASE "vif=['backend=net']", "is refused");
    refuse(BASE "vif=['type=x']", "ioemu and vif are allowed");
    refuse(BASE "vif=['frob=x']", "frob= is not known");
    accept(BASE "vfb=['vnclisten=[::1]:5,vncpasswd=p,keymap=de,sdl=1,tls=1,vncunused=0']",
           "screen(1101,[::1],p,de,5)");
    accept(BASE "vfb=['sdl=1,display=:0,xauthority=/x,opengl=1,vncdisplay=3']", ",3)");
    refuse(BASE "vfb=['','']", "vfb: has 2 items; one screen is allowed");
    refuse(BASE "vfb=['vnc=yes']", "vnc=yes; 0 and 1");
}

static void single_devices(void **state)
{
    GError *error = NULL;
    struct disk_config *disk = disk_config_parse("/a,,xvdb,ro", &error);
    struct nic_config *nic = nic_config_parse("bridge=b", &error);

    (void)state;
    assert_string_equal(disk->vdev, "xvdb");
    assert_string_equal(nic->bridge, "b");
    disk_config_free(disk);
    nic_config_free(nic);
    assert_null(disk_config_parse("/a", &error));
    assert_string_equal(error->message, "disk: vdev is missing; xvda, sdb, hdc and the like are "
                                        "allowed");
    g_clear_error(&error);
    assert_null(nic_config_parse("x", &error));
    g_clear_error(&error);
}

static void change(const char *text, const char *key, const char *value, const char *want)
{
    g_autofree char *is = config_text_set(text, key, value, NULL);

    assert_string_equal(is, want);
}

static void texts_change(void **state)
{
    GError *error = NULL;

    (void)state;
    change("# c\na = 1 # x\nb=2\n", "a", "3", "# c\na = 3 # x\nb=2\n");
    change("a=1\nb=2", "c", "['x']", "a=1\nb=2\nc = ['x']\n");
    change("a=1\nb=[\n1 ]\nc=3\n", "b", NULL, "a=1\nc=3\n");
    change("a=1;b=2;c=3\n", "b", NULL, "a=1;c=3\n");
    change("a=1\na=2\n", "a", "5", "a = 5\n");
    assert_null(config_text_set("a=1", "b", "1\nc=2", &error));
    g_clear_error(&error);
    assert_null(config_text_set("a=", "b", "1", &error));
    g_clear_error(&error);
}

static void notes_say_what_is_ignored(void **state)
{
    static const char text[] = BASE "nestedhvm=1\nmemory=5\ncmdline='a'\nroot='b'\n";
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *all = NULL;
    struct machine_config *config = machine_config_parse(text, strlen(text), "f", notes, NULL);

    (void)state;
    assert_non_null(config);
    machine_config_free(config);
    g_ptr_array_add(notes, NULL);
    all = g_strjoinv("|", (char **)notes->pdata);
    assert_non_null(strstr(all, "f:4: nestedhvm: has no effect on a machine of type pv"));
    assert_non_null(strstr(all, "f:2: memory: is given again in line 5, which counts"));
    assert_non_null(strstr(all, "cmdline: is given, so root= and extra= have no effect"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_applied_key),
        cmocka_unit_test(every_later_key),
        cmocka_unit_test(every_refused_key),
        cmocka_unit_test(no_other_key),
        cmocka_unit_test(syntax),
        cmocka_unit_test(disks),
        cmocka_unit_test(wrong_disks),
        cmocka_unit_test(cards_and_screens),
        cmocka_unit_test(single_devices),
        cmocka_unit_test(texts_change),
        cmocka_unit_test(notes_say_what_is_ignored),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
