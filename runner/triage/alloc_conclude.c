/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One sentence a conclusion, with the figures that carry it. */
#include "triage/alloc_say.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/cleanup.h"

typedef void (*sentence_fn)(const struct alloc_story *s, const char *zone, char *buf, size_t size);

static int64_t kb(const struct alloc_story *s, int64_t pages)
{
	return pages * s->m.page_kb;
}

static const char *forbidden(const struct alloc_story *s)
{
	switch (s->compaction) {
	case COMPACTION_NO_FS:
		return ", and the mask forbids to compact: before v4.10 that takes __GFP_FS";
	case COMPACTION_NO_IO:
		return ", and the mask forbids to compact: that takes __GFP_IO";
	case COMPACTION_NO_SLEEP:
		return ", and a request that may not sleep can neither reclaim nor compact";
	default:
		return "";
	}
}

static void say_ratio(const struct alloc_story *s, const char *zone, char *buf, size_t size)
{
	const struct watermark *w = &s->w[s->zone];
	const struct watermark_step *step = &w->steps[w->step_count - 1];
	char blocks[96] = "";

	if (w->fitting > 0)
		snprintf(blocks, sizeof(blocks), ", %" PRId64 " free blocks of order %u or more",
			 w->fitting, s->ask.order);
	else if (!w->fitting)
		snprintf(blocks, sizeof(blocks), ", no free block of order %u", s->ask.order);
	snprintf(buf, size,
		 "Fragmented: memory is not short (%s: %" PRId64 " kB free, min %" PRId64
		 " kB%s), but the "
		 "watermark rule before v4.4 refuses order %u at step %u (%" PRId64 " <= %" PRId64
		 " pages)%s; %s",
		 zone, kb(s, w->free), kb(s, w->mark), blocks, s->ask.order, step->order,
		 step->free, step->min, forbidden(s),
		 s->newer[s->zone].verdict == WATERMARK_PASSES
			 ? "the rule since v4.4 (97a16fc82a7c) passes it"
			 : "see what the rule since v4.4 (97a16fc82a7c) says of the zones");
}

static void say_fragmented(const struct alloc_story *s, const char *zone, char *buf, size_t size)
{
	const struct watermark *w = &s->w[s->zone];

	char others[128] = "";

	if (w->verdict == WATERMARK_RATIO && w->fitting) {
		say_ratio(s, zone, buf, size);
		return;
	}
	if (w->wrong_type)
		snprintf(others, sizeof(others),
			 " that it may use (of those free %" PRId64
			 " are CMA or kept for atomic requests)",
			 w->wrong_type);
	snprintf(buf, size,
		 "Fragmented: %s has %" PRId64 " kB free (min %" PRId64
		 " kB) but no free block of order %u (%u kB)%s%s",
		 zone, kb(s, w->free), kb(s, w->mark), s->ask.order, s->m.page_kb << s->ask.order,
		 others, forbidden(s));
}

static void say_short(const struct alloc_story *s, const char *zone, char *buf, size_t size)
{
	const struct watermark *w = &s->w[s->zone];

	snprintf(buf, size,
		 "Short of memory: %s, the zone with most, has %" PRId64
		 " kB free, and this request must leave "
		 "%" PRId64 " kB of its min mark of %" PRId64 " kB; %s",
		 zone, kb(s, w->free), kb(s, w->min), kb(s, w->mark),
		 s->flags & GFP_MAY_WAIT ? "it could wait, and reclaim did not help"
					 : "it may not wait for reclaim, so it fails at once and "
					   "its caller must cope");
}

static void say_reserve(const struct alloc_story *s, const char *zone, char *buf, size_t size)
{
	const struct watermark *w = &s->w[s->zone];
	const struct meminfo_zone *z = &s->m.zones[s->zone];

	if (w->verdict == WATERMARK_KEPT)
		snprintf(buf, size,
			 "Reserve: only lower zones have memory, and it is kept from this request: "
			 "%s has %" PRId64 " kB free and keeps %" PRId64
			 " kB (lowmem_reserve) beside its min of %" PRId64 " kB",
			 zone, kb(s, w->free), kb(s, w->reserve), kb(s, w->mark));
	else if (w->verdict == WATERMARK_NO_BLOCK)
		snprintf(buf, size,
			 "Reserve: %s has %" PRId64 " kB free and %" PRId64
			 " blocks of order %u or more, but all "
			 "of types that this mask may not use (C: CMA, H: high-order atomic, I: "
			 "isolated)%s",
			 zone, kb(s, w->free), w->wrong_type, s->ask.order, forbidden(s));
	else
		snprintf(buf, size,
			 "Reserve: of the %" PRId64 " kB free in %s %" PRId64
			 " kB are not for this request (CMA %" PRId64
			 " kB); what is left does not exceed %" PRId64 " kB",
			 kb(s, w->free), zone, kb(s, w->unusable),
			 z->free_cma < 0 ? 0 : z->free_cma, kb(s, w->min));
}

