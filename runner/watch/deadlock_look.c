/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One task at a time. Whoever stands in D is read once: a stack cannot change without the task
 * being put on a CPU, and that is counted. Whoever moves is sampled, and only under alarm.
 */
#include "watch/deadlock.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "watch/task_decide.h"
#include "watch/task_look.h"

/* Most sleeps in D are shorter: those cost no stack. */
#define STANDS_US 1000000
#define DEATH_AGAIN_US 3000000

bool deadlock_read(struct deadlock *w, pid_t tid)
{
	return task_view_read(w->scan.proc_fd, tid, w->prober, &w->view) == 0;
}

void deadlock_read_death(struct deadlock *w, struct suspect *s)
{
	char path[64];

	snprintf(path, sizeof(path), "%d/status", (int)s->tid);
	if (textfile_read_at(w->scan.proc_fd, path, w->text, sizeof(w->text)) <= 0 ||
	    task_death_parse(w->text, &s->death) < 0)
		s->death = (struct task_death){ 0 };
}

/* Again when its group has lost somebody since, and now and then where kills are not counted or
 * came from elsewhere. */
static void follow_death(struct deadlock *w, struct suspect *s, uint64_t now)
{
	const uint64_t kills = s->group >= 0 && w->groups ? w->groups[s->group].kills : 0;

	if (s->group < 0 ||
	    (s->death_us && s->death_kills == kills && now < s->death_us + DEATH_AGAIN_US))
		return;
	deadlock_read_death(w, s);
	s->death_kills = kills;
	s->death_us = now;
}

static void take(struct deadlock *w, uint32_t index, uint64_t still_since, uint64_t now)
{
	const struct task *t = &w->table.tasks[index];
	struct suspect *s = suspect_add(&w->suspects, index);

	if (!s)
		return;
	s->tid = t->tid;
	s->group = t->group;
	s->kthread = t->kthread;
	snprintf(s->comm, sizeof(s->comm), "%.31s", w->view.stat.comm);
	suspect_see(s, w->view.stack, still_since, now);
}

static void stands(struct deadlock *w, uint32_t index, uint64_t now)
{
	struct task *t = &w->table.tasks[index];
	struct suspect *s = suspect_of(&w->suspects, index);

	if (now < t->d_since_us + STANDS_US || t->idle)
		return;
	if (!s || !s->still) {
		if (!deadlock_read(w, t->tid) || w->view.stat.state != 'D')
			return;
		t->idle = t->kthread && task_idles_in_d(w->view.stat.comm, w->view.wchan);
		if (!t->idle)
			take(w, index, t->d_since_us, now);
		s = suspect_of(&w->suspects, index);
	}
	if (s && w->alarmed)
		follow_death(w, s, now);
}

/* It runs, or sleeps now and then. What counts is that it never leaves where others wait for it. */
static void moves(struct deadlock *w, uint32_t index, uint64_t now)
{
	const struct task *t = &w->table.tasks[index];
	struct suspect *s = suspect_of(&w->suspects, index);
	const bool runs = t->state == 'R' || t->state == 'D';
	struct wait_verdict v;

	w->movers += runs;
	if (!w->alarmed || !runs) {
		suspect_drop(&w->suspects, index);
		return;
	}
	if (!deadlock_has_turn(w, index, s))
		return;
	if (!deadlock_read(w, t->tid)) {
		suspect_drop(&w->suspects, index);
		return;
	}
	if (!w->view.stack[0]) { /* it was on a CPU: nothing is known, nothing has changed */
		w->blind++;
		return;
	}
	wait_classify_stack(w->view.stack, &v);
	if (!v.holds) {
		suspect_drop(&w->suspects, index);
		return;
	}
	take(w, index, 0, now);
	s = suspect_of(&w->suspects, index);
	if (s)
		follow_death(w, s, now);
}

bool deadlock_look(struct deadlock *w, uint32_t index, uint64_t now)
{
	struct task *t = &w->table.tasks[index];
	uint64_t switches;
	bool moved;
	char state;

	if (!task_look(&w->scan, t, &state, &switches)) {
		if (t->group >= 0 && w->groups)
			w->groups[t->group].ran_us = now;
		suspect_drop(&w->suspects, index);
		task_table_drop(&w->table, t);
		return false;
	}
	moved = !t->looked || switches != t->switches;
	t->looked = true;
	t->state = state;
	t->switches = switches;
	if (moved || state == 'R')
		w->ran_us[index] = now;
	if (moved)
		t->idle = false;
	if (state != 'D' || moved)
		t->d_since_us = state == 'D' ? now : 0;
	if (state == 'D' && !moved)
		stands(w, index, now);
	else
		moves(w, index, now);
	return true;
}
