/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes to a file through a thread: whoever spools never waits for the file system, which may be
 * the very thing that hangs. One writer side. What does not fit into the ring is dropped whole and
 * counted.
 */
#ifndef HANGAR_WATCH_SPOOL_H
#define HANGAR_WATCH_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spool;

/* @fd becomes the spool's. @bytes: size of the ring, a power of two. 0 or -errno. */
int spool_open(int fd, size_t bytes, struct spool **ret);
/* Wait at most @timeout_us until all is written. What then still hangs in write() is left to hang,
 * and leaks. Returns NULL. */
struct spool *spool_close(struct spool *s, uint64_t timeout_us);
/* No allocation, no waiting. false: the ring was full, @data is dropped and counted. */
bool spool_put(struct spool *s, const void *data, size_t size);
uint64_t spool_dropped(const struct spool *s); /* how many times spool_put() had no room */
int spool_error(const struct spool *s);        /* 0, or -errno of the first write that failed */

#endif
