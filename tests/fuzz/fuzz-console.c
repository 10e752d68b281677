/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever a guest writes into its console's page, nothing is read or written outside the rings. */
/* sources: dom0/console/ring.c */
#include <stdlib.h>
#include <string.h>

#include <dom0/console/ring.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t index[6];
    struct xencons_interface *ring;
    char *bytes;
    int n;

    if (size < sizeof(index))
        return 0;
    memcpy(index, data, sizeof(index));
    ring = calloc(1, sizeof(*ring));
    ring->out_prod = index[0];
    ring->in_cons = index[1];
    index[4] %= 5000;
    bytes = calloc(1, index[4] + 1);
    n = ring_take(ring, index[2], bytes, index[4]);
    if (n > (int)index[4] || n > (int)sizeof(ring->out))
        abort();
    n = ring_put(ring, index[3], bytes, index[4]);
    if (n > (int)ring_room(ring, index[3]) || n > (int)sizeof(ring->in))
        abort();
    free(bytes);
    free(ring);
    return 0;
}
