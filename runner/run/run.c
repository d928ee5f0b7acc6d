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
#include "setup/undo.h"

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

/* Load and run. @resume: NULL for a run of its own. */
static int run(const struct run_options *o, const struct resume *resume, int argc, char **argv)
{
	_cleanup_free_ struct session *s = calloc(1, sizeof(*s));
	struct diag d = { 0 };
	int r;

	if (!s)
		return EXIT_BROKEN;
	loop_block_signals();
	r = session_load(s, o, &d);
	s->resume = resume;
	panel_init(&s->panel, o->json ? STDERR_FILENO : STDOUT_FILENO, o->quiet, o->plain,
		   s->epoch_us);
	if (r < 0) {
		diag_print(&d, stderr);
		session_free(s);
		return EXIT_BROKEN;
	}
	return run_session(s, argc, argv);
}

static void say_cleaned(const char *line)
{
	fprintf(stderr, "hangar: %s\n", line);
}

/* What is refused here is no failure of the kernel's nor of ours: nothing was run. */
static int refuse_to_resume(int err, const struct diag *d)
{
	diag_print(d, stderr);
	return err == -ENOENT || err == -EALREADY || err == -ETIME || err == -EDQUOT
		       ? verdict_exit_code(VERDICT_SKIPPED, false)
		       : EXIT_BROKEN;
}

static int resume_main(const struct run_options *asked, int argc, char **argv)
{
	struct run_options options;
	struct resume resume;
	struct diag d = { 0 };
	int code, err = resume_find(asked->scenario, &resume, &d);

	if (err < 0)
		return refuse_to_resume(err, &d);
	if (resume_options(&resume, argc, argv, &options) < 0) {
		resume_clear(&resume);
		return EXIT_BROKEN;
	}
	err = resume_count(&resume, asked->attempts ? asked->attempts : RESUME_ATTEMPTS, &d);
	if (!err) {
		clean_runs(resume.path, options.quiet || options.json ? NULL : say_cleaned);
		code = run(&options, &resume, argc, argv);
	} else {
		code = refuse_to_resume(err, &d);
	}
	resume_clear(&resume);
	return code;
}

int run_main(int argc, char **argv)
{
	struct run_options options;
	int r = options_parse(argc, argv, &options);

	if (r)
		return r > 0 ? 0 : EXIT_BROKEN;
	return options.resume ? resume_main(&options, argc, argv) : run(&options, NULL, argc, argv);
}
