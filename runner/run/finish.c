/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The verdict is decided from the tally alone and journalled before anything is printed: what the
 * user reads, what the exit code says and what a reader finds a year later come from the same line.
 */
#include "run/finish.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "sink.h"

static const char *stop_why(const struct session *s)
{
	if (s->why[0])
		return s->why;
	return s->conductor.why[0] ? s->conductor.why : "the run ended without a reason given";
}

/* A disk that still answers takes the last lines within this time; one that does not is not waited
 * for. */
#define LAST_SYNC_US 2000000u

static void journal_observer(struct session *s)
{
	struct latency_summary l;
	struct jline *line;

	journal_wait(s->journal, journal_note(s->journal, "the storm is over"), LAST_SYNC_US);
	journal_latency(s->journal, &l);
	line = journal_begin(s->journal, "latency");
	jline_uint(line, "findings", l.count);
	jline_double(line, "median_ms", (double)l.median_us / 1e3);
	jline_double(line, "worst_ms", (double)l.worst_us / 1e3);
	jline_uint(line, "lines_lost", journal_lost(s->journal));
	journal_commit(s->journal);
}

static void journal_verdict(struct session *s, enum verdict v)
{
	const struct tally *t = &s->judge.tally;
	struct jline *line = journal_begin(s->journal, "verdict");
	char first[512];

	jline_str(line, "verdict", verdict_name(v));
	jline_str(line, "reason", s->why);
	jline_uint(line, "expected", t->expected);
	jline_uint(line, "other", t->other);
	jline_uint(line, "broken", t->broken);
	jline_uint(line, "allowed", s->judge.allowed);
	jline_uint(line, "steps", s->totals.steps);
	jline_uint(line, "oom_kills", s->totals.oom_kills);
	jline_uint(line, "restarts", s->totals.restarts);
	jline_uint(line, "left_behind", s->left_behind);
	jline_str(line, "first_noticed", judge_say_first(&s->judge, first, sizeof(first)));
	journal_commit(s->journal);
}

enum verdict finish_decide(struct session *s)
{
	struct tally *t = &s->judge.tally;
	char why[sizeof(s->why)];
	enum verdict v;

	t->stopped_early = t->stopped_early || s->conductor.stopped_early;
	journal_observer(s);
	if (journal_error(s->journal) < 0)
		t->record_lost = true;
	v = verdict_decide(t);
	judge_reason(&s->judge, v, stop_why(s), why, sizeof(why));
	memcpy(s->why, why, sizeof(why));
	journal_verdict(s, v);
	return v;
}

static void print_json(const char *dir)
{
	_cleanup_free_ char *text = NULL;
	char path[4200];
	size_t size;

	snprintf(path, sizeof(path), "%s/result.json", dir);
	if (textfile_load(path, 0, &text, &size) == 0)
		fwrite(text, 1, size, stdout);
	else
		fprintf(stderr, "hangar: %s cannot be read: %s\n", path, strerror(errno));
}

void finish_report(const char *dir, enum verdict v, const char *reason, const struct run_options *o)
{
	struct record record = { 0 };
	struct diag d = { 0 };
	int err = record_load(dir, &record, &d);

	if (err == 0)
		err = sink_write_all(dir, &record, &d);
	record_clear(&record);
	if (err < 0)
		diag_print(&d, stderr);
	if (o->json) {
		print_json(dir);
		return;
	}
	printf("%s: %s\n", verdict_name(v), reason);
	if (!o->quiet)
		printf("report: %s/report.txt\n", dir);
}
