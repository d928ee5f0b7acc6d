/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report.txt: the page that a person reads. The verdict is its first sentence; what stands further
 * down is for whoever doubts it. Noise that the scenario allows is counted, not listed.
 */
#include "sink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "event.h"
#include "page.h"
#include "page_again.h"
#include "page_evidence.h"
#include "page_outside.h"
#include "say.h"

#define REMARKS_SHOWN 20

/* How far behind the kernel's log the record was: an observer that lags is worth knowing. */
static void latency(const struct record *r, FILE *to)
{
	json_t *list = say_events(r, "latency");
	const json_t *last = json_array_get(list, json_array_size(list) - 1);
	char text[96];

	if (event_number(last, "findings")) {
		snprintf(text, sizeof(text),
			 "%.1f ms from kernel log to disk (median), %.1f ms at worst",
			 event_seconds(last, "median_ms"), event_seconds(last, "worst_ms"));
		page_field(to, "record", text);
	}
	json_decref(list);
}

static void what_ran(const struct record *r, FILE *to)
{
	char text[64];

	page_title(to, "Run");
	page_field(to, "about", record_manifest_text(r, "scenario.about"));
	page_field(to, "id", record_manifest_text(r, "id"));
	page_field(to, "kernel", record_manifest_text(r, "host.kernel"));
	page_field(to, "system", record_manifest_text(r, "host.distribution"));
	page_field(to, "host", record_manifest_text(r, "host.name"));
	page_field(to, "cgroup", record_manifest_text(r, "host.cgroup"));
	page_field(to, "began", record_manifest_text(r, "began"));
	snprintf(text, sizeof(text), "%.1f s", r->seconds);
	page_field(to, "lasted", text);
	page_field(to, "seed", record_manifest_text(r, "seed"));
	page_field(to, "goes on", record_manifest_text(r, "resumes.path"));
	page_field(to, "hangar", record_manifest_text(r, "hangar"));
	latency(r, to);
}

static void damage(const struct record *r, FILE *to)
{
	if (r->torn)
		fputs("Record: the last line of the journal is cut; all before it is read.\n", to);
	if (r->bad_lines)
		fprintf(to,
			"Record: %u lines of the journal cannot be read, the first is line %u.\n",
			r->bad_lines, r->first_bad_line);
}

static void phases(const struct record *r, FILE *to)
{
	json_t *list = say_phases(r), *phase;
	size_t i;

	if (json_array_size(list))
		page_title(to, "Phases");
	json_array_foreach (list, i, phase) {
		fprintf(to, "  %8.1f s ", event_seconds(phase, "begin"));
		if (json_object_get(phase, "end"))
			fprintf(to, "to %8.1f s  ", event_seconds(phase, "end"));
		else
			fputs("              ", to);
		escape_plain(to, event_text(phase, "phase"));
		fprintf(to, ", %u copies", (unsigned int)event_number(phase, "copies"));
		if (event_text(phase, "why")[0])
			fputs("; ended by: ", to);
		escape_plain(to, event_text(phase, "why"));
		fputc('\n', to);
	}
	json_decref(list);
}

static void works(const struct record *r, FILE *to)
{
	if (!r->n_works)
		return;
	page_title(to, "Stressors");
	fprintf(to, "  %-18s %-16s %7s %12s %10s %10s %7s\n", "name", "group", "starts", "steps",
		"slowest", "OOM-killed", "failed");
	for (unsigned int i = 0; i < r->n_works; i++) {
		const struct record_work *w = &r->works[i];

		fprintf(to, "  ");
		escape_padded(to, w->name, 18);
		fputc(' ', to);
		escape_padded(to, w->group, 16);
		fprintf(to, " %7u %12llu %8.3f s %10u %7u\n", w->starts,
			(unsigned long long)w->steps, (double)w->slowest_us / 1e6, w->oom_killed,
			w->failed);
	}
	fprintf(to, "  in all %llu steps, %llu OOM kills\n", (unsigned long long)r->steps,
		(unsigned long long)r->oom_kills);
}

