/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much memory the machine has left, and in how large pieces. */
#ifndef HANGAR_ROOM_H
#define HANGAR_ROOM_H

#include <stdint.h>

/**
 * room_available - bytes that can be taken without swapping, from @root/proc/meminfo
 * MemAvailable; before Linux 3.14, which lacks it, MemFree and half of the page cache.
 * Returns 0 or -errno.
 */
int room_available(const char *root, uint64_t *ret_bytes);

/* MemFree alone: what nobody uses. 0 or -errno. */
int room_free(const char *root, uint64_t *ret_bytes);

/* Free blocks of 2^@order pages and larger, each counted as so many of 2^@order, over all zones of
 * @root/proc/buddyinfo. 0 or -errno. */
int room_blocks(const char *root, unsigned int order, uint64_t *ret_blocks);

/* The smallest order whose blocks have @bytes. */
unsigned int room_order(uint64_t bytes);

#endif
