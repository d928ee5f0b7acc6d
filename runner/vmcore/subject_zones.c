/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the log tells of an allocation that failed above order 0, the zones are put to the
 * watermark test again: by the rule of this kernel's age, and by the one before 4.4, by the same
 * code that reads Mem-Infos. Their figures are of the dump's moment, which comes later: a zone that
 * grants the request by now disproves nothing.
 */
#include "vmcore/subject.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "event.h"
#include "triage/alloc_say.h"
#include "triage/lines.h"

/* The last failure above order 0 that the log tells of. */
struct failure {
	struct alloc_story story;
	char comm[32];
	unsigned int count;
};

static void take_cases(void *ctx, const struct cases_batch *batch)
{
	struct failure *f = ctx;

	for (unsigned int i = 0; i < batch->count; i++) {
		const struct triage_case *c = &batch->cases[i];
		_cleanup_free_ struct alloc_story *story = NULL;

		if (c->f.kind != FINDING_PAGE_ALLOC_FAILURE)
			continue;
		story = malloc(sizeof(*story));
		if (!story || alloc_story_make(c, batch->release, story) < 0 ||
		    !story->ask.has_mask || !story->ask.has_order || !story->ask.order)
			continue;
		f->story = *story;
		snprintf(f->comm, sizeof(f->comm), "%s", c->f.comm);
		f->count += c->count;
	}
}

static void read_log(const char *log, struct failure *f)
{
	_cleanup_(cleanup_cases) struct cases *cases = cases_new(take_cases, f);
	_cleanup_(cleanup_lines) struct lines *lines = cases ? lines_new(cases) : NULL;
	size_t left = strlen(log);

	while (lines && left) {
		size_t room;
		char *to = lines_space(lines, &room);
		size_t n = left < room ? left : room;

		memcpy(to, log, n);
		lines_got(lines, n);
		log += n;
		left -= n;
	}
	if (lines)
		lines_end(lines);
	if (cases)
		cases_end(cases);
}

/* Pages as kB, and -1 for what is not there. */
static int64_t kilobytes(const json_t *zone, const char *key, unsigned int page_kb)
{
	const json_t *value = json_object_get(zone, key);
	json_int_t pages = json_integer_value(value);

	if (!json_is_integer(value) || pages < 0 || pages > INT64_MAX / 1024)
		return MEMINFO_UNKNOWN;
	return pages * page_kb;
}

static uint8_t types_of(const char *letters)
{
	static const struct {
		char letter;
		uint8_t type;
	} types[] = { { 'U', BLOCK_U }, { 'E', BLOCK_E }, { 'M', BLOCK_M }, { 'R', BLOCK_R },
		      { 'H', BLOCK_H }, { 'C', BLOCK_C }, { 'I', BLOCK_I } };
	uint8_t found = 0;

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (strchr(letters, types[i].letter))
			found |= types[i].type;
	return found;
}

static void take_lists(const json_t *zone, unsigned int page_kb, struct meminfo_zone *z)
{
	const json_t *blocks = json_object_get(zone, "blocks");
	const json_t *types = json_object_get(zone, "types");
	const json_t *reserves = json_object_get(zone, "reserve_pages"), *one;
	size_t i;

	json_array_foreach (blocks, i, one) {
		json_int_t count = json_integer_value(one);
		const char *letters = json_string_value(json_array_get(types, i));

		if (i == MEMINFO_ORDERS)
			break;
		z->blocks[i] = count > 0 && count <= INT32_MAX ? count : 0;
		z->types[i] = types_of(letters ? letters : "");
		z->orders++;
	}
	z->has_types = json_array_size(types) > 0;
	z->sum = meminfo_list_pages(z) * page_kb;
	json_array_foreach (reserves, i, one)
		if (i < MEMINFO_RESERVES)
			z->reserve[z->reserves++] = json_integer_value(one);
}

static void take_zone(const json_t *zone, unsigned int page_kb, struct meminfo_zone *z)
{
	*z = (struct meminfo_zone){
		.node = (int)event_number(zone, "node"),
		.has_zone = true,
		.free = kilobytes(zone, "free_pages", page_kb),
		.min = kilobytes(zone, "min_pages", page_kb),
		.low = kilobytes(zone, "low_pages", page_kb),
		.high = kilobytes(zone, "high_pages", page_kb),
		.boost = MEMINFO_UNKNOWN,
		.reserved_highatomic = kilobytes(zone, "reserved_highatomic_pages", page_kb),
		.free_highatomic = MEMINFO_UNKNOWN,
		.free_cma = kilobytes(zone, "free_cma_pages", page_kb),
		.present = kilobytes(zone, "present_pages", page_kb),
		.managed = kilobytes(zone, "managed_pages", page_kb),
	};
	event_copy(zone, "name", z->name, sizeof(z->name));
	take_lists(zone, page_kb, z);
}

static struct meminfo *take_zones(const json_t *facts)
{
	uint64_t page_kb = event_number(facts, "page_bytes") / 1024;
	struct meminfo *m = calloc(1, sizeof(*m));
	const json_t *zone;
	size_t i;

