/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sentences. They are written for somebody who has not read the manual and has one minute:
 * which scenario, what became of it, and what that says about the kernel.
 */
#include "say.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "event.h"

const char *say_name(const struct record *r)
{
	const char *name = record_manifest_text(r, "scenario.name");
	size_t i;
	json_t *event;

	json_array_foreach (r->events, i, event)
		if (!name[0] && !strcmp(event_text(event, "event"), "run-begin"))
			name = event_text(event, "name");
	if (!name[0])
		name = record_manifest_text(r, "id");
	return name[0] ? name : "unnamed";
}

const char *say_verdict(const struct record *r, char *buf, size_t size)
{
	static const char *const plain[VERDICT_COUNT] = {
		[VERDICT_SURVIVED] = "ran to its end, and its bug did not show.",
		[VERDICT_REPRODUCED] = "showed its bug.",
		[VERDICT_OTHER_FAULT] = "met a kernel fault that is neither its bug nor allowed.",
		[VERDICT_SKIPPED] = "cannot run here.",
		[VERDICT_INCONCLUSIVE] = "ended before it could say anything.",
		[VERDICT_BROKEN] = "failed by itself, which says nothing about the kernel.",
	};
	static const char *const control[VERDICT_COUNT] = {
		[VERDICT_SURVIVED] = "is a positive control, and its fault was not noticed: the "
				     "trap does not catch.",
		[VERDICT_REPRODUCED] =
			"is a positive control, and its fault was noticed, as it must be.",
	};
	const char *what = r->must_reproduce ? control[r->verdict] : NULL;

	snprintf(buf, size, "%s: %s %s", verdict_name(r->verdict), say_name(r),
		 what ? what : plain[r->verdict]);
	return buf;
}

const char *say_finding(const struct record *r, const struct finding *f, char *buf, size_t size)
{
	char at[48] = "", after[48] = "";

	if (r->epoch_us && f->noticed_us)
		snprintf(at, sizeof(at), " at %.1f s", record_seconds_at(r, f->noticed_us));
	if (f->began_us && f->noticed_us >= f->began_us)
		snprintf(after, sizeof(after), ", %.3g s after it began",
			 (double)(f->noticed_us - f->began_us) / 1e6);
	snprintf(buf, size, "%s%s%s%s%s, noticed by %s%s%s", finding_kind_name(f->kind),
		 f->comm[0] ? " of " : "", f->comm, f->function[0] ? " in " : "", f->function,
		 f->watcher[0] ? f->watcher : "an unknown watcher", at, after);
	return buf;
}

/* Of another hand: a day is more than a dump takes. */
static double dump_seconds(const json_t *dump, const char *key)
{
	double seconds = event_seconds(dump, key);

	return seconds < 86400 ? seconds : 86400;
}

const char *say_dump(const json_t *dump, char *buf, size_t size)
{
	const char *detail = event_text(dump, "detail");
	char result[64] = "", after[64] = "";
	bool done = !strcmp(event_text(dump, "result"), "done");

	if (done)
		snprintf(result, sizeof(result), ": %.24s, %.1f MiB", event_text(dump, "file"),
			 (double)event_number(dump, "bytes") / (1 << 20));
	if (done && event_seconds(dump, "after_symptom_seconds") > 0)
		snprintf(after, sizeof(after), ", %.1f s after the symptom",
			 dump_seconds(dump, "after_symptom_seconds"));
	snprintf(buf, size, "%.64s%s, %s %.1f s%s%s%.300s", event_text(dump, "name"), result,
		 done ? "in" : "after", dump_seconds(dump, "seconds"), after, detail[0] ? ": " : "",
		 detail);
	return buf;
}

const json_t *say_made_dump(const struct record *r)
{
	json_t *dump;
	size_t i;

	json_array_foreach (r->outside.dumps, i, dump)
		if (!strcmp(event_text(dump, "result"), "done"))
			return dump;
	return NULL;
}

json_t *say_events(const struct record *r, const char *name)
{
	json_t *array = json_array(), *event;
	size_t i;

	json_array_foreach (r->events, i, event)
		if (!strcmp(event_text(event, "event"), name))
			json_array_append(array, event);
	return array;
}

static json_t *phase_begun(const json_t *event)
{
	static const char *const members[] = { "phase", "index", "round", "copies" };
	json_t *phase = json_object();

	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		json_t *value = json_object_get(event, members[i]);

		if (value && !json_is_null(value))
			json_object_set(phase, members[i], value);
	}
	json_object_set_new(phase, "begin", json_real(event_seconds(event, "t")));
	return phase;
}

/* One phase at a time: an end belongs to the latest begin. */
json_t *say_phases(const struct record *r)
{
	json_t *array = json_array(), *event, *phase;
	size_t i;

	json_array_foreach (r->events, i, event) {
		const char *name = event_text(event, "event");

		if (!strcmp(name, "phase-begin"))
			json_array_append_new(array, phase_begun(event));
		if (strcmp(name, "phase-end") || !json_array_size(array))
			continue;
		phase = json_array_get(array, json_array_size(array) - 1);
		json_object_set_new(phase, "end", json_real(event_seconds(event, "t")));
		json_object_set_new(phase, "why", json_string(event_text(event, "why")));
	}
	return array;
}
