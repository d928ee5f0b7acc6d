/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Read in 2.6.32, 2.6.32-642.el6, 3.10.0-1160.el7, 4.4, 4.19, 6.1 and 6.12. The slow path's last
 * try is at the min mark, so that is the one to reckon with. The dump is not atomic: it was taken
 * after the failure, and other CPUs went on meanwhile.
 */
#include "triage/watermark.h"

#include <string.h>

#include "base/cleanup.h"

/* pageblock_order >> 2 on x86: el6 halves no further. */
#define EL6_HALVINGS 2

static const char *const zones[] = { "DMA", "DMA32", "Normal", "HighMem", "Movable", "Device" };

static bool has(uint64_t flags, enum gfp_flag f)
{
	return flags & GFP_BIT(f);
}

/* gfp_zone() in include/linux/gfp.h. */
static const char *highest_zone(uint64_t flags)
{
	if (has(flags, GFP_DMA))
		return "DMA";
	if (has(flags, GFP_HIGHMEM))
		return has(flags, GFP_MOVABLE) ? "Movable" : "HighMem";
	return has(flags, GFP_DMA32) ? "DMA32" : "Normal";
}

/* gfp_to_alloc_flags() in mm/page_alloc.c of three ages. */
static void set_reserves(struct watermark_ask *a, const struct gfp_era *e, uint64_t flags)
{
	bool waits = flags & GFP_MAY_WAIT;
	bool no_reserves = has(flags, GFP_NOMEMALLOC);

	a->high = has(flags, GFP_HIGH);
	a->none = has(flags, GFP_MEMALLOC) && !no_reserves;
	if (e->before <= KERNEL(4, 4, 0)) {
		/* 2.6.32 does not look at NOMEMALLOC here; NO_KSWAPD means THP, not atomic. */
		a->harder = !waits && !has(flags, GFP_NO_KSWAPD) &&
			    (!no_reserves || e->before <= KERNEL(2, 6, 38));
	} else if (e->before <= KERNEL(6, 3, 0)) {
		a->harder = has(flags, GFP_ATOMIC) && !no_reserves;
		a->highatomic = a->harder;
	} else {
		/* ALLOC_NON_BLOCK counts only beside ALLOC_MIN_RESERVE. */
		a->harder = !waits && a->high && !no_reserves;
		a->highatomic = a->harder && a->order > 0;
	}
}

void watermark_ask_make(const struct gfp_guess *g, uint64_t flags, unsigned int order,
			struct watermark_ask *ret)
{
	const struct gfp_era *e = g->era;

	*ret = (struct watermark_ask){ .order = order, .highest = highest_zone(flags) };
	ret->rule = e->from >= KERNEL(4, 4, 0)                ? RULE_BLOCK
		    : e->vendor && !strcmp(e->vendor, ".el6") ? RULE_EL6
							      : RULE_RATIO;
	ret->cma = has(flags, GFP_MOVABLE);
	ret->reserves_highatomic = ret->rule == RULE_BLOCK;
	set_reserves(ret, e, flags);
	ret->any_type = ret->rule == RULE_BLOCK && ret->harder && e->before <= KERNEL(4, 15, 0);
}

static int rank(const char *zone)
{
	for (size_t i = 0; i < ARRAY_SIZE(zones); i++)
		if (!strcmp(zones[i], zone))
			return (int)i;
	return -1;
}

bool watermark_zone_allowed(const struct watermark_ask *a, const struct meminfo_zone *z)
{
	return strcmp(z->name, "Device") != 0 && rank(z->name) <= rank(a->highest);
}

/* On a machine without HighMem a request for it is one for Normal. */
static int64_t reserve_of(const struct watermark_ask *a, const struct meminfo *m,
			  const struct meminfo_zone *z, bool *ret_known)
{
	bool highmem = false;
	const char *name = a->highest;
	int at;

	for (unsigned int i = 0; i < m->count; i++)
		highmem = highmem || !strcmp(m->zones[i].name, "HighMem");
	if (!highmem && !strcmp(name, "HighMem"))
		name = "Normal";
	at = meminfo_zone_index(m, name);
	*ret_known = z->reserves && at >= 0;
	if (at < 0 || !z->reserves)
		return 0;
	return z->reserve[(unsigned int)at < z->reserves ? (unsigned int)at : z->reserves - 1];
}

static uint8_t fitting_types(const struct watermark_ask *a)
{
	uint8_t types = BLOCK_U | BLOCK_E | BLOCK_M | BLOCK_R;

	if (a->cma)
		types |= BLOCK_C;
	if (a->highatomic || a->none)
		types |= BLOCK_H;
	return types;
}

