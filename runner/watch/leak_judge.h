/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is charged to a group and what its own statistics account for. Pure: text and numbers in,
 * a difference that lasts out. */
#ifndef HANGAR_WATCH_LEAK_JUDGE_H
#define HANGAR_WATCH_LEAK_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

struct leak_owners { /* bytes of a group and all below it, by who holds them */
	uint64_t anon, file, kernel;
	bool complete; /* the kernel's own memory is among them: else nothing can be concluded */
};

/**
 * leak_owners_parse - memory.stat of either version
 * v2: anon, file, kernel (5.18 and later), sock, hugetlb. v1: total_rss and total_cache; the
 * kernel's part is in a file of its own, see leak_owners_v1().
 */
void leak_owners_parse(const char *stat, struct leak_owners *ret);

/* v1: memory.kmem.usage_in_bytes completes what leak_owners_parse() found. */
void leak_owners_v1(struct leak_owners *o, uint64_t kmem_bytes);

/*
 * @charged - owned; 0 when more is owned (pages both mapped and in the swap cache count twice), and
 * where anonymous memory is mapped: then processes live there that were put in by others, and parts
 * of their huge pages and pages on the way to swap are nobody's for a while.
 */
uint64_t leak_excess(uint64_t charged, const struct leak_owners *o);

/* SwapTotal - SwapFree of /proc/meminfo, in bytes; UINT64_MAX when it does not tell. */
uint64_t leak_swap_used(const char *meminfo);

/* An excess that is watched. Zeroed: none yet. */
struct leak_run {
	uint64_t since_us; /* it is over the limit since then, 0: it is not */
	uint64_t least;    /* the smallest excess since */
	bool told;
};

/**
 * leak_step - one more look
 * @excess: now, in bytes
 * @over, @for_us: an excess of at least @over that lasts for @for_us is a leak
 * What is on its way (charges cached by a CPU, pages in a batch, statistics that lag by two
 * seconds) goes away by itself: one look below @over starts anew. True: a leak, of r->least bytes,
 * told once.
 */
bool leak_step(struct leak_run *r, uint64_t excess, uint64_t over, uint64_t for_us, uint64_t now);

#endif
