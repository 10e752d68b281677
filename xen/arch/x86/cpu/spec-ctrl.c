/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mitigations by means that the CPU announces. Each is on where the CPU needs and has it, unless
 * spec-ctrl= says otherwise; where it is off it costs nothing: clearing buffers, the only thing on
 * the way to a guest, is patched in place of the return instructions.
 */
#include <asm/spec-ctrl.h>

#include <hv/errno.h>
#include <hv/init.h>
#include <hv/printk.h>
#include <hv/string.h>

#include <asm/cpuid.h>
#include <asm/mm.h>

#define ARCH_CAPS_IBRS_ALL   (1ULL << 1)
#define ARCH_CAPS_MDS_NO     (1ULL << 5)
#define ARCH_CAPS_FB_CLEAR   (1ULL << 17)
#define ARCH_CAPS_RFDS_CLEAR (1ULL << 28)
#define EFER_AUTO_IBRS       (1ULL << 21)

struct spec_ctrl spec_ctrl;

enum choice { BY_CPU = -1, OFF, ON };

static enum choice all = BY_CPU;
static struct {
    const char *name;
    enum choice choice;
} options[] = {
    { "ibrs", BY_CPU }, { "ibpb", BY_CPU },     { "stibp", BY_CPU },
    { "ssbd", BY_CPU }, { "md-clear", BY_CPU },
};
enum { IBRS, IBPB, STIBP, SSBD, MD_CLEAR };

/* One of "name", "no-name" or "name=bool", or a bool for all of them. */
static int word_parse(char *word)
{
    char *eq = strchr(word, '=');
    int value = param_bool(word);
    bool negated = !strncmp(word, "no-", 3);

    if (value >= 0) {
        all = value ? BY_CPU : OFF;
        return 0;
    }
    if (eq)
        *eq = '\0';
    value = eq ? param_bool(eq + 1) : !negated;
    for (unsigned int i = 0; i < ARRAY_SIZE(options) && value >= 0; i++) {
        if (strcmp(options[i].name, word + (negated ? 3 : 0)))
            continue;
        options[i].choice = value ? ON : OFF;
        return 0;
    }
    return -EINVAL;
}

static int spec_ctrl_parse(const char *value)
{
    char words[128], *word = words;
    int ret = 0;

    if (strlen(value) >= sizeof(words))
        return -EINVAL;
    memcpy(words, value, strlen(value) + 1);
    while (word) {
        char *comma = strchr(word, ',');

        if (comma)
            *comma++ = '\0';
        if (word_parse(word))
            ret = -EINVAL;
        word = comma;
    }
    return ret;
}
DEFINE_PARAM("spec-ctrl", spec_ctrl_parse);

/* Whether to use it: as told; else as the CPU wants it, unless all is off. */
static bool chosen(unsigned int option, bool wanted)
{
    if (options[option].choice != BY_CPU)
        return options[option].choice == ON;
    return wanted && all == BY_CPU;
}

static bool is_announced_amd(unsigned int leaf, unsigned int bit)
{
    struct cpuid_leaf l;

    if (!cpu_features.is_amd || cpu_features.max_ext_leaf < leaf)
        return false;
    l = cpuid(leaf, 0);
    return (leaf == 0x80000008 ? l.b : l.a) >> bit & 1;
}

static void choose(uint64_t arch_caps)
{
    const struct cpu_features *f = &cpu_features;
    bool enhanced = arch_caps & ARCH_CAPS_IBRS_ALL, always = is_announced_amd(0x80000008, 16);
    bool leaks = f->is_intel && (!(arch_caps & ARCH_CAPS_MDS_NO) ||
                                 (arch_caps & (ARCH_CAPS_FB_CLEAR | ARCH_CAPS_RFDS_CLEAR)));

    spec_ctrl.has_msr = f->ibrs || f->stibp || f->ssbd;
    spec_ctrl.guest = (f->ibrs ? SPEC_CTRL_IBRS : 0) | (f->stibp ? SPEC_CTRL_STIBP : 0) |
                      (f->ssbd ? SPEC_CTRL_SSBD : 0);
    spec_ctrl.ibpb = f->ibpb && chosen(IBPB, true);
    spec_ctrl.auto_ibrs = is_announced_amd(0x80000021, 8) && chosen(IBRS, true);
    /* Set once and left: older CPUs want a write at each entry; there the thunks do instead. */
    if (f->ibrs && (enhanced || always) && chosen(IBRS, true))
        spec_ctrl.host |= SPEC_CTRL_IBRS;
    if (f->stibp && chosen(STIBP, is_announced_amd(0x80000008, 17)))
        spec_ctrl.host |= SPEC_CTRL_STIBP;
    if (f->ssbd && chosen(SSBD, false))
        spec_ctrl.host |= SPEC_CTRL_SSBD;
    spec_ctrl.clear = chosen(MD_CLEAR, f->md_clear && leaks);
}

struct exit_site {
    int32_t insn, clearing; /* each relative to its own field */
};
extern const struct exit_site exit_sites_start[], exit_sites_end[];

/* A jump to where buffers are cleared first, in place of each return to a guest. */
static void exits_patch(void)
{
    for (const struct exit_site *s = exit_sites_start; s < exit_sites_end; s++) {
        const char *insn = (const char *)&s->insn + s->insn;
        const char *target = (const char *)&s->clearing + s->clearing;
        int32_t displacement = (int32_t)(target - (insn + 5));
        char *code = phys_to_virt(virt_to_phys(insn));

        code[0] = (char)0xe9;
        memcpy(code + 1, &displacement, 4);
    }
    cpuid(0, 0); /* code written at another address is fetched anew */
}

void spec_ctrl_init(void)
{
    uint64_t arch_caps = 0;

    if (cpuid(0, 0).a >= 7 && (cpuid(7, 0).d & 1U << 29))
        rdmsr_safe(0x10a, &arch_caps);
    choose(arch_caps);
    if (spec_ctrl.clear)
        exits_patch();
    spec_ctrl_cpu_init();
    printk(LOG_INFO "speculation: IBPB %s, IBRS %s, STIBP %s, SSBD %s, buffer clearing %s\n",
           spec_ctrl.ibpb ? "on" : "off",
           spec_ctrl.auto_ibrs || (spec_ctrl.host & SPEC_CTRL_IBRS) ? "on" : "off",
           spec_ctrl.host & SPEC_CTRL_STIBP ? "on" : "off",
           spec_ctrl.host & SPEC_CTRL_SSBD ? "on" : "off", spec_ctrl.clear ? "on" : "off");
    if (!cpu_features.rdcl_no)
        printk(LOG_WARN "speculation: this CPU lets guests read what is mapped (RDCL), and page "
                        "tables are not isolated: run no guest that is not trusted\n");
}

void spec_ctrl_cpu_init(void)
{
    if (spec_ctrl.auto_ibrs)
        wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_AUTO_IBRS);
    if (spec_ctrl.has_msr && wrmsr_safe(MSR_SPEC_CTRL, spec_ctrl.host))
        spec_ctrl.has_msr = false; /* announced, but not there */
}
