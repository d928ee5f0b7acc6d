/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that is taken piece by piece and thinned to one page of so many. */
#ifndef HANGAR_SIEVE_H
#define HANGAR_SIEVE_H

#include "stressor.h"

enum sieve_pages { SIEVE_ANON, SIEVE_LOCKED, SIEVE_PIPE };

extern const char *const sieve_pages[];

struct sieve {
	uint64_t pages; /* enum sieve_pages */
	size_t piece_bytes;
	unsigned int keep;
	void **pieces; /* a mapping, or the pipes that share the pages of a piece */
	size_t filled, thinned, max;
	uint64_t pages_filled, pages_kept; /* by the last fill, the last thinning */
};

/**
 * sieve_init - make room for the table of pieces; takes nothing yet
 * @bytes: in all, in pieces of @piece_bytes (rounded to whole pages)
 * Returns 0, -ENOMEM, or -EINVAL with stressor_why() (fewer pages in a piece than @keep).
 */
int sieve_init(struct sieve *s, uint64_t pages, uint64_t bytes, uint64_t piece_bytes,
	       unsigned int keep);

/* Take one piece more. 0 or -errno; what was taken of a piece that failed is given back. */
int sieve_fill(struct sieve *s, struct stressor_run *run);
/* Give back all but one of @keep pages of the next piece. 0 or -errno. */
int sieve_thin(struct sieve *s);

static inline bool sieve_full(const struct sieve *s)
{
	return s->filled == s->max;
}
static inline bool sieve_thinned(const struct sieve *s)
{
	return s->thinned == s->filled;
}

void sieve_release(struct sieve *s); /* everything; it can be filled again */
void sieve_clear(struct sieve *s);   /* accepts a zeroed one */

#endif