static void count_blocks(const struct watermark_ask *a, const struct meminfo_zone *z,
			 struct watermark *w)
{
	w->fitting = z->orders > a->order || z->sum != MEMINFO_UNKNOWN ? 0 : MEMINFO_UNKNOWN;
	for (unsigned int o = a->order; o < z->orders; o++) {
		bool fits = !z->has_types || (z->types[o] & fitting_types(a));

		if (fits)
			w->fitting += z->blocks[o];
		else
			w->wrong_type += z->blocks[o];
	}
	/* Nothing to be seen on lists that were cut off says nothing. */
	if (!w->fitting && z->sum == MEMINFO_UNKNOWN)
		w->fitting = MEMINFO_UNKNOWN;
}

/* Pages among the free ones that this request cannot have. */
static int64_t unusable(const struct watermark_ask *a, const struct meminfo *m,
			const struct meminfo_zone *z)
{
	int64_t pages = (INT64_C(1) << a->order) - 1;
	int64_t kept = z->free_highatomic >= 0 ? z->free_highatomic : z->reserved_highatomic;

	if (a->rule == RULE_EL6)
		pages += 2; /* it takes off one page more than asked for, where others take off one
			       less */
	if (!a->cma && z->free_cma > 0)
		pages += z->free_cma / m->page_kb;
	if (a->reserves_highatomic && !a->highatomic && !a->harder && kept > 0)
		pages += kept / m->page_kb;
	return pages;
}

static void ratio(const struct watermark_ask *a, const struct meminfo_zone *z, int64_t left,
		  struct watermark *w)
{
	int64_t min = a->rule == RULE_EL6 ? 0 : w->min;

	for (unsigned int o = 0; o < a->order && o < z->orders; o++) {
		left -= z->blocks[o] << o;
		if (a->rule != RULE_EL6 || o < EL6_HALVINGS)
			min >>= 1;
		w->steps[w->step_count++] = (struct watermark_step){ o, z->blocks[o], left, min };
		if (left <= min) {
			w->verdict = WATERMARK_RATIO;
			return;
		}
	}
}

static void high_order(const struct watermark_ask *a, const struct meminfo_zone *z, int64_t left,
		       struct watermark *w)
{
	if (!z->orders) {
		w->verdict = WATERMARK_UNKNOWN;
		return;
	}
	w->verdict = WATERMARK_PASSES;
	if (a->rule != RULE_BLOCK && !a->none)
		ratio(a, z, left, w);
	if (w->verdict != WATERMARK_PASSES)
		return;
	if (w->fitting == MEMINFO_UNKNOWN)
		w->verdict = WATERMARK_UNKNOWN;
	else if (!w->fitting)
		w->verdict = WATERMARK_NO_BLOCK;
	w->shortcut = w->verdict == WATERMARK_NO_BLOCK && a->any_type && w->wrong_type;
}

void watermark_check(const struct watermark_ask *a, const struct meminfo *m,
		     const struct meminfo_zone *z, int64_t free_pages, struct watermark *ret)
{
	int64_t left;

	*ret = (struct watermark){ .fitting = MEMINFO_UNKNOWN };
	count_blocks(a, z, ret);
	if (!z->has_zone || z->free < 0 || z->min < 0 || a->order >= MEMINFO_ORDERS)
		return;
	ret->free = free_pages >= 0 ? free_pages : z->free / m->page_kb;
	ret->mark = ret->min = z->min / m->page_kb;
	if (a->high)
		ret->min -= ret->min / 2;
	if (a->harder)
		ret->min -= ret->min / 4;
	if (a->none)
		ret->min = 0;
	ret->unusable = unusable(a, m, z);
	ret->reserve = a->none ? 0 : reserve_of(a, m, z, &ret->reserve_known);
	left = ret->free - ret->unusable;
	if (left <= ret->min)
		ret->verdict = WATERMARK_SHORT;
	else if (left <= ret->min + ret->reserve)
		ret->verdict = WATERMARK_KEPT;
	else if (!a->order)
		ret->verdict = WATERMARK_PASSES;
	else
		high_order(a, z, left, ret);
}

const char *watermark_verdict_name(enum watermark_verdict v)
{
	static const char *const names[] = {
		[WATERMARK_UNKNOWN] = "unknown",   [WATERMARK_SHORT] = "short",
		[WATERMARK_KEPT] = "kept",         [WATERMARK_RATIO] = "refused-by-ratio",
		[WATERMARK_NO_BLOCK] = "no-block", [WATERMARK_PASSES] = "passes",
	};

	return (size_t)v < ARRAY_SIZE(names) ? names[v] : "?";
}
