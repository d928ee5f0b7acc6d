/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The story of the machine that is gone, in the order in which its reader asks: where did it run,
 * who saw it first, and how was its memory saved. What that tells is in page_reading.c.
 */
#include "page_outside.h"

#include <string.h>

#include "base/escape.h"
#include "event.h"
#include "page.h"
#include "say.h"

#define NOTES_SHOWN 12

#define MIB (1024.0 * 1024.0)

/* By whom the record was seen from outside, where the run ran. */
static const char *place(const char *what)
{
	if (!strcmp(what, "vm"))
		return "a throwaway guest";
	return !strcmp(what, "collect") ? "a machine that crashed"
					: "a machine that was watched from outside";
}

static void machine(const json_t *begin, FILE *to)
{
	uint64_t bytes = event_number(begin, "memory_bytes"), cpus = event_number(begin, "cpus");
	const char *why = event_text(begin, "accel_why");
	char text[768] = "";

	if (cpus && bytes)
		snprintf(text, sizeof(text), ", %llu CPUs, %.0f MiB", (unsigned long long)cpus,
			 (double)bytes / MIB);
	page_join(to, "ran in", place(event_text(begin, "what")), text, "");
	snprintf(text, sizeof(text), "%.60s%s%.300s%s", event_text(begin, "accel"),
		 why[0] ? " (" : "", why, why[0] ? ")" : "");
	page_field(to, "accel", text);
	snprintf(text, sizeof(text), "%.200s%s%.128s", event_text(begin, "kernel"),
		 event_text(begin, "kernel")[0] && event_text(begin, "release")[0] ? ": " : "",
		 event_text(begin, "release"));
	page_field(to, "kernel", text);
	page_field(to, "cmdline", event_text(begin, "cmdline"));
	page_field(to, "host", event_text(begin, "host"));
	page_field(to, "qemu", event_text(begin, "qemu"));
}

static void stages(const struct record *r, FILE *to)
{
	json_t *stage;
	size_t i;

	json_array_foreach (r->outside.stages, i, stage) {
		fprintf(to, "  %8.1f s  ", json_number_value(json_object_get(stage, "at_seconds")));
		escape_plain(to, event_text(stage, "name"));
		fputs(event_text(stage, "detail")[0] ? ": " : "", to);
		escape_plain(to, event_text(stage, "detail"));
		fputc('\n', to);
	}
}

static void triggers(const struct record *r, FILE *to)
{
	json_t *trigger;
	size_t i;

	json_array_foreach (r->outside.triggers, i, trigger) {
		fprintf(to, "  %8.1f s  trigger ",
			json_number_value(json_object_get(trigger, "at_seconds")));
		escape_plain(to, event_text(trigger, "name"));
		fputc(' ', to);
		escape_plain(to, event_text(trigger, "result"));
		fputs(event_text(trigger, "detail")[0] ? ": " : "", to);
		escape_plain(to, event_text(trigger, "detail"));
		fputc('\n', to);
	}
}

void page_outside(const struct record *r, FILE *to)
{
	const struct finding *first = record_first_noticed(r);
	char line[SAY_SENTENCE];

	if (!r->outside.present)
		return;
	page_title(to, "Seen from outside");
	machine(r->outside.begin, to);
	if (first)
		page_join(to, "first seen",
			  record_from_outside(first) ? "from outside: " : "inside: ",
			  say_finding(r, first, line, sizeof(line)), "");
	stages(r, to);
	triggers(r, to);
}

static void unusable_rungs(const struct record *r, FILE *to)
{
	json_t *rung;
	size_t i;

	json_array_foreach (r->outside.rungs, i, rung)
		if (!strcmp(event_text(rung, "result"), "unusable"))
			page_join(to, "unusable", event_text(rung, "name"),
				  event_text(rung, "detail")[0] ? ": " : "",
				  event_text(rung, "detail"));
}

void page_dump(const struct record *r, FILE *to)
{
	json_t *dump;
	char line[SAY_SENTENCE];
	size_t i;

	if (!json_array_size(r->outside.dumps))
		return;
	page_title(to, "Dump");
	unusable_rungs(r, to);
	json_array_foreach (r->outside.dumps, i, dump) {
		bool done = !strcmp(event_text(dump, "result"), "done");

		page_field(to, done ? "done" : "failed", say_dump(dump, line, sizeof(line)));
	}
}

void page_outside_notes(const struct record *r, FILE *to)
{
	json_t *note;
	size_t i;

	if (r->outside.torn || r->outside.bad_lines)
		fprintf(to, "\nRecord: %u lines of outside.jsonl cannot be read%s.\n",
			r->outside.bad_lines + r->outside.torn,
			r->outside.torn ? ", its last is cut" : "");
	if (json_array_size(r->outside.notes))
		page_title(to, "Remarks from outside");
	json_array_foreach (r->outside.notes, i, note) {
		if (i == NOTES_SHOWN) {
			fprintf(to, "  and %zu more: see outside.jsonl\n",
				json_array_size(r->outside.notes) - i);
			break;
		}
		fprintf(to, "  %8.1f s  ", json_number_value(json_object_get(note, "at_seconds")));
		escape_plain(to, event_text(note, "text"));
		fputc('\n', to);
	}
}
