/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * May a zone give a block of this order? The arithmetic of __zone_watermark_ok() in
 * mm/page_alloc.c, which refused high orders by a ratio until 4.3 and asks for one fitting block
 * since 4.4 (97a16fc82a7c), on the figures of a Mem-Info.
 */
#ifndef HANGAR_TRIAGE_WATERMARK_H
#define HANGAR_TRIAGE_WATERMARK_H

#include "triage/gfp_era.h"
#include "triage/meminfo.h"

enum watermark_rule {
	RULE_RATIO, /* to 4.3: the blocks of each lower order are taken off, the mark is halved */
	RULE_EL6,   /* RHEL 6: so too, but the mark begins at 0 above order 0 */
	RULE_BLOCK, /* 4.4 and later: order 0 by the mark, then any block that fits */
};

/* What the mask entitles to. */
struct watermark_ask {
	enum watermark_rule rule;
	unsigned int order;
	bool none;                /* no watermark at all: MEMALLOC */
	bool high;                /* half of the mark */
	bool harder;              /* a quarter less */
	bool highatomic;          /* may use blocks kept for atomic requests; since 4.4 */
	bool any_type;            /* 4.4 to 4.14: HARDER took a block of any type for fitting */
	bool cma;                 /* movable: may use CMA blocks */
	bool reserves_highatomic; /* this kernel keeps such blocks: since 4.4 */
	const char *highest;      /* "Normal": the highest zone that the mask allows */
};

enum watermark_verdict {
	WATERMARK_UNKNOWN,  /* the dump lacks the zone's figures */
	WATERMARK_SHORT,    /* too little free memory of any order */
	WATERMARK_KEPT,     /* enough, but lowmem_reserve keeps it for lower requests */
	WATERMARK_RATIO,    /* enough, and refused at an order below the one asked for */
	WATERMARK_NO_BLOCK, /* enough, but no block of that order and a fitting type */
	WATERMARK_PASSES,
};

struct watermark_step {
	unsigned int order;
	int64_t blocks, free, min; /* free pages above this order, and what they must exceed */
};

struct watermark {
	enum watermark_verdict verdict;
	int64_t free;     /* pages, as printed */
	int64_t unusable; /* of them: the request itself, CMA, kept for atomic requests */
	int64_t mark;     /* pages, as printed */
	int64_t min;      /* of it, what this mask must leave */
	int64_t reserve;  /* lowmem_reserve of the highest zone */
	bool reserve_known;
	struct watermark_step steps[MEMINFO_ORDERS];
	unsigned int step_count; /* the last one failed when the verdict is WATERMARK_RATIO */
	int64_t fitting;    /* blocks of at least that order and a fitting type; -1: no lists */
	int64_t wrong_type; /* blocks large enough, but of types this mask may not use */
	bool shortcut; /* 4.4 to 4.14 let it pass for such a block; the free lists then had none */
};

void watermark_ask_make(const struct gfp_guess *g, uint64_t flags, unsigned int order,
			struct watermark_ask *ret);

/**
 * watermark_check - one zone
 * @free_pages: to reckon with; MEMINFO_UNKNOWN: those of its "free:"
 */
void watermark_check(const struct watermark_ask *a, const struct meminfo *m,
		     const struct meminfo_zone *z, int64_t free_pages, struct watermark *ret);

/* May the mask use this zone at all? */
bool watermark_zone_allowed(const struct watermark_ask *a, const struct meminfo_zone *z);

const char *watermark_verdict_name(enum watermark_verdict v); /* "short", "kept", ... */

#endif
