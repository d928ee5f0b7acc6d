/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From figures to a verdict. Only what the dump shows counts: where a zone passes, the failing
 * condition was another one or another moment, and that is said instead of a guess.
 */
#include "triage/alloc_story.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "triage/scan_text.h"

static bool has(const struct alloc_story *s, enum gfp_flag f)
{
	return s->flags & GFP_BIT(f);
}

static void decode(struct alloc_story *s, const struct triage_case *c, const char *release)
{
	const char *names = s->ask.names[0] ? s->ask.names : NULL;
	uint64_t said;

	gfp_guess_era(release, s->ask.mask, names, &c->text, &s->era);
	if (!s->ask.has_mask)
		return;
	s->flags = gfp_decode(s->era.era, s->ask.mask, &s->unknown_bits);
	if (!names)
		return;
	s->names_agree =
		!gfp_parse(s->era.era, names, strlen(names), &said) && gfp_same(said, s->flags);
	if (!s->names_agree) /* the kernel knows its own bits best */
		s->flags = said;
}

/* try_to_compact_pages() in mm/compaction.c; 73e64c51afc5 let GFP_NOFS in. */
static enum alloc_compaction compaction(const struct alloc_story *s)
{
	const struct gfp_era *e = s->era.era;

	if (!s->ask.has_order || !s->ask.has_mask)
		return COMPACTION_UNKNOWN;
	if (!s->ask.order)
		return COMPACTION_MOOT;
	if (!(s->flags & GFP_MAY_WAIT))
		return COMPACTION_NO_SLEEP;
	if (!e->vendor && s->era.version && s->era.version < KERNEL(2, 6, 35))
		return COMPACTION_NONE;
	if (!has(s, GFP_IO))
		return COMPACTION_NO_IO;
	return e->before <= KERNEL(4, 10, 0) && !has(s, GFP_FS) ? COMPACTION_NO_FS
								: COMPACTION_ALLOWED;
}

static bool node_allowed(const struct alloc_story *s, int node)
{
	uint64_t bit = node >= 0 && node < 64 ? UINT64_C(1) << node : 0;

	if (!bit)
		return true;
	if (s->ask.has_nodes && !(s->ask.nodes & bit))
		return false;
	return !(s->ask.has_mems && has(s, GFP_HARDWALL)) || (s->ask.mems & bit);
}

static void test_zones(struct alloc_story *s)
{
	struct watermark_ask newer = s->test;

	newer.rule = RULE_BLOCK;
	for (unsigned int i = 0; i < s->m.count; i++) {
		const struct meminfo_zone *z = &s->m.zones[i];

		s->allowed[i] = z->has_zone && watermark_zone_allowed(&s->test, z) &&
				node_allowed(s, z->node);
		watermark_check(&s->test, &s->m, z, MEMINFO_UNKNOWN, &s->w[i]);
		watermark_check(&newer, &s->m, z, MEMINFO_UNKNOWN, &s->newer[i]);
		watermark_check(&s->test, &s->m, z, meminfo_list_pages(z), &s->by_list[i]);
	}
}

/* The allowed zone with that verdict and the most free memory; -1: none. */
static int biggest(const struct alloc_story *s, enum watermark_verdict v, bool fitting)
{
	int best = -1;

	for (unsigned int i = 0; i < s->m.count; i++)
		if (s->allowed[i] && s->w[i].verdict == v && (!fitting || s->w[i].fitting > 0) &&
		    (best < 0 || s->w[i].free > s->w[best].free))
			best = (int)i;
	return best;
}

static bool too_large(const struct alloc_story *s)
{
	unsigned int orders = 0;
	bool whole = false;

	for (unsigned int i = 0; i < s->m.count; i++) {
		if (s->m.zones[i].orders > orders)
			orders = s->m.zones[i].orders;
		whole = whole || s->m.zones[i].sum != MEMINFO_UNKNOWN;
	}
	return whole && orders && s->ask.order >= orders;
}

/* Is most of the zone's free memory in blocks of types that this mask may not use? */
static bool mostly_others(const struct alloc_story *s, int zone)
{
	const struct meminfo_zone *z = &s->m.zones[zone];
	int64_t pages = 0;

	for (unsigned int o = s->ask.order; o < z->orders; o++)
		pages += z->blocks[o] << o;
	return s->w[zone].wrong_type && pages > s->w[zone].free / 2;
}

/* Enough memory, no block: the zone of which most is to be learnt. */
static bool fragmented(struct alloc_story *s)
{
	int ratio = biggest(s, WATERMARK_RATIO, true);
	int block = biggest(s, WATERMARK_NO_BLOCK, false);

	if (ratio < 0)
		ratio = biggest(s, WATERMARK_RATIO, false);
	s->zone = ratio >= 0 && (block < 0 || s->w[ratio].fitting > 0) ? ratio : block;
	if (s->zone < 0)
		return false;
	if (s->zone == block && mostly_others(s, block))
		s->conclusion = ALLOC_RESERVE;
	else if (s->compaction == COMPACTION_NO_FS || s->compaction == COMPACTION_NO_IO)
		s->conclusion = ALLOC_NO_COMPACTION;
	else
		s->conclusion = ALLOC_FRAGMENTED;
	return true;
}

