/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 *   outside      {begin, noticed_first ("inside" or "outside"), stages, rungs, dumps, triggers,
 * notes, vmcore}: as journalled in outside.jsonl, each with at_seconds on the run's clock reading
 * of the vmcore, see record_reading.h blocked      {from, classes: [{count, stack, tasks}]}
 */
#include "outside_json.h"

static void set(json_t *o, const char *key, json_t *value)
{
	if (value)
		json_object_set(o, key, value);
}

static json_t *outside(const struct record *r)
{
	const struct finding *first = record_first_noticed(r);
	const struct record_outside *out = &r->outside;
	json_t *o = json_object();

	set(o, "begin", out->begin);
	if (first)
		json_object_set_new(o, "noticed_first",
				    json_string(record_from_outside(first) ? "outside" : "inside"));
	set(o, "stages", out->stages);
	set(o, "rungs", out->rungs);
	set(o, "dumps", out->dumps);
	set(o, "triggers", out->triggers);
	set(o, "notes", out->notes);
	set(o, "vmcore", out->vmcore);
	return o;
}

void outside_json(json_t *to, const struct record *r)
{
	json_t *blocked;

	if (r->outside.present)
		json_object_set_new(to, "outside", outside(r));
	if (r->reading) {
		json_t *reading = json_copy(r->reading);

		json_object_del(reading, "blocked"); /* below */
		json_object_set_new(to, "reading", reading);
	}
	if (!json_array_size(r->blocked))
		return;
	blocked = json_object();
	json_object_set_new(blocked, "from", json_string(r->blocked_from));
	json_object_set(blocked, "classes", r->blocked);
	json_object_set_new(to, "blocked", blocked);
}
