/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * L1 terminal fault: an entry that is not present, but names an address, lets affected CPUs read
 * what the L1 data cache holds of that address, whoever owns it. Such entries are refused to those
 * domains that pv-l1tf= names. Kernels that know of the fault write none: theirs are zero, or name
 * addresses behind all memory.
 */
#include "l1tf.h"

#include <hv/errno.h>
#include <hv/frame.h>
#include <hv/init.h>
#include <hv/printk.h>
#include <hv/string.h>

#include <asm/cpuid.h>

struct pv_l1tf pv_l1tf;

static enum { BY_CPU, OFF, ON } opt_dom0, opt_domu;

static int word_parse(const char *word)
{
    bool both = strncmp(word, "dom0=", 5) && strncmp(word, "domu=", 5);
    int v = param_bool(both ? word : word + 5);

    if (v < 0)
        return v;
    if (both || word[3] == '0')
        opt_dom0 = v ? ON : OFF;
    if (both || word[3] == 'u')
        opt_domu = v ? ON : OFF;
    return 0;
}

/* A bool for all, dom0=bool, domu=bool; separated by commas. */
static int l1tf_param(const char *value)
{
    char words[32], *word = words;
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
DEFINE_PARAM("pv-l1tf", l1tf_param);

/* Intel's family 6 without RDCL_NO, but for Atoms and Xeon Phis. */
static bool cpu_is_affected(void)
{
    static const uint8_t spared[] = { 0x1c, 0x26, 0x27, 0x35, 0x36, 0x37, 0x4a, 0x4c,
                                      0x4d, 0x57, 0x5a, 0x5c, 0x5d, 0x5f, 0x7a, 0x85 };
    uint32_t signature;

    if (!cpu_features.is_intel || cpu_features.rdcl_no)
        return false;
    signature = cpuid(1, 0).a;
    for (unsigned int i = 0; i < ARRAY_SIZE(spared); i++)
        if (spared[i] == ((signature >> 4 & 0xf) | (signature >> 12 & 0xf0)))
            return false;
    return (signature >> 8 & 0xf) == 6;
}

void pv_l1tf_init(void)
{
    bool affected = cpu_is_affected();

    pv_l1tf = (struct pv_l1tf){
        .dom0 = opt_dom0 == ON,
        .domu = opt_domu == BY_CPU ? affected : opt_domu == ON,
        .mask = ((1ULL << cpu_features.phys_bits) - 1) & PTE_ADDR_MASK,
        .memory_end = frame_limit << PAGE_SHIFT,
    };
    if (affected || pv_l1tf.dom0 || pv_l1tf.domu)
        printk(LOG_INFO "L1TF: page-table entries that could leak are refused to%s%s%s\n",
               pv_l1tf.dom0 ? " the control domain" : "", pv_l1tf.domu ? " guests" : "",
               pv_l1tf.dom0 || pv_l1tf.domu ? "" : " nobody");
}
