/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The run's own clock goes on in outside.jsonl: "run-begin" stands at its zero, and a finding that
 * the kernel stamped lies where it would lie in the journal. What the run itself noticed before it
 * died is not told twice.
 */
#include "collect/complete_work.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/paths.h"
#include "event.h"
#include "outside.h"
#include "rundir.h"
#include "run/judge.h"
#include "say.h"
#include "sink.h"

#define OUTSIDE_PART ".outside-collect.jsonl"
#define SYNC_WAIT_US 10000000u
/* Lines from before the run's mark are another's; without a mark, from before its begin, by clocks
 * 15 s apart at most. */
#define CLOCKS_US 20000000u

/* What was noticed by the run itself: the same kind, at the same moment of the kernel's clock. */
static bool is_known(const struct completing *w, const struct finding *f)
{
	for (unsigned int i = 0; i < w->record.n_findings; i++)
		if (f->kernel_us && w->record.findings[i].kernel_us == f->kernel_us &&
		    w->record.findings[i].kind == f->kind)
			return true;
	return false;
}

static bool is_of_the_run(const struct completing *w, const struct relic *r,
			  const struct finding *f)
{
	int mark = relic_run_index(r, w->lost->id);

	if (mark >= 0)
		return f->kernel_us >= r->runs_us[mark];
	return !w->lost->epoch_us || f->kernel_us + CLOCKS_US >= w->lost->epoch_us;
}

/* The trigger's own crash is no fault of the kernel's. */
static bool is_triggered(const struct completing *w, const struct finding *f)
{
	json_t *event;
	size_t i;

	if (f->kind == FINDING_PANIC)
		json_array_foreach (w->record.events, i, event)
			if (!strcmp(event_text(event, "event"), "trigger") &&
			    strcmp(event_text(event, "name"), "none") != 0)
				return true;
	return false;
}

/* The number that the judge gave to the finding that @r calls @local; 0: it was not handed in. */
static uint32_t given_of(const struct relic *r, const uint32_t *given, uint32_t local)
{
	for (unsigned int i = 0; local && i < r->n_findings; i++)
		if (r->findings[i].id == local)
			return given[i];
	return 0;
}

static void judge_log(struct completing *w, const struct relic *r, const char *watcher)
{
	uint32_t given[RELIC_FINDINGS_MAX] = { 0 };
	uint64_t epoch = w->lost->epoch_us;

	for (unsigned int i = 0; i < r->n_findings; i++) {
		struct finding f = r->findings[i];

		if (!is_of_the_run(w, r, &f) || is_known(w, &f))
			continue;
		if (is_triggered(w, &f)) {
			journal_note(w->journal, "the run's trigger was pulled: %s", f.text);
			w->triggered = true;
			continue;
		}
		snprintf(f.watcher, sizeof(f.watcher), "%s", watcher);
		f.noticed_us =
			w->zero_us + (epoch && f.kernel_us > epoch ? f.kernel_us - epoch : 0);
		f.began_us = 0;
		f.more_of = given_of(r, given, f.more_of);
		f.id = 0;
		given[i] = judge_take(&w->judge, &f);
	}
}

/* A run that ended with its machine ended by a fault, whether or not the kernel had time to say so.
 */
static void judge_death(struct completing *w)
{
	const struct relic *dump = w->pair->relics[RELIC_KDUMP] ? w->pair->relics[RELIC_KDUMP]
								: w->pair->relics[RELIC_PSTORE];
	struct finding f;
	uint64_t at = (uint64_t)(w->record.seconds * 1e6);

	if (w->pair->state == PAIR_KILLED || w->judge.count || w->triggered ||
	    record_count(&w->record, JUDGED_EXPECTED))
		return;
	if (w->pair->state == PAIR_NONE && !w->lost->boot_id[0])
		return;
	finding_init(&f, dump ? FINDING_PANIC : FINDING_SILENCE, "collect", w->zero_us + at);
	snprintf(f.release, sizeof(f.release), "%.63s", w->lost->release);
	if (dump)
		snprintf(f.text, sizeof(f.text), "the kernel died; %s tells nothing more of it",
			 dump->name);
	else
		snprintf(f.text, sizeof(f.text),
			 "the machine has booted anew since the run's last word, and left no dump");
	judge_take(&w->judge, &f);
}

static const char *how_it_ended(const struct pair *p)
{
	const struct relic *dump =
		p->relics[RELIC_KDUMP] ? p->relics[RELIC_KDUMP] : p->relics[RELIC_PSTORE];

	if (p->state == PAIR_KILLED)
		return "its runner died, and the machine lived on";
	if (!dump)
		return "the machine died without leaving a dump";
	return dump->panic[0] ? dump->panic : "the kernel died, and left a dump";
}

static enum verdict decide(struct completing *w, char *reason, size_t size)
{
	struct tally t = w->judge.tally;
	char first[512] = "";
	enum verdict v;

	t.expected += record_count(&w->record, JUDGED_EXPECTED);
	t.other += record_count(&w->record, JUDGED_OTHER);
	t.broken += record_count(&w->record, JUDGED_BROKEN);
	t.stopped_early = true;
	v = verdict_decide(&t);
	if (record_decisive(&w->record) && (v == w->record.verdict))
		say_finding(&w->record, record_decisive(&w->record), first, sizeof(first));
	else if (v != VERDICT_INCONCLUSIVE)
		judge_say_first(&w->judge, first, sizeof(first));
	snprintf(reason, size, "%s%s%s", first, first[0] ? "; " : "", how_it_ended(w->pair));
	return v;
}

