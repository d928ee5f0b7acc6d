/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * result.json: the whole record for machines, in one object.
 *   result_version, verdict, reason
 *   ok                  does a runner of tests count it as passed (a control is turned around)
 *   exit_code, kcidb    as `hangar run` ended, and in KernelCI's words
 *   must_reproduce, finished, live, torn, bad_lines
 *   seconds, steps, oom_kills
 *   counts              {judgement: {kind: number}}
 *   first_noticed       the finding that the verdict rests on
 *   findings            [{id, kind, judged, watcher, at_seconds, after_seconds, ...}]
 *   works               [{name, group, starts, restarts, ..., steps, slowest_us}]
 *   phases              [{phase, index, round, copies, begin, end, why}]
 *   skips, evidence, triggers, notes: as journalled
 *   plants              [{name, hits}] of a planted kernel
 *   deltas              [{finding, from, to, moved, still, sentences, zones}] around findings
 *   trace               [{result, ...}] as journalled
 *   outside, reading, blocked: see outside_json.c
 *   manifest
 * Members without a value are left out; no null is added.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "outside_json.h"
#include "planted.h"
#include "say.h"
#include "sink.h"

#define RESULT_VERSION 1

static void set_text(json_t *o, const char *key, const char *text)
{
	if (text[0])
		json_object_set_new(o, key, utf8_json(text));
}

static void set_number(json_t *o, const char *key, uint64_t value)
{
	json_object_set_new(o, key, json_integer((json_int_t)(value & INT64_MAX)));
}

static void set_seconds(json_t *o, const char *key, double seconds)
{
	json_object_set_new(o, key, json_real(seconds));
}

static void set_bool(json_t *o, const char *key, bool value)
{
	json_object_set_new(o, key, json_boolean(value));
}

static json_t *stack_lines(const char *stack)
{
	json_t *array = json_array();

	while (*stack) {
		size_t len = strcspn(stack, "\n");

		json_array_append_new(array, json_stringn(stack, len));
		stack += len + (stack[len] == '\n');
	}
	return array;
}

static json_t *members(const char *lines)
{
	json_t *array = json_array();
	struct finding_member m;

	while (finding_next_member(&lines, &m)) {
		json_t *o = json_object();

		set_number(o, "pid", (uint64_t)m.pid);
		set_text(o, "comm", m.comm);
		set_text(o, "role", m.role);
		set_text(o, "group", m.group);
		json_array_append_new(array, o);
	}
	return array;
}

static json_t *finding(const struct record *r, const struct finding *f)
{
	json_t *o = json_object();

	set_number(o, "id", f->id);
	set_text(o, "kind", finding_kind_name(f->kind));
	set_text(o, "judged", finding_judged_name(f->judged));
	set_text(o, "watcher", f->watcher);
	if (r->epoch_us && f->noticed_us)
		set_seconds(o, "at_seconds", record_seconds_at(r, f->noticed_us));
	if (f->began_us && f->noticed_us >= f->began_us)
		set_seconds(o, "after_seconds", (double)(f->noticed_us - f->began_us) / 1e6);
	if (f->kernel_us)
		set_seconds(o, "kernel_seconds", (double)f->kernel_us / 1e6);
	if (f->seconds > 0)
		set_seconds(o, "seconds", f->seconds);
	if (f->pid > 0)
		set_number(o, "pid", (uint64_t)f->pid);
	if (f->cpu >= 0)
		set_number(o, "cpu", (uint64_t)f->cpu);
	set_text(o, "comm", f->comm);
	set_text(o, "group", f->group);
	set_text(o, "function", f->function);
	set_text(o, "release", f->release);
	set_text(o, "taint", f->taint);
	set_text(o, "signature", f->signature);
	set_text(o, "text", f->text);
	if (f->members[0])
		json_object_set_new(o, "members", members(f->members));
	if (f->stack[0])
		json_object_set_new(o, "stack", stack_lines(f->stack));
	return o;
}

static json_t *findings(const struct record *r)
{
	json_t *array = json_array();

	for (unsigned int i = 0; i < r->n_findings; i++)
		json_array_append_new(array, finding(r, &r->findings[i]));
	return array;
}

