/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The nodes that a toolstack makes for a framebuffer and a keyboard. */
#include <pvfb/backend/keeper.h>

#include <stdio.h>
#include <string.h>

#include <xen/io/xenbus.h>

static bool write_text(const struct keeper *k, const char *directory, const char *name,
                       const char *value)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    return xs_write(k->store, XBT_NULL, path, value, strlen(value));
}

/* A side's directory belongs to that side and the other one may read it. */
static bool make_directory(const struct keeper *k, const char *path, uint32_t owner,
                           uint32_t reader)
{
    struct xs_permissions perms[2] = { { .id = owner, .perms = XS_PERM_NONE },
                                       { .id = reader, .perms = XS_PERM_READ } };

    return xs_mkdir(k->store, XBT_NULL, path) &&
           xs_set_permissions(k->store, XBT_NULL, path, perms, 2);
}

/* The front end's state comes last: it is what the guest's bus waits for. */
static bool make_device(const struct keeper *k, unsigned device)
{
    const char *front = k->front[device], *back = k->back[device];

    return make_directory(k, back, 0, k->domid) && make_directory(k, front, k->domid, 0) &&
           write_text(k, back, "frontend", front) &&
           keeper_write(k, back, "frontend-id", k->domid) && keeper_write(k, back, "online", 1) &&
           keeper_write(k, back, "state", XenbusStateInitialising) &&
           write_text(k, front, "backend", back) && keeper_write(k, front, "backend-id", 0) &&
           keeper_write(k, front, "state", XenbusStateInitialising);
}

int keeper_setup(struct keeper *k)
{
    for (unsigned device = 0; device < LINK_DEVICES; device++) {
        if (make_device(k, device))
            continue;
        fprintf(stderr, "domus-pvfb: cannot make %s in the store\n", k->back[device]);
        return -1;
    }
    return 0;
}
