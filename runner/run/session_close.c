/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Putting back, in the reverse order, from wherever the run has got to. What resists (a process in
 * D state, a group that is busy) is counted, told and left to `hangar clean`: it must not hold the
 * verdict.
 */
#include "run/session.h"

#include <signal.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"

/* cgroup removal after the processes are gone takes milliseconds; a group that is busy for 5 s
 * stays busy. */
#define GROUPS_GONE_US 5000000u

static void journal_teardown(struct session *s, const char *what, const char *error)
{
	struct jline *line;

	if (!s->journal)
		return;
	line = journal_begin(s->journal, "teardown");
	jline_str(line, "what", what);
	jline_str(line, "error", error);
	journal_commit(s->journal);
}

static void remove_groups(struct session *s)
{
	struct diag d = { 0 };

	if (s->tree && cgroup_tree_remove(s->tree, GROUPS_GONE_US, &d) < 0) {
		s->left_behind++;
		journal_teardown(s, "groups", d.message);
		panel_say(&s->panel, "left behind: %s", d.message);
	}
}

/* The storm may have been left in the middle (a failed spawn, a failed loop): nobody survives it.
 */
static void kill_rest(struct session *s)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	uint64_t began = now_us();
	sigset_t child;

	if (!s->launcher)
		return;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	launcher_stop(s->launcher, -1);
	while (!launcher_escalate(s->launcher, -1, 0, now_us())) {
		if (now_us() - began > GROUPS_GONE_US) {
			s->left_behind++;
			journal_teardown(s, "processes", "some cannot be killed (D state)");
			panel_say(&s->panel, "left behind: %u processes that cannot be killed",
				  s->launcher->alive);
			return;
		}
		sigtimedwait(&child, NULL, &pause);
		launcher_reap(s->launcher, now_us(), NULL, NULL);
	}
}

/*
 * In a guest that nobody uses again, beside processes that cannot be killed: their groups cannot be
 * removed (5 s), nor their file system be unmounted (30 s), and the host waits for the verdict.
 */
static bool goes_as_it_is(struct session *s)
{
	if (!s->left_behind || !strstr(s->host.cmdline, THROWAWAY_WORD))
		return false;
	journal_teardown(s, "groups and file systems",
			 "left as they are: the guest goes with them");
	return true;
}

static void put_back(struct session *s)
{
	remove_groups(s);
	if (s->undo)
		s->left_behind += (unsigned int)undo_all(s->undo, NULL);
}

void session_close(struct session *s)
{
	kill_rest(s);
	if (s->launcher)
		works_journal(&s->works, s->launcher, s->journal);
	works_close(&s->works);
	if (s->conductor_made)
		conductor_clear(&s->conductor);
	s->conductor_made = false;
	s->responder = responder_close(s->responder);
	watchers_close(&s->watchers);
	plants_close(&s->plants);
	s->deltas = deltas_close(s->deltas);
	s->tracer = tracer_close(s->tracer);
	s->launcher = launcher_close(s->launcher);
	if (!goes_as_it_is(s))
		put_back(s);
	s->tree = cgroup_tree_free(s->tree);
	s->undo = undo_close(s->undo);
	journal_teardown(s, "done", NULL);
}

void session_free(struct session *s)
{
	s->journal = journal_close(s->journal);
	s->wire_fd = close_fd(s->wire_fd);
	if (s->rundir_made && !s->left_behind)
		rundir_unregister(&s->rundir);
	if (s->rundir_made)
		rundir_clear(&s->rundir);
	s->plan = plan_free(s->plan);
	s->scenario = scenario_free(s->scenario);
	s->catalogue = catalogue_free(s->catalogue);
}