static json_t *counts(const struct record *r)
{
	json_t *all = json_object();

	for (unsigned int judged = 0; judged < JUDGED_COUNT; judged++) {
		json_t *kinds = json_object();

		for (unsigned int kind = 0; kind < FINDING_KIND_COUNT; kind++)
			if (r->counts[judged][kind])
				set_number(kinds, finding_kind_name((enum finding_kind)kind),
					   r->counts[judged][kind]);
		json_object_set_new(all, finding_judged_name((enum finding_judged)judged), kinds);
	}
	return all;
}

static json_t *works(const struct record *r)
{
	json_t *array = json_array();

	for (unsigned int i = 0; i < r->n_works; i++) {
		const struct record_work *w = &r->works[i];
		json_t *o = json_object();

		set_text(o, "name", w->name);
		set_text(o, "group", w->group);
		set_number(o, "starts", w->starts);
		set_number(o, "restarts", w->restarts);
		set_number(o, "done", w->done);
		set_number(o, "skipped", w->skipped);
		set_number(o, "stopped", w->stopped);
		set_number(o, "oom_killed", w->oom_killed);
		if (w->starved)
			set_number(o, "starved", w->starved);
		set_number(o, "failed", w->failed);
		set_number(o, "steps", w->steps);
		set_number(o, "slowest_us", w->slowest_us);
		json_array_append_new(array, o);
	}
	return array;
}

static void set_judgement(json_t *o, const struct record *r)
{
	const char *directive;
	bool ok;

	verdict_ktap(r->verdict, r->must_reproduce, &ok, &directive);
	set_text(o, "verdict", verdict_name(r->verdict));
	set_text(o, "reason", r->reason);
	set_bool(o, "ok", ok);
	set_number(o, "exit_code", (uint64_t)verdict_exit_code(r->verdict, false));
	set_text(o, "kcidb", verdict_kcidb(r->verdict));
	set_bool(o, "must_reproduce", r->must_reproduce);
}

static void set_completeness(json_t *o, const struct record *r)
{
	set_bool(o, "finished", r->finished);
	set_bool(o, "live", r->live && !r->finished);
	set_bool(o, "torn", r->torn);
	set_number(o, "bad_lines", r->bad_lines);
}

/* Only what this run had: most have none of it. */
static void set_list(json_t *o, const char *key, json_t *list)
{
	if (json_array_size(list))
		json_object_set(o, key, list);
	json_decref(list);
}

static void set_lists(json_t *o, const struct record *r)
{
	json_object_set_new(o, "phases", say_phases(r));
	json_object_set_new(o, "skips", say_events(r, "skip"));
	json_object_set_new(o, "evidence", say_events(r, "evidence"));
	json_object_set_new(o, "triggers", say_events(r, "trigger"));
	json_object_set_new(o, "notes", say_events(r, "note"));
	set_list(o, "plants", planted_list(r));
	set_list(o, "deltas", say_events(r, "deltas"));
	set_list(o, "trace", say_events(r, "trace"));
}

static int write_json(const struct record *r, FILE *to)
{
	const struct finding *first = record_decisive(r);
	json_t *o = json_object();
	int err;

	set_number(o, "result_version", RESULT_VERSION);
	set_judgement(o, r);
	set_completeness(o, r);
	set_seconds(o, "seconds", r->seconds);
	set_number(o, "steps", r->steps);
	set_number(o, "oom_kills", r->oom_kills);
	json_object_set_new(o, "counts", counts(r));
	if (first)
		json_object_set_new(o, "first_noticed", finding(r, first));
	json_object_set_new(o, "findings", findings(r));
	json_object_set_new(o, "works", works(r));
	set_lists(o, r);
	outside_json(o, r);
	json_object_set(o, "manifest", r->manifest);
	err = o ? json_dumpf(o, to, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) : -1;
	fputc('\n', to);
	json_decref(o);
	return err < 0 || ferror(to) ? -ENOMEM : 0;
}

const struct sink_ops sink_json = { "json", "result.json", write_json };
