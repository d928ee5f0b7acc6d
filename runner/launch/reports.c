/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports of the spawner and of children on their way to exec. The two write independently, so a
 * child's own report can overtake the spawner's; whichever comes first tells the pid, and what is
 * about an earlier life is told by that.
 */
#include "launch/internal.h"

#include <signal.h>
#include <unistd.h>

#include "base/clock.h"

int launch_copy_of(const struct launcher *l, pid_t pid)
{
	for (unsigned int i = 0; i < l->plan->n_launches; i++)
		if (l->copies[i].pid == pid && l->copies[i].state == COPY_ALIVE)
			return (int)i;
	return -1;
}

void launch_not_born(struct launcher *l, unsigned int index, int error)
{
	struct copy *c = &l->copies[index];

	c->start_error = error;
	c->start_stage = CHILD_BORN;
}

static void known(struct launcher *l, unsigned int index, pid_t pid)
{
	struct copy *c = &l->copies[index];

	c->pid = pid;
	/* The stop flag reached the slot of the others; fio knows none. */
	if (c->stopping && l->plan->launches[index].is_fio)
		kill(pid, SIGINT);
}

static void take(struct launcher *l, const struct child_report *r)
{
	struct copy *c;

	if (r->index >= l->plan->n_launches)
		return;
	c = &l->copies[r->index];
	/* Late news of the life before. */
	if (c->state != COPY_ALIVE || (r->pid && r->pid == c->last_pid) ||
	    (c->pid && r->pid != c->pid))
		return;
	if (r->pid && !c->pid)
		known(l, r->index, r->pid);
	if (r->stage == CHILD_BORN && r->error) {
		launch_not_born(l, r->index, r->error);
	} else if (r->stage == CHILD_READY) {
		c->started = true;
		c->verified = l->specs[r->index].node->n_dirs > 0;
		launch_say_spawn(l, r->index, now_us());
	} else if (r->error) {
		c->started = false;
		c->start_error = r->error;
		c->start_stage = (enum child_stage)r->stage;
	}
}

void launch_take_reports(struct launcher *l)
{
	struct child_report reports[64];
	ssize_t n;

	while ((n = read(l->report_fd[0], reports, sizeof(reports))) > 0)
		for (size_t i = 0; i < (size_t)n / sizeof(reports[0]); i++)
			take(l, &reports[i]);
}