bool alloc_story_kept_for_others(const struct alloc_story *s, int zone)
{
	const struct watermark *w = &s->w[zone];

	return w->verdict == WATERMARK_SHORT &&
	       w->free - ((INT64_C(1) << s->ask.order) - 1) > w->min;
}

/* No zone has enough. Low in the zone that was asked for first is 'short'. */
static void short_or_kept(struct alloc_story *s)
{
	int lacking = biggest(s, WATERMARK_SHORT, false);
	int kept = biggest(s, WATERMARK_KEPT, false);

	s->conclusion = lacking >= 0 ? ALLOC_SHORT : kept >= 0 ? ALLOC_RESERVE : ALLOC_NO_DUMP;
	s->zone = lacking >= 0 ? lacking : kept;
	if (lacking >= 0 && alloc_story_kept_for_others(s, lacking))
		s->conclusion = ALLOC_RESERVE;
}

/*
 * "vmalloc: allocation failure: 425984 bytes" without a word of pages comes from the search for
 * addresses (__vmalloc_node_range). To 4.9 that stood on a line of its own, and the report spoke of
 * order 0: there only the stack tells.
 */
static bool no_addresses(const struct alloc_story *s)
{
	if (s->ask.what == ALLOC_VMALLOC)
		return !s->ask.has_order && !s->ask.problem[0];
	return s->by_vmalloc && !s->ask.order && biggest(s, WATERMARK_PASSES, false) >= 0;
}

static void conclude(struct alloc_story *s)
{
	s->zone = -1;
	s->conclusion = ALLOC_NO_DUMP;
	if (no_addresses(s)) {
		s->conclusion = ALLOC_NO_ADDRESSES;
		return;
	}
	if (!s->has_dump || !s->ask.has_order || !s->ask.has_mask)
		return;
	if (too_large(s)) {
		s->conclusion = ALLOC_TOO_LARGE;
		return;
	}
	s->zone = biggest(s, WATERMARK_PASSES, false);
	s->conclusion = ALLOC_NOT_EXPLAINED;
	if (s->zone >= 0 || fragmented(s))
		return;
	short_or_kept(s);
}

/* The innermost frame behind those that print the report. */
static bool by_vmalloc(const char *stack)
{
	static const char *const reporters[] = {
		"dump_stack", "warn_alloc",     "show_stack",
		"dump_trace", "dump_backtrace", "unwind_backtrace"
	};

	while (*stack) {
		bool reports = false;

		for (size_t i = 0; i < ARRAY_SIZE(reporters); i++)
			reports = reports || scan_starts(stack, reporters[i]);
		if (!reports)
			return scan_starts(stack, "__vmalloc");
		stack += strcspn(stack, "\n");
		stack += *stack == '\n';
	}
	return false;
}

static void asker(struct alloc_story *s, const struct triage_case *c)
{
	s->by_vmalloc = by_vmalloc(c->f.stack);
	s->kswapd = scan_starts(c->f.comm, "kswapd");
	for (unsigned int i = 0; i < c->text.count; i++)
		s->interrupt = s->interrupt || strstr(c->text.lines[i], "<IRQ>") ||
			       strstr(c->text.lines[i], "do_softirq") ||
			       strstr(c->text.lines[i], "<SOFTIRQ>");
}

int alloc_story_make(const struct triage_case *c, const char *release, struct alloc_story *ret)
{
	int err;

	memset(ret, 0, sizeof(*ret));
	err = alloc_request_parse(c->f.text, &c->text, &ret->ask);
	if (err < 0)
		return err;
	decode(ret, c, release);
	asker(ret, c);
	ret->compaction = compaction(ret);
	watermark_ask_make(&ret->era, ret->flags, ret->ask.order, &ret->test);
	if (ret->kswapd && !ret->interrupt)
		ret->test.none = true; /* PF_MEMALLOC */
	ret->has_dump = !meminfo_parse(&ret->m, &c->text);
	if (ret->has_dump)
		test_zones(ret);
	conclude(ret);
	return 0;
}

void alloc_story_retest(struct alloc_story *s, const struct meminfo *m)
{
	s->m = *m;
	s->has_dump = m->count > 0;
	test_zones(s);
	conclude(s);
}

const char *alloc_conclusion_name(enum alloc_conclusion c)
{
	static const char *const names[] = {
		[ALLOC_NOT_EXPLAINED] = "not-explained-by-this-dump",
		[ALLOC_NO_DUMP] = "no-dump",
		[ALLOC_SHORT] = "short-of-memory",
		[ALLOC_RESERVE] = "reserve",
		[ALLOC_FRAGMENTED] = "fragmented",
		[ALLOC_NO_COMPACTION] = "forbidden-to-compact",
		[ALLOC_TOO_LARGE] = "too-large",
		[ALLOC_NO_ADDRESSES] = "no-addresses",
	};

	return (size_t)c < ARRAY_SIZE(names) ? names[c] : "?";
}
