/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Anonymous memory that grows by chunks, so that a limit is approached and not jumped over. */
#ifndef HANGAR_MEMORY_H
#define HANGAR_MEMORY_H

#include "stressor.h"

/* PARAM_CHOICE values: indices of the tables below. */
struct memory_opts {
	uint64_t chunk_bytes;
	uint64_t populate; /* of memory_populates: 0 none */
	uint64_t advice;   /* of memory_advices: 0 none */
	uint64_t release;  /* of memory_releases: 0 munmap */
	uint64_t lock;     /* 1: mlock() each chunk */
};

extern const char *const memory_populates[];
extern const char *const memory_advices[];
extern const char *const memory_releases[];

struct memory {
	struct memory_opts opts; /* a way that the kernel lacks is replaced here, aloud, when it is
				    first met */
	char **chunks;
	size_t held;   /* chunks in use */
	size_t mapped; /* chunks mapped: more than held after a release by madvise() */
	size_t max;
	unsigned int fallbacks; /* ways that were replaced */
};

/**
 * memory_init - make room for the table of chunks; maps nothing yet
 * @bytes: how far it may grow, rounded up to whole chunks of page multiples
 * Returns 0, -ENOMEM, or -EINVAL with stressor_why() (more than a million chunks; a table of that
 * size would itself be load).
 */
int memory_init(struct memory *m, const struct memory_opts *opts, uint64_t bytes);
void memory_clear(struct memory *m); /* accepts a zeroed one */

/* One chunk more, populated and locked as asked for. 0, -ENOMEM, -EAGAIN (mlock), or another
 * -errno. */
int memory_grow(struct memory *m, char **ret_chunk);
static inline bool memory_full(const struct memory *m)
{
	return m->held == m->max;
}
/* Give everything back, the way that the options say. */
void memory_release(struct memory *m);

#endif
