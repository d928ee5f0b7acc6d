/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The observer's life: open, turn after turn, close. It runs on a healthy machine, so it may
 * allocate and wait; what it must not do is miss a beat for a slow disk, hence the journal's own
 * writer thread.
 */
#include "observe/lookout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/textfile.h"
#include "manifest.h"
#include "outside.h"
#include "scenario/scenario_path.h"

/* ipmitool gives up by itself after 20 s, with better words than ours. */
#define CHECK_US 30000000u
#define TELL_EVERY_US 10000000u
#define LAST_SYNC_US 2000000u

static int load_scenario(struct lookout *l, struct diag *d)
{
	_cleanup_free_ char *path = NULL;

	if (!l->o.scenario)
		return 0;
	path = scenario_path_find(l->o.scenario);
	/* its stressors are the other machine's */
	return path ? scenario_load(path, NULL, &l->scenario, d) : -ENOMEM;
}

static int write_manifest(struct lookout *l, int argc, char **argv)
{
	_cleanup_free_ const char **words = calloc((size_t)argc + 1, sizeof(*words));
	const struct host *h = &l->host;
	struct manifest m = {
		.id = l->rundir.id,
		.scenario_name = l->scenario ? l->scenario->name : "observe",
		.scenario_path = l->scenario ? l->scenario->path : NULL,
		.scenario_about = l->scenario ? l->scenario->about
					      : "a run on another machine, seen from here",
		.must_reproduce = l->scenario && l->scenario->expect.must_reproduce,
		.repeat = 1,
		.argv = words,
		.began = time(NULL),
		.hostname = h->hostname,
		.distribution = h->distribution,
		.kernel = h->release,
		.kernel_version = h->version,
		.machine = h->machine,
		.cpus = h->cpus,
		.memory_bytes = h->memory_bytes,
	};

	if (!words)
		return -ENOMEM;
	for (int i = 0; i < argc; i++)
		words[i] = argv[i];
	return manifest_write(l->rundir.fd, &m);
}

