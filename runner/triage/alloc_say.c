/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The evidence: the mask by its table, then each zone's arithmetic as one would do it on paper. */
#include "triage/alloc_say.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

#define ZONES_SHOWN 12
#define COSTLY_ORDER 3 /* PAGE_ALLOC_COSTLY_ORDER */

static bool has(const struct alloc_story *s, enum gfp_flag f)
{
	return s->flags & GFP_BIT(f);
}

static void say_mask(const struct alloc_story *s, struct words *w)
{
	char names[512], unknown[64] = "";

	gfp_format(s->era.era, s->flags, names, sizeof(names));
	if (s->unknown_bits)
		snprintf(unknown, sizeof(unknown), " and bits 0x%" PRIx32 " without a name",
			 s->unknown_bits);
	words_say(w,
		  "Mask 0x%" PRIx32 " = %s%s, by the table of %s (include/linux/gfp.h of %s): %s.",
		  s->ask.mask, names[0] ? names : "nothing", unknown, s->era.era->name,
		  s->era.era->source, s->era.because);
	if (!s->ask.names[0])
		return;
	if (s->names_agree)
		words_say(w, "The names that the kernel printed agree.");
	else
		words_say(w,
			  "The kernel printed %s: that is not what the table says, so this kernel "
			  "is of another age or patched; the names are believed.",
			  s->ask.names);
}

static void say_reserves(const struct alloc_story *s, struct words *w)
{
	if (s->test.none)
		words_say(w, "No watermark applies: %s.",
			  has(s, GFP_MEMALLOC) ? "__GFP_MEMALLOC" : "kswapd runs with PF_MEMALLOC");
	else if (s->test.high || s->test.harder)
		words_say(w, "The mask may go below the mark: %s%s%s.",
			  s->test.high ? "__GFP_HIGH takes off half" : "",
			  s->test.high && s->test.harder ? ", " : "",
			  s->test.harder ? "a request that may not wait another quarter" : "");
}

static void say_retries(const struct alloc_story *s, struct words *w)
{
	if (!(s->flags & GFP_MAY_WAIT)) {
		words_say(w, "It may not wait: no direct reclaim, no retry; one failure is the end "
			     "of it.");
		return;
	}
	if (has(s, GFP_NORETRY) || has(s, GFP_RETRY_MAYFAIL)) {
		words_say(w, "%s: the caller is ready for a failure.",
			  has(s, GFP_NORETRY) ? "__GFP_NORETRY" : "__GFP_RETRY_MAYFAIL");
		return;
	}
	if (s->ask.order > COSTLY_ORDER)
		words_say(w,
			  "Order %u is above 3 (PAGE_ALLOC_COSTLY_ORDER): the allocator gives up "
			  "rather than retry without end, and kills nobody for it.",
			  s->ask.order);
	else
		words_say(w,
			  "Order %u with leave to wait is retried without end, so it fails only "
			  "for a task that is being killed or that reclaims memory itself "
			  "(PF_MEMALLOC), or where the mask insists on a node.",
			  s->ask.order);
}

void alloc_say_request(const struct alloc_story *s, struct words *w)
{
	const char *compaction = alloc_compaction_says(s->compaction);

	if (s->ask.has_order) {
		uint64_t pages = UINT64_C(1) << s->ask.order;

		words_say(w,
			  "Asked for: order %u, %" PRIu64 " page%s, %" PRIu64 " kB in one piece.",
			  s->ask.order, pages, pages > 1 ? "s" : "",
			  pages * (s->has_dump ? s->m.page_kb : 4));
	}
	if (s->ask.what == ALLOC_STALL)
		words_say(w,
			  "It waited %" PRIu64
			  " ms and went on trying: a report of 4.9 to 4.14, no failure.",
			  s->ask.stall_ms);
	if (s->ask.what == ALLOC_VMALLOC && !s->ask.order)
		words_say(w,
			  "vmalloc of %" PRIu64
			  " bytes: it takes pages one by one, so fragmentation is no cause.",
			  s->ask.bytes);
	else if (s->ask.what == ALLOC_VMALLOC)
		words_say(w, "vmalloc asks for huge pages first and falls back to single ones: "
			     "this line alone is no failure.");
	if (!s->ask.has_mask)
		return;
	say_mask(s, w);
	if (!s->ask.has_order)
		return;
	say_reserves(s, w);
	say_retries(s, w);
	if (compaction[0])
		words_say(w, "Compaction: %s.", compaction);
}

static const char *verdict_says(const struct watermark *w)
{
	switch (w->verdict) {
	case WATERMARK_SHORT:
		return "no: too little memory";
	case WATERMARK_KEPT:
		return "no: lowmem_reserve keeps it for requests that can use no other zone";
	case WATERMARK_UNKNOWN:
		return "yes; the free lists are missing or cut off, so no more is known";
	default:
		return "yes";
	}
}