static void skips(const struct record *r, FILE *to)
{
	json_t *list = say_events(r, "skip"), *event;
	size_t i;

	if (json_array_size(list))
		page_title(to, "Not possible here");
	json_array_foreach (list, i, event) {
		page_field(to,
			   json_is_true(json_object_get(event, "fatal")) ? "needed" : "left out",
			   event_text(event, "what"));
		page_field(to, "  because", event_text(event, "why"));
		page_field(to, "  remedy", event_text(event, "remedy"));
	}
	json_decref(list);
}

static void evidence(const struct record *r, FILE *to)
{
	json_t *list = say_events(r, "evidence"), *event;
	size_t i;

	if (json_array_size(list))
		page_title(to, "Evidence");
	json_array_foreach (list, i, event) {
		const char *error = event_text(event, "error");

		fputs("  ", to);
		escape_plain(to, event_text(event, "file"));
		if (error[0])
			fputs(": ", to);
		else
			fprintf(to, ", %llu bytes",
				(unsigned long long)event_number(event, "bytes"));
		escape_plain(to, error);
		fputc('\n', to);
	}
	json_decref(list);
}

/* What the runner found worth saying, and what it could not put back. */
static bool is_remark(const json_t *event)
{
	const char *name = event_text(event, "event");

	return !strcmp(name, "note") ||
	       (!strcmp(name, "teardown") && event_text(event, "error")[0]);
}

static void remarks(const struct record *r, FILE *to)
{
	unsigned int shown = 0;
	json_t *event;
	size_t i;

	json_array_foreach (r->events, i, event) {
		if (!is_remark(event))
			continue;
		if (!shown++)
			page_title(to, "Remarks");
		if (shown > REMARKS_SHOWN)
			continue;
		fprintf(to, "  %8.1f s  ", event_seconds(event, "t"));
		escape_plain(to, event_text(event, "text"));
		escape_plain(to, event_text(event, "what"));
		fputs(event_text(event, "error")[0] ? ": " : "", to);
		escape_plain(to, event_text(event, "error"));
		fputc('\n', to);
	}
	if (shown > REMARKS_SHOWN)
		fprintf(to, "  and %u more: see journal.jsonl\n", shown - REMARKS_SHOWN);
}

/*
 * A stuck task is often seen long before the kernel's own detectors say so: that is worth a line.
 */
static const struct finding *earlier(const struct record *r, const struct finding *than)
{
	const struct finding *first = than;

	for (unsigned int i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];
		bool counts = f->judged == JUDGED_OTHER || f->judged == JUDGED_EXPECTED;

		if (counts && f->noticed_us && f->noticed_us < first->noticed_us)
			first = f;
	}
	return first == than ? NULL : first;
}

static void sentence(FILE *to, const char *label, const char *text)
{
	fprintf(to, "%s: ", label);
	escape_plain(to, text);
	fputc('\n', to);
}

static void head(const struct record *r, FILE *to)
{
	const struct finding *f = record_decisive(r), *before = f ? earlier(r, f) : NULL;
	char line[SAY_SENTENCE];

	escape_plain(to, say_verdict(r, line, sizeof(line)));
	fputc('\n', to);
	sentence(to, "Why", r->reason[0] ? r->reason : "no reason was recorded");
	/* The runner gives the finding itself as the reason. */
	if (f && !strstr(r->reason, say_finding(r, f, line, sizeof(line))))
		sentence(to, "Noticed", line);
	if (before)
		sentence(to, "Before that", say_finding(r, before, line, sizeof(line)));
}

static int write_text(const struct record *r, FILE *to)
{
	head(r, to);
	damage(r, to);
	what_ran(r, to);
	page_outside(r, to);
	page_dump(r, to);
	skips(r, to);
	phases(r, to);
	works(r, to);
	page_findings(r, to);
	page_noise(r, to);
	page_plants(r, to);
	page_deltas(r, to);
	page_blocked(r, to);
	page_reading(r, to);
	evidence(r, to);
	page_trace(r, to);
	remarks(r, to);
	page_outside_notes(r, to);
	page_again(r, to);
	return ferror(to) ? -EIO : 0;
}

const struct sink_ops sink_text = { "text", "report.txt", write_text };