static int open_record(struct lookout *l, int argc, char **argv, struct diag *d)
{
	int err = rundir_create(&l->rundir, l->o.out, l->scenario ? l->scenario->name : "observe");

	if (err == -EEXIST)
		return diag_set(d, err, "--out %s: is not empty; name a new directory", l->o.out);
	if (err < 0)
		return diag_set(d, err,
				"cannot make the run directory %s: %s; choose another with --out",
				l->o.out ? l->o.out : l->rundir.path, strerror(-err));
	if (l->scenario)
		err = textfile_replace_at(l->rundir.fd, RUNDIR_SCENARIO, l->scenario->text,
					  l->scenario->text_size);
	if (!err)
		err = write_manifest(l, argc, argv);
	if (!err)
		err = journal_open_as(l->rundir.fd, OUTSIDE_FILE, l->epoch_us, &l->journal);
	if (!err && l->o.console.kind != CONSOLE_NONE) {
		l->console_log_fd = openat(l->rundir.fd, CONSOLE_FILE,
					   O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
		err = l->console_log_fd < 0 ? -errno : 0;
	}
	return err < 0 ? diag_set(d, err, "cannot write the record in %s: %s", l->rundir.path,
				  strerror(-err))
		       : 0;
}

static void journal_begin_outside(struct lookout *l)
{
	struct jline *line = journal_begin(l->journal, "outside-begin");

	jline_str(line, "what", "observe");
	jline_str(line, "host", l->host.hostname);
	jline_str(line, "listen", l->o.listen);
	jline_str(line, "console",
		  l->o.console.kind == CONSOLE_NONE  ? NULL
		  : l->o.console.kind == CONSOLE_SOL ? "sol"
						     : l->o.console.where);
	jline_str(line, "trigger", l->o.remote.ops->name);
	jline_bool(line, "armed", l->o.arm);
	jline_bool(line, "signed", l->o.key);
	jline_seconds(line, "silent_after", l->o.silent_us);
	journal_commit(l->journal);
}

/* An armed trigger that would fail is found out now, not in the night. */
static int check_trigger(struct lookout *l, struct diag *d)
{
	struct diag why = { 0 };
	struct jline *line;
	int err;

	if (l->o.remote.ops == &remote_none)
		return 0;
	err = remote_check(&l->o.remote, CHECK_US, &why);
	line = journal_begin(l->journal, "rung");
	jline_str(line, "name", l->o.remote.ops->name);
	jline_str(line, "result", err < 0 ? "unusable" : "usable");
	jline_str(line, "detail", err < 0 ? why.message : NULL);
	journal_commit(l->journal);
	if (err < 0 && l->o.arm)
		return diag_set(d, err, "the trigger would fail: %s", why.message);
	if (err < 0)
		fprintf(stderr, "hangar observe: the trigger would fail: %s\n", why.message);
	return 0;
}

int lookout_open(struct lookout *l, int argc, char **argv, struct diag *d)
{
	int err;

	l->epoch_us = l->now = l->told_us = now_us();
	l->rundir.fd = l->rundir.lock_fd = l->console_log_fd = l->listener.fd = -1;
	vital_init(&l->vital, l->o.run);
	console_init(&l->console, &l->o.console, &l->o.remote.bmc);
	err = load_scenario(l, d);
	if (!err)
		err = host_probe("", &l->host);
	if (!err && l->o.listen)
		err = listener_open(&l->listener, l->o.listen, l->o.key, d);
	if (!err)
		err = open_record(l, argc, argv, d);
	if (err < 0)
		return err;
	judge_init(&l->judge, l->scenario ? &l->scenario->expect : &l->any, l->journal,
		   l->epoch_us);
	journal_begin_outside(l);
	err = console_text_init(&l->text, lookout_take, l);
	return err < 0 ? err : check_trigger(l, d);
}

static void found_silence(struct lookout *l, enum heart_state heart)
{
	const struct vital *v = &l->vital;
	struct finding f;
	uint64_t since = heart == HEART_SILENT ? v->heard_us : v->ticked_us;

	finding_init(&f, FINDING_SILENCE, "heartbeat", l->now);
	f.began_us = since;
	f.seconds = (double)(l->now - since) / 1e6;
	memcpy(f.release, v->last.release,
	       sizeof(f.release) < sizeof(v->last.release) ? sizeof(f.release)
							   : sizeof(v->last.release));
	snprintf(f.text, sizeof(f.text),
		 "%s of run %s for %.1f s; its last beat was %llu from %s, phase \"%s\", journal "
		 "line %llu",
		 heart == HEART_SILENT ? "no heartbeat"
				       : "a heartbeat, but no turn of the runner's loop",
		 v->run, f.seconds, (unsigned long long)v->last.beat, v->from, v->last.phase,
		 (unsigned long long)v->last.seq);
	lookout_found(l, &f, 0);
}

static void judge_heart(struct lookout *l)
{
	enum heart_state heart = vital_judge(&l->vital, l->now, l->o.silent_us, l->o.stuck_us);

	if (heart == l->heart)
		return;
	if (heart == HEART_BEATS)
		lookout_stage(l, "run", "the heart beats again");
	else
		found_silence(l, heart);
	l->heart = heart;
}

static void tell_progress(struct lookout *l)
{
	struct jline *line;

	if (l->now - l->told_us < TELL_EVERY_US)
		return;
	l->told_us = l->now;
	line = journal_begin(l->journal, "progress");
	jline_uint(line, "beats", l->vital.beats);
	jline_uint(line, "ticks", l->vital.last.ticks);
	jline_uint(line, "journal_line", l->vital.last.seq);
	jline_uint(line, "stale", l->vital.stale);
	jline_uint(line, "foreign", l->vital.foreign);
	jline_uint(line, "refused", l->listener.refused);
	jline_uint(line, "console_lines", l->text.lines);
	journal_commit(l->journal);
}

void lookout_stop(struct lookout *l, const char *why)
{
	if (l->over)
		return;
	l->over = true;
	snprintf(l->why, sizeof(l->why), "%s", why);
}

static void end_when_over(struct lookout *l)
{
	char why[256];

	if (l->over_at_us && l->now >= l->over_at_us && l->errand_told)
		lookout_stop(l, "what followed was watched");
	if (!l->due && l->vital.last.over) {
		snprintf(why, sizeof(why), "run %s said farewell with %s", l->vital.run,
			 l->vital.last.verdict);
		lookout_stop(l, why);
	}
	if (!l->due && l->o.for_us != UINT64_MAX && l->now - l->epoch_us >= l->o.for_us) {
		bool unheard = l->o.listen && !l->vital.heard_us;
		bool unread = !l->o.listen && !l->console.opened;

		l->judge.tally.stopped_early = unheard || unread;
		lookout_stop(l, unheard  ? "no heartbeat came in the time given"
				: unread ? "the console was never open in the time given"
					 : "the time is up, and nothing was seen");
	}
}

void lookout_turn(struct lookout *l, uint64_t now)
{
	l->now = now;
	lookout_read(l);
	lookout_hear(l);
	judge_heart(l);
	lookout_pull(l);
	tell_progress(l);
	end_when_over(l);
}

static void journal_verdict(struct lookout *l, enum verdict v, const char *reason)
{
	const struct tally *t = &l->judge.tally;
	struct jline *line = journal_begin(l->journal, "verdict");
	char first[512];

	jline_str(line, "verdict", verdict_name(v));
	jline_str(line, "reason", reason);
	jline_uint(line, "expected", t->expected);
	jline_uint(line, "other", t->other);
	jline_uint(line, "broken", t->broken);
	jline_str(line, "first_noticed", judge_say_first(&l->judge, first, sizeof(first)));
	journal_wait(l->journal, journal_commit(l->journal), LAST_SYNC_US);
}

enum verdict lookout_close(struct lookout *l)
{
	enum verdict v = VERDICT_BROKEN;
	char reason[sizeof(l->why)];

	if (l->text.reader)
		console_text_flush(&l->text, l->now, true);
	errand_clear(&l->errand);
	if (l->journal) {
		v = verdict_decide(&l->judge.tally);
		judge_reason(&l->judge, v, l->why, reason, sizeof(reason));
		memcpy(l->why, reason, sizeof(reason));
		journal_verdict(l, v, reason);
	}
	console_close(&l->console);
	listener_close(&l->listener);
	console_text_clear(&l->text);
	l->console_log_fd = close_fd(l->console_log_fd);
	l->journal = journal_close(l->journal);
	if (l->rundir.fd >= 0) {
		rundir_unregister(&l->rundir);
		rundir_clear(&l->rundir);
	}
	l->scenario = scenario_free(l->scenario);
	return v;
}
