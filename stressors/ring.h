/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An io_uring, or the news that there is none here. */
#ifndef HANGAR_RING_H
#define HANGAR_RING_H

#include <liburing.h>
#include <stdlib.h>

#include "stressor.h"

struct ring {
	struct io_uring uring;
	struct io_uring_probe *probe;
	bool open;
};

/**
 * ring_open - set up a ring of at least @entries and learn which operations it has
 * Returns true, or false when this kernel, its sysctl or a filter has none: then it has been said
 * aloud, and the caller goes on with plain system calls. io_uring is from 5.1, the list of its
 * operations from 5.6; older ones count as none.
 */
bool ring_open(struct ring *r, unsigned int entries);
void ring_close(struct ring *r); /* accepts a zeroed one */

bool ring_can(const struct ring *r, int opcode);

/* A free entry. A caller never has more than @entries queued, so there is one. */
static inline struct io_uring_sqe *ring_entry(struct ring *r)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&r->uring);

	if (!sqe)
		abort();
	return sqe;
}

#endif
