/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The verdict is decided from the tally alone and journalled before anything is printed: what the
 * user reads, what the exit code says and what a reader finds a year later come from the same line.
 */
#include "run/finish.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "launch/last_words.h"
#include "run/loop.h"
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

#define WORDS_QUOTED 300 /* bytes; a stressor gives its reason in a line or two */

/* The stressor itself says why it cannot run here. */
static void explain_skip(struct session *s)
{
	char words[WORDS_QUOTED] = "";

	if (!s->skipped)
		return;
	last_words(s->rundir.fd, s->skipped->out, words, sizeof(words));
	if (words[0])
		snprintf(s->why, sizeof(s->why), "%s cannot run here: %s", s->skipped->name, words);
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
	explain_skip(s);
	v = verdict_decide(t);
	judge_reason(&s->judge, v, stop_why(s), why, sizeof(why));
	memcpy(s->why, why, sizeof(why));
	journal_verdict(s, v);
	s->heart = heart_close(s->heart, verdict_name(v));
	return v;
}

/* Made anew: the file may be what could not be written. */
static void print_json(const struct record *r)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	int err = sink_make(&sink_json, r, &text, &size);

	if (err == 0)
		fwrite(text, 1, size, stdout);
	else
		fprintf(stderr, "hangar: no JSON: %s\n", strerror(-err));
}

static void print_verdict(const char *dir, enum verdict v, const char *reason,
			  const struct run_options *o, bool written)
{
	printf("%s: %s\n", verdict_name(v), reason);
	if (!o->quiet && written)
		printf("report: %s/report.txt\n", dir);
	else if (!o->quiet)
		printf("report: not written; `hangar report %s` makes it when there is room\n",
		       dir);
}

void finish_report(const char *dir, enum verdict v, const char *reason, const struct run_options *o)
{
	struct record record = { 0 };
	struct diag unread = { 0 }, unwritten = { 0 }; /* reading leaves a file's name in its own */
	int read = record_load(dir, &record, &unread);
	int written = read < 0 ? read : sink_write_all(dir, &record, &unwritten);

	if (written < 0)
		diag_print(read < 0 ? &unread : &unwritten, stderr);
	loop_unblock_signals(); /* all is done: who reads our output may keep us waiting */
	if (o->json && read == 0)
		print_json(&record);
	record_clear(&record);
	if (!o->json && !o->silent)
		print_verdict(dir, v, reason, o, written == 0);
	if (fflush(stdout) || ferror(stdout))
		fprintf(stderr, "hangar: standard output cannot be written; the result is in %s\n",
			dir);
}
