/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `hangar run` as a sentence: load, begin a record, open, blow the storm, close, decide, report. */
#include "commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "run/finish.h"
#include "run/loop.h"

/* A failure of ours: it goes into the tally, the journal and, once, to the user. */
static void broke(struct session *s, struct diag *d, int err)
{
	s->judge.tally.broken++;
	if (!d->message[0])
		diag_set(d, err, "%s", strerror(-err));
	if (d->line &&
	    !d->file[0]) /* a place in the scenario, refused by what came after its reader */
		snprintf(d->file, sizeof(d->file), "%.255s", s->scenario->path);
	snprintf(s->why, sizeof(s->why), "%s", d->message);
	if (s->journal)
		journal_note(s->journal, "%s", d->message);
	diag_print(d, stderr);
}

static void storm(struct session *s)
{
	struct diag d = { 0 };
	int r = session_open(s, &d);

	if (r == 0)
		r = loop_run(s, &d);
	if (r < 0)
		broke(s, &d, r);
	s->totals.steps = s->launcher ? launcher_steps(s->launcher, NULL) : 0;
	s->totals.oom_kills = s->launcher ? s->launcher->oom_kills : 0;
	s->totals.restarts = s->launcher ? s->launcher->restarts : 0;
	session_close(s);
}

static int run_session(struct session *s, int argc, char **argv)
{
	const struct run_options options = s->options;
	struct diag d = { 0 };
	enum verdict v;
	char dir[sizeof(s->rundir.path)], reason[sizeof(s->why)];
	int err = session_begin(s, argc, argv, &d);

	if (err < 0) {
		diag_print(&d, stderr);
		session_free(s);
		return EXIT_BROKEN;
	}
	panel_say(&s->panel, "%s, seed %llu, recording in %s", s->scenario->name,
		  (unsigned long long)s->seed, s->rundir.path);
	storm(s);
	v = finish_decide(s);
	snprintf(dir, sizeof(dir), "%s", s->rundir.path);
	snprintf(reason, sizeof(reason), "%s", s->why);
	session_free(s);
	finish_report(dir, v, reason, &options);
	return verdict_exit_code(v, options.any_fault);
}

int run_main(int argc, char **argv)
{
	struct run_options options;
	_cleanup_free_ struct session *s = NULL;
	struct diag d = { 0 };
	int r = options_parse(argc, argv, &options);

	if (r)
		return r > 0 ? 0 : EXIT_BROKEN;
	s = calloc(1, sizeof(*s));
	if (!s)
		return EXIT_BROKEN;
	loop_block_signals();
	r = session_load(s, &options, &d);
	panel_init(&s->panel, options.json ? STDERR_FILENO : STDOUT_FILENO, options.quiet,
		   options.plain, s->epoch_us);
	if (r < 0) {
		diag_print(&d, stderr);
		session_free(s);
		return EXIT_BROKEN;
	}
	return run_session(s, argc, argv);
}
