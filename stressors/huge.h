/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An area of places for huge pages, and the ways to make, break and give up what is in them. */
#ifndef HANGAR_HUGE_H
#define HANGAR_HUGE_H

#include "stressor.h"

enum huge_state {
	HUGE_EMPTY, /* reserved, nothing to touch */
	HUGE_WHOLE, /* one area of memory, faulted at once */
	HUGE_SPLIT, /* one area, some of its pages given up */
	HUGE_HOLED, /* part of the area is gone; its first page never is */
	HUGE_LOST,  /* somebody else's mapping came into a hole: never touched again */
};

struct huge {
	char *start;       /* of the first place, aligned */
	char *reserved;    /* what was mapped for that */
	size_t page_bytes; /* of a huge page */
	uint32_t count;    /* places; one more behind them is spare, for mremap() */
	bool advise;       /* MADV_HUGEPAGE on each */
	size_t keep_bytes; /* what is left where a part is given up; 0: as chance has it */
	uint8_t *states;   /* enum huge_state */
};

/**
 * huge_probe - the size of a huge page, from @root/sys/kernel/mm/transparent_hugepage
 * Returns 0, or -EOPNOTSUPP with stressor_why() when the kernel has none or they are switched off.
 */
int huge_probe(const char *root, size_t *ret_page_bytes);

/*
 * Reserve @bytes rounded down to whole places, at least one; fewer (look at count) when there is
 * not so much address space. 0 or -ENOMEM.
 */
int huge_init(struct huge *h, uint64_t bytes, size_t page_bytes, bool advise);
void huge_clear(struct huge *h); /* accepts a zeroed one */

static inline char *huge_at(const struct huge *h, uint32_t i)
{
	return h->start + (size_t)i * h->page_bytes;
}

/* Each works on place @i, chooses its part at random, and returns 0 or -errno. */
int huge_fault(struct huge *h, struct stressor_run *run,
	       uint32_t i); /* give up what is there, fault a fresh one */
int huge_unmap(struct huge *h, struct stressor_run *run, uint32_t i);    /* part of it */
int huge_dontneed(struct huge *h, struct stressor_run *run, uint32_t i); /* part of it */
int huge_mprotect(struct huge *h, struct stressor_run *run,
		  uint32_t i); /* part of it, there and back */
int huge_mremap(struct huge *h, struct stressor_run *run, uint32_t i); /* move part of it away */
/* Ask for a huge page where small ones are, at once (MADV_COLLAPSE, 6.1). -EINVAL: this kernel
 * cannot. */
int huge_collapse(struct huge *h, uint32_t i);
/* Does this kernel know how? Tried on the first place. */
bool huge_collapses(struct huge *h, struct stressor_run *run);
/* Write to the first page of every place that has one: after fork() that copies it. */
void huge_write_all(struct huge *h);

#endif
