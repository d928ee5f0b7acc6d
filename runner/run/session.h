/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run from the first file to the last: everything that it holds, taken in one order and given
 * back in the reverse. Each step is journalled as "setup" or "teardown". session_open() either
 * brings all of it, or says in `skipped` why this machine cannot, or fails with a diag; in each
 * case session_close() leaves nothing behind.
 */
#ifndef HANGAR_SESSION_H
#define HANGAR_SESSION_H

#include "deltas/deltas.h"
#include "respond/respond.h"
#include "run/conductor.h"
#include "run/heart.h"
#include "run/judge.h"
#include "run/options.h"
#include "run/panel.h"
#include "run/plants.h"
#include "run/resume.h"
#include "run/watchers.h"
#include "run/works.h"
#include "setup/setup.h"
#include "tracing/tracer.h"

struct session {
	struct run_options options;
	const struct resume *resume; /* NULL: a run of its own */
	struct catalogue *catalogue;
	struct scenario *scenario;
	struct host host;
	uint64_t seed;
	unsigned int scale; /* percent: of the limits that the scenario names */
	uint64_t epoch_us;
	struct rundir rundir;
	bool rundir_made;
	struct journal *journal;
	int wire_fd;         /* --wire: the port to the host, also for its answers; -1: none */
	struct heart *heart; /* NULL: no observer elsewhere */
	struct undo *undo;
	char scratch_dir[4096];
	struct plan *plan;
	struct cgroup_tree *tree;
	struct launcher *launcher;
	struct works works;
	struct plants plants;
	struct deltas *deltas;
	struct tracer *tracer; /* NULL: nothing is traced */
	struct judge judge;
	struct watch_ctx watch_ctx;
	struct watchers watchers;
	struct responder *responder;
	struct conductor conductor;
	bool conductor_made;
	struct panel panel;
	struct {
		uint64_t steps, oom_kills, restarts;
	} totals;                          /* taken before the launcher goes */
	unsigned int left_behind;          /* things that teardown could not put back */
	const struct plan_launch *skipped; /* the first that cannot run here; NULL: none */
	char why[512]; /* why there is no storm: the first skip, or what failed */
};

/* Read the scenario and look at the host; nothing is made yet. 0 or -errno with @d. */
int session_load(struct session *s, const struct run_options *o, struct diag *d);
/* Make the run directory and the journal. From here on a run exists, whatever becomes of it. */
int session_begin(struct session *s, int argc, char **argv, struct diag *d);
/* Everything up to the start line. 0; 1: skipped (tally.skipped and why are set); -errno with @d.
 */
int session_open(struct session *s, struct diag *d);
/* The run cannot be here, for the reason in @d: journalled and told as a skip. Returns 1. */
int session_skip(struct session *s, const char *what, const char *remedy, const struct diag *d);
void session_close(struct session *s); /* puts back what was changed; counts what could not be in
					  left_behind */
void session_free(struct session *s);  /* the rest: journal, run directory, memory */

#endif
