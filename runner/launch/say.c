/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the launcher writes into the journal. Three hundred victims that die and return twenty times
 * a second would bury the findings, so the ordinary lines are rationed by the second; failures
 * never are.
 */
#include "launch/internal.h"

#include <inttypes.h>
#include <string.h>
#include <sys/wait.h>

#define SECOND_US 1000000u
/* 150 bytes a line: some 10 MB of journal an hour at worst. */
#define LINES_A_SECOND 20
/* The first of a phase are told in full, whatever their number: who ran where is what the record is
 * for. */

static bool may_say(struct launcher *l, uint64_t now)
{
	if (!l->journal)
		return false;
	if (now >= l->lines_until_us) {
		l->lines_until_us = now + SECOND_US;
		l->lines_left = LINES_A_SECOND;
	}
	if (!l->lines_left) {
		l->untold++;
		return false;
	}
	l->lines_left--;
	return true;
}

static struct jline *begin(struct launcher *l, const char *event, unsigned int index)
{
	const struct plan_launch *launch = &l->plan->launches[index];
	struct jline *line = journal_begin(l->journal, event);

	jline_uint(line, "copy", launch->slot);
	jline_int(line, "pid", l->copies[index].pid);
	jline_str(line, "name", launch->name);
	return line;
}

void launch_say_spawn(struct launcher *l, unsigned int index, uint64_t now)
{
	const struct copy *c = &l->copies[index];
	struct jline *line;

	/* First lives are told in full, whatever their number: who ran where is what the record is
	 * for. */
	if (!l->journal || (c->restarts && !may_say(l, now)))
		return;
	line = begin(l, "spawn", index);
	jline_str(line, "group", l->plan->groups[l->plan->launches[index].group].path);
	jline_bool(line, "verified", c->verified);
	journal_commit(l->journal);
}

void launch_say_exit(struct launcher *l, unsigned int index, enum exit_kind kind, uint64_t now)
{
	const struct copy *c = &l->copies[index];
	const struct slot *slot = launch_slot(l, index);
	struct jline *line;

	if (!l->journal)
		return;
	if (kind != EXIT_FAILED && kind != EXIT_SKIPPED && !may_say(l, now))
		return;
	line = begin(l, "exit", index);
	jline_str(line, "kind", exit_kind_name(kind));
	if (WIFEXITED(c->status))
		jline_int(line, "code", WEXITSTATUS(c->status));
	else
		jline_int(line, "signal", WTERMSIG(c->status));
	jline_uint(line, "steps", __atomic_load_n(&slot->steps, __ATOMIC_RELAXED));
	jline_uint(line, "slowest_us", __atomic_load_n(&slot->slowest_us, __ATOMIC_RELAXED));
	if (c->start_error) {
		jline_str(line, "could_not", child_stage_doing(c->start_stage));
		jline_str(line, "error", strerror(c->start_error));
	}
	journal_commit(l->journal);
}

void launch_say_restart(struct launcher *l, unsigned int index, uint64_t now)
{
	struct jline *line;

	if (!may_say(l, now))
		return;
	line = begin(l, "restart", index);
	jline_uint(line, "after_us", l->copies[index].backoff_us);
	journal_commit(l->journal);
}

void launch_say_untold(struct launcher *l, uint64_t now)
{
	if (!l->untold || now < l->lines_until_us || !may_say(l, now))
		return;
	journal_note(l->journal, "%" PRIu64 " lines about exits and restarts were left out",
		     l->untold);
	l->untold = 0;
}
