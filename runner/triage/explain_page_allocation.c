/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A failed page allocation explained by its own report, as its best reporters did by hand: what was
 * asked for, which zone refused at which step of the watermark test, what the mask forbade.
 */
#include "triage/explain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "triage/alloc_say.h"
#include "triage/words.h"

static bool takes(const struct triage_case *c)
{
	return c->f.kind == FINDING_PAGE_ALLOC_FAILURE;
}

static json_t *flags_json(uint64_t flags)
{
	json_t *list = json_array();

	for (unsigned int f = 1; f < GFP_FLAG_COUNT; f++)
		if (flags & GFP_BIT(f))
			json_array_append_new(list, json_string(gfp_flag_name(f)));
	return list;
}

static json_t *mask_json(const struct alloc_story *s)
{
	char names[512], hex[16];
	json_t *o;

	snprintf(hex, sizeof(hex), "0x%x", s->ask.mask);
	o = json_pack("{s:s, s:s, s:o, s:s, s:s, s:s, s:b}", "mask", hex, "names",
		      gfp_format(s->era.era, s->flags, names, sizeof(names)), "flags",
		      flags_json(s->flags), "era", s->era.era->name, "source", s->era.era->source,
		      "because", "", "certain", s->era.certain);
	if (!o)
		return json_null();
	json_object_set_new(o, "because", utf8_json(s->era.because));
	if (s->unknown_bits)
		json_object_set_new(o, "unknown_bits", json_integer(s->unknown_bits));
	if (s->ask.names[0]) {
		json_object_set_new(o, "printed", utf8_json(s->ask.names));
		json_object_set_new(o, "printed_agrees", json_boolean(s->names_agree));
	}
	return o;
}

static json_t *steps_json(const struct watermark *w)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < w->step_count; i++)
		json_array_append_new(list, json_pack("{s:i, s:I, s:I, s:I, s:b}", "order",
						      (int)w->steps[i].order, "blocks",
						      (json_int_t)w->steps[i].blocks, "free",
						      (json_int_t)w->steps[i].free, "min",
						      (json_int_t)w->steps[i].min, "passes",
						      w->steps[i].free > w->steps[i].min));
	return list;
}

static void set_known(json_t *o, const char *key, int64_t value)
{
	if (value != MEMINFO_UNKNOWN)
		json_object_set_new(o, key, json_integer((json_int_t)value));
}

static json_t *zone_json(const struct alloc_story *s, unsigned int i)
{
	const struct meminfo_zone *z = &s->m.zones[i];
	const struct watermark *w = &s->w[i];
	json_t *o = json_object();

	set_known(o, "node", z->node);
	json_object_set_new(o, "zone", json_string(z->name));
	json_object_set_new(o, "allowed", json_boolean(s->allowed[i]));
	json_object_set_new(o, "verdict", json_string(watermark_verdict_name(w->verdict)));
	set_known(o, "free_kb", z->free);
	set_known(o, "min_kb", z->min);
	json_object_set_new(o, "free_pages", json_integer(w->free - w->unusable));
	json_object_set_new(o, "min_pages", json_integer(w->min));
	if (w->reserve_known)
		json_object_set_new(o, "reserve_pages", json_integer(w->reserve));
	if (meminfo_list_pages(z) >= 0 && z->sum != MEMINFO_UNKNOWN) {
		set_known(o, "list_pages", meminfo_list_pages(z));
		json_object_set_new(o, "verdict_by_lists",
				    json_string(watermark_verdict_name(s->by_list[i].verdict)));
	}
	set_known(o, "fitting_blocks", w->fitting);
	json_object_set_new(o, "steps", steps_json(w));
	json_object_set_new(o, "since_4_4",
			    json_string(watermark_verdict_name(s->newer[i].verdict)));
	return o;
}

static json_t *remedies_json(const struct alloc_story *s)
{
	json_t *list = json_array();
	const char *says;

	for (unsigned int i = 0; (says = alloc_remedy(s, i)); i++)
		json_array_append_new(list, json_string(says));
	return list;
}

static json_t *details(const struct alloc_story *s)
{
	json_t *o = json_object(), *zones = json_array();

	json_object_set_new(o, "conclusion", json_string(alloc_conclusion_name(s->conclusion)));
	if (s->ask.has_order)
		json_object_set_new(o, "order", json_integer(s->ask.order));
	if (s->ask.bytes)
		json_object_set_new(o, "bytes",
				    json_integer((json_int_t)(s->ask.bytes & INT64_MAX)));
	if (s->ask.cache[0])
		json_object_set_new(o, "cache", utf8_json(s->ask.cache));
	if (s->ask.has_mask)
		json_object_set_new(o, "mode", mask_json(s));
	json_object_set_new(o, "compaction",
			    json_pack("{s:s, s:b}", "state", alloc_compaction_name(s->compaction),
				      "allowed", s->compaction == COMPACTION_ALLOWED));
	for (unsigned int i = 0; s->has_dump && i < s->m.count; i++)
		json_array_append_new(zones, zone_json(s, i));
	json_object_set_new(o, "zones", zones);
	json_object_set_new(o, "remedies", remedies_json(s));
	return o;
}

static char *words(const struct alloc_story *s)
{
	struct words w;
	const char *says;

	words_open(&w);
	alloc_say_request(s, &w);
	alloc_say_zones(s, &w);
	for (unsigned int i = 0; (says = alloc_remedy(s, i)); i++)
		words_say(&w, "%s%s", i ? "       " : "Helps: ", says);
	return words_close(&w);
}

static int one(const struct triage_case *c, const char *release, struct explanation *ret)
{
	_cleanup_(cleanup_free_ptr) struct alloc_story *s = malloc(sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	err = alloc_story_make(c, release, s);
	if (err < 0)
		return err;
	alloc_say_conclusion(s, ret->conclusion, sizeof(ret->conclusion));
	ret->details = details(s);
	ret->words = words(s);
	return 0;
}

const struct explain_ops explain_page_allocation = { "page-allocation", takes, one, NULL };
