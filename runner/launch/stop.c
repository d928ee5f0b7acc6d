/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ending: first a word in shared memory, so that a stressor finishes its step and removes its
 * files; then SIGTERM, then SIGKILL, each to the copy's whole process group; at the very end to
 * whole control groups, which also hold what a stressor forked and forgot.
 */
#include "launch/internal.h"

#include <signal.h>

#include "launch/slots_map.h"

/* A step is an fsync at most: on a slow disk under pressure up to a second. */
#define TERM_AFTER_US 2000000u
#define KILL_AFTER_US 4000000u
/* v1 walks a list of threads for each group kill; ten times a second would be more load than help.
 */
#define GROUPS_EVERY_US 200000u

static bool in_scope(const struct launcher *l, unsigned int index, int phase)
{
	const struct plan_launch *launch = &l->plan->launches[index];

	return phase < 0 || ((int)launch->phase == phase && !launch->keep);
}

static void ask(struct launcher *l, unsigned int index)
{
	struct copy *c = &l->copies[index];
	struct slot *s = launch_slot(l, index);

	if (c->state == COPY_BACKOFF)
		c->state = COPY_ENDED;
	if (c->state != COPY_ALIVE || c->stopping)
		return;
	c->stopping = true;
	__atomic_store_n(&s->stop, 1, __ATOMIC_RELEASE);
	slots_wake(&s->go); /* it may still wait at the start line */
	if (l->plan->launches[index].is_fio && c->pid > 0)
		kill(c->pid, SIGINT); /* fio ends its jobs and still writes its results */
}

void launcher_stop(struct launcher *l, int phase)
{
	if (phase < 0)
		__atomic_store_n(&l->slots->stop, 1, __ATOMIC_RELEASE);
	for (unsigned int i = 0; i < l->plan->n_launches; i++)
		if (in_scope(l, i, phase))
			ask(l, i);
	/* Sleepers of all phases wake, look at their own flag and sleep on. */
	slots_wake(&l->slots->stop);
}

/* The group of processes that the copy leads; the copy itself if it has not made one yet. */
static void send(struct copy *c, int sig)
{
	if (c->sent == sig || c->pid <= 0)
		return;
	if (kill(-c->pid, sig) < 0)
		kill(c->pid, sig);
	c->sent = sig;
}

static unsigned int press(struct launcher *l, int phase, uint64_t waited)
{
	unsigned int left = 0;

	for (unsigned int i = 0; i < l->plan->n_launches; i++) {
		struct copy *c = &l->copies[i];

		if (!in_scope(l, i, phase) || c->state == COPY_IDLE || c->state == COPY_ENDED)
			continue;
		left++;
		if (waited >= KILL_AFTER_US)
			send(c, SIGKILL);
		else if (waited >= TERM_AFTER_US)
			send(c, SIGTERM);
	}
	return left;
}

/* Kill whatever is in our groups. True: nothing is. */
static bool sweep_groups(struct launcher *l, uint64_t now)
{
	int seen = 0;

	if (now < l->next_group_us)
		return false;
	l->next_group_us = now + GROUPS_EVERY_US;
	for (unsigned int i = 0; i < l->tree->n_nodes; i++) {
		int n = cgroup_kill(&l->tree->nodes[i], SIGKILL);

		seen += n > 0 ? n : 0;
	}
	return seen == 0;
}

bool launcher_escalate(struct launcher *l, int phase, uint64_t asked_us, uint64_t now)
{
	const uint64_t waited =
		!asked_us || now < asked_us ? (asked_us ? 0 : UINT64_MAX) : now - asked_us;
	unsigned int left = press(l, phase, waited);

	if (left) {
		if (phase < 0 && waited >= KILL_AFTER_US)
			sweep_groups(l, now);
		return false;
	}
	return phase >= 0 || sweep_groups(l, now);
}