static void tell_verdict(struct completing *w)
{
	struct jline *line;

	w->ret->verdict = decide(w, w->ret->reason, sizeof(w->ret->reason));
	line = journal_begin(w->journal, "verdict");
	jline_str(line, "verdict", verdict_name(w->ret->verdict));
	jline_str(line, "reason", w->ret->reason);
	journal_commit(w->journal);
}

/* On the run's clock its "run-begin" stands a little behind zero; ours is at the begin of
 * outside.jsonl. */
static uint64_t begin_of(const struct record *r)
{
	json_t *event;
	size_t i;

	json_array_foreach (r->events, i, event)
		if (!strcmp(event_text(event, "event"), "run-begin"))
			return (uint64_t)(event_seconds(event, "t") * 1e6);
	return 0;
}

static void tell_begin(struct completing *w)
{
	struct jline *line = journal_begin(w->journal, "outside-begin");
	uint64_t now, begun = begin_of(&w->record);

	jline_str(line, "what", "collect");
	jline_str(line, "release", w->lost->release);
	journal_commit(w->journal);
	now = now_us();
	journal_begin(w->journal, "run-begin");
	journal_commit(w->journal);
	w->zero_us = now - (begun < now ? begun : 0);
	judge_init(&w->judge, w->scenario ? &w->scenario->expect : &w->any, w->journal, w->zero_us);
}

static int write_all(struct completing *w, struct diag *d)
{
	const struct relic *kdump = w->pair->relics[RELIC_KDUMP],
			   *store = w->pair->relics[RELIC_PSTORE];
	int err = 0;

	tell_begin(w);
	if (kdump)
		err = complete_vmcore(w, kdump, d);
	if (!err && kdump) {
		complete_reading(w, kdump); /* writes a log of its own where kdump kept none */
		err = complete_log(w, kdump, VMCORE_DMESG_FILE, d);
	}
	if (!err && store)
		err = complete_store(w, store, d);
	if (err < 0)
		return err;
	if (kdump)
		judge_log(w, kdump, "vmcore");
	if (store && !(kdump && kdump->log))
		judge_log(w, store, "pstore");
	judge_death(w);
	tell_verdict(w);
	return 0;
}

static int open_work(struct completing *w, struct diag *d)
{
	char path[5000];
	struct diag unread = { 0 }; /* reading leaves a file's name in it */
	int err = record_load(w->lost->path, &w->record, &unread);

	if (err < 0) {
		*d = unread;
		return err;
	}
	w->dir_fd = open(w->lost->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (w->dir_fd < 0)
		return diag_set(d, -errno, "%s: %s", w->lost->path, strerror(errno));
	if (!path_format(path, sizeof(path), "%s/" RUNDIR_SCENARIO, w->lost->path))
		scenario_load(path, NULL, &w->scenario, NULL);
	unlinkat(w->dir_fd, OUTSIDE_PART, 0);
	err = journal_open_as(w->dir_fd, OUTSIDE_PART, now_us(), &w->journal);
	if (err < 0)
		return diag_set(d, err, "%s/" OUTSIDE_FILE ": %s", w->lost->path, strerror(-err));
	return 0;
}

/* From here on the run is collected. */
static int publish(struct completing *w, struct diag *d)
{
	struct jline *line = journal_begin(w->journal, "stage");
	int err;

	jline_str(line, "name", "collected");
	jline_str(line, "detail", w->pair->why[0] ? w->pair->why : how_it_ended(w->pair));
	err = journal_wait(w->journal, journal_commit(w->journal), SYNC_WAIT_US);
	w->journal = journal_close(w->journal);
	if (!err && (renameat(w->dir_fd, OUTSIDE_PART, w->dir_fd, OUTSIDE_FILE) < 0 ||
		     fsync(w->dir_fd) < 0))
		err = -errno;
	return err < 0 ? diag_set(d, err, "%s/" OUTSIDE_FILE ": %s", w->lost->path, strerror(-err))
		       : 0;
}

static int write_reports(struct completing *w, struct diag *d)
{
	struct record r = { 0 };
	struct diag unread = { 0 };
	int err = record_load(w->lost->path, &r, &unread);

	if (err < 0)
		*d = unread;
	else
		err = sink_write_all(w->lost->path, &r, d);
	record_clear(&r);
	return err;
}

int complete_run(const struct lost *l, const struct pair *p, enum place_how how,
		 struct completion *ret, struct diag *d)
{
	struct completing w = { .lost = l, .pair = p, .how = how, .dir_fd = -1, .ret = ret };
	int err = open_work(&w, d);

	*ret = (struct completion){ .verdict = VERDICT_BROKEN };
	if (!err)
		err = write_all(&w, d);
	if (!err)
		err = publish(&w, d);
	if (!err)
		err = complete_move(&w, d);
	if (!err)
		err = write_reports(&w, d);
	journal_close(w.journal);
	if (err < 0 && w.dir_fd >= 0)
		unlinkat(w.dir_fd, OUTSIDE_PART, 0);
	close_fd(w.dir_fd);
	scenario_free(w.scenario);
	record_clear(&w.record);
	return err;
}