static void say_steps(const struct watermark *r, struct words *w)
{
	for (unsigned int i = 0; i < r->step_count; i++) {
		const struct watermark_step *step = &r->steps[i];

		words_say(w,
			  "    order %u: - %" PRId64 " * %u = %" PRId64
			  " pages in larger blocks, must exceed %" PRId64 ": %s",
			  step->order, step->blocks, 1u << step->order, step->free, step->min,
			  step->free <= step->min ? "no, refused here" : "yes");
	}
}

static void say_blocks(const struct alloc_story *s, const struct watermark *r, struct words *w)
{
	if (!s->ask.order || r->fitting == MEMINFO_UNKNOWN)
		return;
	if (r->wrong_type)
		words_say(w,
			  "    %" PRId64 " free blocks of order %u or more fit; %" PRId64
			  " more are of types that the mask may not use%s.",
			  r->fitting, s->ask.order, r->wrong_type,
			  r->shortcut ? " (the watermark test of 4.4 to 4.14 let them count, the "
					"free lists did not)"
				      : "");
	else
		words_say(w, "    %" PRId64 " free blocks of order %u or more fit.", r->fitting,
			  s->ask.order);
}

/* free: is a counter, the lists were walked; the dump is not atomic. */
static void say_lists(const struct alloc_story *s, unsigned int i, struct words *w)
{
	const struct meminfo_zone *z = &s->m.zones[i];
	const struct watermark *r = &s->w[i], *l = &s->by_list[i];
	int64_t sum = meminfo_list_pages(z);

	if (z->sum == MEMINFO_UNKNOWN || sum == MEMINFO_UNKNOWN || sum == r->free)
		return;
	words_say(w,
		  "    The free lists sum up to %" PRId64 " kB, free: says %" PRId64
		  " kB: the dump is not atomic.%s",
		  sum * s->m.page_kb, z->free,
		  l->verdict == r->verdict && l->step_count == r->step_count
			  ? ""
			  : " By the lists' sum the test ends otherwise:");
	if (l->verdict != r->verdict || l->step_count != r->step_count) {
		words_say(w, "    by the lists: %s", watermark_verdict_name(l->verdict));
		say_steps(l, w);
	}
}

static void say_zone(const struct alloc_story *s, unsigned int i, struct words *w)
{
	const struct meminfo_zone *z = &s->m.zones[i];
	const struct watermark *r = &s->w[i];
	char name[32], reserve[48] = "";

	meminfo_zone_name(z, name, sizeof(name));
	if (z->min < 0 || z->free < 0) {
		words_say(w, "%s: its figures are cut off.", name);
		return;
	}
	if (r->reserve_known)
		snprintf(reserve, sizeof(reserve), " + reserve %" PRId64, r->reserve);
	words_say(w,
		  "%s: free %" PRId64 " - %" PRId64 " = %" PRId64 " pages, must exceed min %" PRId64
		  "%s%s: %s",
		  name, r->free, r->unusable, r->free - r->unusable, r->min,
		  r->min != r->mark ? " (of its mark, what the mask must leave)" : "", reserve,
		  verdict_says(r));
	say_steps(r, w);
	if (r->verdict >= WATERMARK_RATIO)
		say_blocks(s, r, w);
	if (s->test.rule != RULE_BLOCK && s->ask.order)
		words_say(w, "    by the rule of 4.4 and later: %s",
			  watermark_verdict_name(s->newer[i].verdict));
	say_lists(s, i, w);
}

static void say_rule(const struct alloc_story *s, struct words *w)
{
	static const char *const rules[] = {
		[RULE_RATIO] =
			"to 4.3: above order 0 the free blocks of each lower order are taken off "
			"in turn, and what is left must exceed the mark, halved at each step",
		[RULE_EL6] = "of RHEL 6: above order 0 the free blocks of each lower order are "
			     "taken off in turn, and something must be left",
		[RULE_BLOCK] = "since 4.4: order 0 by the mark; above it one free block that is "
			       "large enough and of a fitting type",
	};

	words_say(w,
		  "Watermarks (__zone_watermark_ok) by the rule %s. In pages of %u kB; zones up to "
		  "%s:",
		  rules[s->test.rule], s->m.page_kb, s->test.highest);
}

void alloc_say_zones(const struct alloc_story *s, struct words *w)
{
	unsigned int shown = 0, others = 0;

	if (!s->has_dump || !s->ask.has_order || !s->ask.has_mask)
		return;
	say_rule(s, w);
	for (unsigned int i = 0; i < s->m.count; i++) {
		if (!s->allowed[i] || shown == ZONES_SHOWN) {
			others++;
			continue;
		}
		say_zone(s, i, w);
		shown++;
	}
	if (others)
		words_say(w, "%u more zone%s: not for this request, or no different.", others,
			  others == 1 ? "" : "s");
}
