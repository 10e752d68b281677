/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mapping and taking over the store's memory. */
#include "region.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal.h"

#define REGION_MAGIC     UINT64_C(0x65726f7473756d64)
#define REGION_PREFERRED 0x500000000000
#define REGION_STEP      (UINT64_C(1) << 20)

struct region *region;

int region_back(uint64_t offset)
{
    uint64_t end = (offset + REGION_STEP - 1) & ~(REGION_STEP - 1);

    if (offset <= region->backed)
        return 0;
    if (end > region->size)
        return -ENOMEM;
    /* Space is asked for here, where it can be refused: a store to a hole would be SIGBUS. */
    if (fallocate(region->fd, 0, (off_t)region->backed, (off_t)(end - region->backed)) != 0)
        return -ENOMEM;
    region->backed = end;
    return 0;
}

static void *map_at(int fd, uint64_t size, void *where)
{
    int flags = MAP_SHARED | MAP_NORESERVE | (where ? MAP_FIXED_NOREPLACE : 0);
    void *base = mmap(where, size, PROT_READ | PROT_WRITE, flags, fd, 0);

    return base == MAP_FAILED ? NULL : base;
}

static int make_new(int fd, uint64_t size, uint64_t layout)
{
    void *base;

    if (ftruncate(fd, (off_t)size) != 0 || fallocate(fd, 0, 0, (off_t)(4096 + JOURNAL_KEEP)) != 0)
        return -errno;
    base = map_at(fd, size, (void *)REGION_PREFERRED);
    if (!base)
        base = map_at(fd, size, NULL);
    if (!base)
        return -errno;
    region = base;
    region->fd = fd;
    region->base = base;
    region->size = size;
    region->layout = layout;
    region->heap_end = 4096 + REGION_JOURNAL_SIZE;
    /* Beyond its beginning the journal stays a hole: it is nearly always short. */
    region->backed = region->heap_end;
    region->magic = REGION_MAGIC;
    return 0;
}

static int take_over(int fd, uint64_t layout)
{
    struct region head;
    void *base;

    if (pread(fd, &head, sizeof(head), 0) != sizeof(head))
        return -EPROTO;
    if (head.magic != REGION_MAGIC || head.layout != layout)
        return -EPROTO;
    base = map_at(fd, head.size, head.base);
    if (!base)
        return -errno;
    region = base;
    region->fd = fd;
    journal_recover();
    return 0;
}

int region_open(int fd, uint64_t size, uint64_t layout)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return -errno;
    return st.st_size == 0 ? make_new(fd, size, layout) : take_over(fd, layout);
}

void region_close(void)
{
    if (region)
        munmap(region, region->size);
    region = NULL;
}