	if (!m || !page_kb || page_kb > 64) {
		free(m);
		return NULL;
	}
	m->page_kb = (unsigned int)page_kb;
	json_array_foreach (json_object_get(facts, "zones"), i, zone) {
		if (m->count == MEMINFO_ZONES) {
			m->cut = true;
			break;
		}
		take_zone(zone, m->page_kb, &m->zones[m->count++]);
	}
	return m;
}

static json_t *steps_json(const struct watermark *w)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < w->step_count; i++)
		json_array_append_new(list, json_pack("{s:i, s:I, s:I, s:I}", "order",
						      (int)w->steps[i].order, "blocks",
						      (json_int_t)w->steps[i].blocks, "free",
						      (json_int_t)w->steps[i].free, "min",
						      (json_int_t)w->steps[i].min));
	return list;
}

/* The zone with most free memory that the old rule refuses; -1: none. */
static int refused_by_ratio(const struct alloc_story *s, struct watermark *ret)
{
	struct watermark_ask ratio = s->test;
	int found = -1;

	ratio.rule = RULE_RATIO;
	for (unsigned int i = 0; i < s->m.count; i++) {
		struct watermark w;

		watermark_check(&ratio, &s->m, &s->m.zones[i], MEMINFO_UNKNOWN, &w);
		if (s->allowed[i] && w.verdict == WATERMARK_RATIO && w.step_count &&
		    (found < 0 || w.free > ret->free)) {
			found = (int)i;
			*ret = w;
		}
	}
	return found;
}

/* What both rules make of each zone, beside its figures. */
static void note_zones(const struct alloc_story *s, json_t *zones)
{
	struct watermark_ask ratio = s->test;

	ratio.rule = RULE_RATIO;
	for (unsigned int i = 0; i < s->m.count; i++) {
		json_t *zone = json_array_get(zones, i);
		struct watermark w;

		watermark_check(&ratio, &s->m, &s->m.zones[i], MEMINFO_UNKNOWN, &w);
		json_object_set_new(zone, "by_this_kernels_rule",
				    json_string(watermark_verdict_name(s->w[i].verdict)));
		json_object_set_new(zone, "by_the_rule_before_4_4",
				    json_string(watermark_verdict_name(w.verdict)));
		json_object_set_new(zone, "steps_before_4_4", steps_json(&w));
	}
}

static void say_ratio(const struct alloc_story *story, int zone, const struct watermark *w,
		      struct saying *s)
{
	const struct meminfo_zone *z = &story->m.zones[zone];
	const struct watermark_step *last = &w->steps[w->step_count - 1];
	char name[32];

	saying_add(s,
		   "%s has %" PRId64 " kB free and %" PRId64
		   " blocks that fit, which the rule since 4.4 grants, while the one before 4.4 "
		   "refuses it at order %u: %" PRId64 " free pages in larger blocks must exceed "
		   "%" PRId64,
		   meminfo_zone_name(z, name, sizeof(name)), z->free, w->fitting, last->order,
		   last->free, last->min);
	if (!(story->flags & GFP_BIT(GFP_FS)))
		saying_add(s, " (and before 4.10 a mask without __GFP_FS forbade compaction)");
}

/* This kernel's own rule tells why. */
static bool explains(const struct alloc_story *s)
{
	return s->conclusion != ALLOC_NOT_EXPLAINED && s->conclusion != ALLOC_NO_DUMP;
}

/* @then: by the report in the log; @now: by the dump's zones */
static bool judge_failure(const struct failure *f, const struct alloc_story *now, struct saying *s)
{
	const struct alloc_story *then = &f->story;
	char conclusion[512];
	struct watermark w;
	int zone;

	saying_add(s, "Order %u was refused to %s %u time%s; ", then->ask.order,
		   f->comm[0] ? f->comm : "somebody", f->count, f->count == 1 ? "" : "s");
	if (explains(now)) {
		alloc_say_conclusion(now, conclusion, sizeof(conclusion));
		saying_add(s, "by the zones of the dump: %s", conclusion);
		return true;
	}
	zone = explains(then) ? -1 : refused_by_ratio(now, &w);
	if (zone >= 0) {
		saying_add(s, "in the dump ");
		say_ratio(now, zone, &w, s);
		return true;
	}
	zone = explains(then) ? -1 : refused_by_ratio(then, &w);
	if (zone >= 0) {
		saying_add(s, "by the report in its log ");
		say_ratio(then, zone, &w, s);
		saying_add(s, "; by now the zones grant it by any rule");
		return true;
	}
	saying_add(s, "by now its zones grant it");
	return false;
}

static bool judge_zones(const struct subject_dump *d, char *says)
{
	_cleanup_free_ struct failure *f = calloc(1, sizeof(*f));
	_cleanup_free_ struct meminfo *m = take_zones(d->facts);
	_cleanup_free_ struct alloc_story *now = malloc(sizeof(*now));
	struct saying s = { .buf = says };

	if (!f || !now || !m || !m->count) {
		saying_add(&s, "the dump has no zones");
		return false;
	}
	read_log(d->log, f);
	if (!f->count) {
		saying_add(&s, "the log tells of no allocation above order 0 that failed");
		return false;
	}
	*now = f->story;
	alloc_story_retest(now, m);
	note_zones(now, json_object_get(d->facts, "zones"));
	return judge_failure(f, now, &s);
}

const struct subject_ops subject_zones = { "order-refused", judge_zones };
