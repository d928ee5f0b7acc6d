/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes on an io_uring, each linked with the sync that makes it durable, several of them in
 * flight. */
#ifndef HANGAR_PAIRS_H
#define HANGAR_PAIRS_H

#include "ring.h"

enum pair_sync { PAIR_FSYNC, PAIR_FDATASYNC, PAIR_RANGE, PAIR_NONE };

struct pair {
	int fd;
	const void *block;
	unsigned int bytes;
	uint64_t offset;
	enum pair_sync sync;
	uint64_t sync_offset; /* PAIR_RANGE */
	unsigned int sync_bytes;
};

struct pairs {
	struct ring ring;
	unsigned int depth;
	unsigned int in_flight;
	unsigned int waiting; /* completed, not yet fetched */
	int result;           /* the worst of those: 0, STRESSOR_PRESSURE or -errno */
	struct pair_state {
		unsigned int due; /* completions still to come; 0: free */
		unsigned int bytes;
		int result;
	} * states;
};

/* 0; -EOPNOTSUPP: not here, said aloud; -ENOMEM. Up to @depth pairs will be in flight. */
int pairs_open(struct pairs *p, unsigned int depth);
/* Waits for what is in flight, since its memory is the caller's. Accepts a zeroed one. */
void pairs_close(struct pairs *p);

static inline bool pairs_room(const struct pairs *p)
{
	return p->in_flight < p->depth;
}
/* Queue one more; only when there is room. Nothing is submitted before pairs_fetch(). */
void pairs_add(struct pairs *p, const struct pair *pair);
/* Submit what is queued and wait until one is complete. 0, STRESSOR_PRESSURE (a short write, no
 * space) or -errno. */
int pairs_fetch(struct pairs *p);

#endif