static void say_passes(const struct alloc_story *s, const char *zone, char *buf, size_t size)
{
	const struct watermark *w = &s->w[s->zone];
	char blocks[64] = "";

	if (s->ask.order)
		snprintf(blocks, sizeof(blocks), " and %" PRId64 " blocks that fit", w->fitting);
	snprintf(buf, size,
		 "Not explained by this dump: %s passes this kernel's test (%" PRId64
		 " kB free, min %" PRId64
		 " kB%s); the dump was taken after the failure, or another condition failed%s",
		 zone, kb(s, w->free), kb(s, w->mark), blocks,
		 s->flags & GFP_BIT(GFP_THISNODE) ? " (the mask insists on one node)" : "");
}

static void say_too_large(const struct alloc_story *s, const char *zone, char *buf, size_t size)
{
	snprintf(buf, size,
		 "Too large: no free list of this kernel holds blocks of order %u (%" PRIu64
		 " kB), so the request can never be met",
		 s->ask.order, (uint64_t)s->m.page_kb << s->ask.order);
}

static void say_no_dump(const struct alloc_story *s, const char *zone, char *buf, size_t size)
{
	if (s->ask.what == ALLOC_SLAB)
		snprintf(buf, size,
			 "A slab cache%s%s could not grow: %s; the page allocator's own report, if "
			 "any, tells why",
			 s->ask.cache[0] ? " " : "", s->ask.cache,
			 s->flags & GFP_MAY_WAIT ? "the request could wait"
						 : "the request may not wait");
	else if (s->ask.what == ALLOC_XFS)
		snprintf(buf, size,
			 "XFS wants %" PRIu64 " contiguous bytes and asks again until it gets "
			 "them: it has not failed, it waits",
			 s->ask.bytes);
	else if (s->ask.what == ALLOC_VMALLOC && s->ask.problem[0])
		snprintf(buf, size, "vmalloc of %" PRIu64 " bytes: %s", s->ask.bytes,
			 s->ask.problem);
	else if (s->has_dump)
		snprintf(buf, size,
			 "Not explained: the Mem-Info of this failure is cut off or lacks the "
			 "zones that the mask allows");
	else
		snprintf(buf, size,
			 "Not explained: the log holds no Mem-Info of this failure (it is "
			 "rate-limited, and filtered for tasks that die)");
}

static void say_no_addresses(const struct alloc_story *s, const char *zone, char *buf, size_t size)
{
	char bytes[40] = "";

	if (s->ask.bytes)
		snprintf(bytes, sizeof(bytes), " of %" PRIu64 " bytes", s->ask.bytes);
	if (s->ask.what == ALLOC_VMALLOC && !s->ask.bytes)
		snprintf(buf, size,
			 "vmalloc was asked for 0 bytes: the caller's mistake, not a lack of "
			 "memory");
	else
		snprintf(buf, size,
			 "vmalloc%s found no range of addresses (or was asked for more than there "
			 "is): it gave up itself, the page "
			 "allocator did not fail; where addresses are few, vmalloc=SIZE on the "
			 "command line helps",
			 bytes);
}

void alloc_say_conclusion(const struct alloc_story *s, char *buf, size_t size)
{
	static const sentence_fn sentences[] = {
		[ALLOC_NOT_EXPLAINED] = say_passes,  [ALLOC_NO_DUMP] = say_no_dump,
		[ALLOC_SHORT] = say_short,           [ALLOC_RESERVE] = say_reserve,
		[ALLOC_FRAGMENTED] = say_fragmented, [ALLOC_NO_COMPACTION] = say_fragmented,
		[ALLOC_TOO_LARGE] = say_too_large,   [ALLOC_NO_ADDRESSES] = say_no_addresses,
	};
	char zone[32] = "";

	if (s->zone >= 0)
		meminfo_zone_name(&s->m.zones[s->zone], zone, sizeof(zone));
	sentences[s->conclusion](s, zone, buf, size);
}

const char *alloc_compaction_name(enum alloc_compaction c)
{
	static const char *const names[] = {
		[COMPACTION_MOOT] = "moot",         [COMPACTION_ALLOWED] = "allowed",
		[COMPACTION_NO_SLEEP] = "no-sleep", [COMPACTION_NO_FS] = "no-fs",
		[COMPACTION_NO_IO] = "no-io",       [COMPACTION_NONE] = "not-in-this-kernel",
		[COMPACTION_UNKNOWN] = "unknown",
	};

	return (size_t)c < ARRAY_SIZE(names) ? names[c] : "?";
}

const char *alloc_compaction_says(enum alloc_compaction c)
{
	static const char *const says[] = {
		[COMPACTION_MOOT] = "order 0 is a single page: compaction has nothing to do",
		[COMPACTION_ALLOWED] = "allowed by the mask (if the kernel is built with it); it "
				       "did not yield a block in time",
		[COMPACTION_NO_SLEEP] =
			"not possible: the mask lacks direct reclaim, so the request may not "
			"sleep; only kswapd and kcompactd can help, later",
		[COMPACTION_NO_FS] = "forbidden: try_to_compact_pages() before v4.10 returns at "
				     "once unless the mask has __GFP_FS and __GFP_IO "
				     "(73e64c51afc5, v4.10, lets GFP_NOFS compact)",
		[COMPACTION_NO_IO] = "forbidden: try_to_compact_pages() returns at once unless the "
				     "mask has __GFP_IO",
		[COMPACTION_NONE] = "this kernel has none (it came in 2.6.35)",
		[COMPACTION_UNKNOWN] = "",
	};

	return (size_t)c < ARRAY_SIZE(says) ? says[c] : "";
}
