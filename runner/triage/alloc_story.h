/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why an allocation failed, as far as its own report tells: the mask read by its era's table, each
 * zone put to that era's test, and what the mask forbade the kernel to do about it.
 */
#ifndef HANGAR_TRIAGE_ALLOC_STORY_H
#define HANGAR_TRIAGE_ALLOC_STORY_H

#include "triage/alloc_request.h"
#include "triage/watermark.h"

enum alloc_conclusion {
	ALLOC_NOT_EXPLAINED, /* a zone passes the test: taken later, or another condition */
	ALLOC_NO_DUMP,       /* no Mem-Info, or not enough of it */
	ALLOC_SHORT,
	ALLOC_RESERVE, /* what is free is kept for others: lowmem_reserve, CMA, atomic requests */
	ALLOC_FRAGMENTED,
	ALLOC_NO_COMPACTION, /* fragmented, and the mask forbids to do something about it */
	ALLOC_TOO_LARGE,     /* no free list holds blocks of this order */
	ALLOC_NO_ADDRESSES,  /* vmalloc found no range of addresses: memory is not the matter */
};

enum alloc_compaction {
	COMPACTION_MOOT, /* order 0 needs none */
	COMPACTION_ALLOWED,
	COMPACTION_NO_SLEEP, /* the request may not wait for it */
	COMPACTION_NO_FS,    /* before 4.10 it took __GFP_FS and __GFP_IO */
	COMPACTION_NO_IO,    /* it takes __GFP_IO */
	COMPACTION_NONE,     /* before 2.6.35 */
	COMPACTION_UNKNOWN,
};

struct alloc_story {
	struct alloc_request ask;
	struct gfp_guess era;
	uint64_t flags;
	uint32_t unknown_bits;
	bool names_agree; /* when there are names: with the mask, by the era's table */
	struct watermark_ask test;
	struct meminfo m;
	bool has_dump;
	bool allowed[MEMINFO_ZONES];             /* by zone, nodes and cpuset */
	struct watermark w[MEMINFO_ZONES];       /* by this kernel's rule */
	struct watermark newer[MEMINFO_ZONES];   /* by that of 4.4 and later */
	struct watermark by_list[MEMINFO_ZONES]; /* with the lists' sum for "free:" */
	enum alloc_compaction compaction;
	enum alloc_conclusion conclusion;
	int zone;        /* the one that the conclusion speaks of; -1: none */
	bool by_vmalloc; /* the stack says that vmalloc gave up, not the page allocator */
	bool kswapd;     /* the asker is kswapd: PF_MEMALLOC unless in an interrupt */
	bool interrupt;  /* the stack says that it was in one */
};

/* 0, or -ENODATA. *ret is some 100 kB. */
int alloc_story_make(const struct triage_case *c, const char *release, struct alloc_story *ret);

/* The same request put to other zones than those of its report: to a vmcore's. */
void alloc_story_retest(struct alloc_story *s, const struct meminfo *m);

/* Is the zone short only because its free pages are CMA, or blocks kept for atomic requests? */
bool alloc_story_kept_for_others(const struct alloc_story *s, int zone);

const char *alloc_conclusion_name(enum alloc_conclusion c); /* "short-of-memory", ... */

#endif
