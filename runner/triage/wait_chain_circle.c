/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tasks of a log as actors of a wait_cycle. A log holds few of a machine's tasks, so only such
 * claims count whose holders it shows if there are any: the commit, open handles, memory that the
 * chosen victim keeps, and locks whose owner the kernel named. Who else may hold a lock of a
 * directory, a log does not tell.
 */
#include "kmsg/wait_cycle.h"
#include "triage/wait_chain.h"

#define BIT(claim) (1u << (claim))
#define TOLD (BIT(CLAIM_COMMIT) | BIT(CLAIM_HANDLES) | BIT(CLAIM_MEMORY))

static void make_actor(const struct hung_task *t, const struct chain *c, struct wait_actor *a)
{
	const enum wait_claim wants = wait_wants(&t->v);

	*a = (struct wait_actor){ .pid = t->pid, .owner_pid = t->owner_pid };
	if (t->lock[0] && t->owner_pid)
		a->wants = CLAIM_OWNER;
	else if (BIT(wants) & TOLD)
		a->wants = wants;
	a->holds = t->v.holds & TOLD;
	if (t == c->victim)
		a->holds |= BIT(CLAIM_MEMORY);
}

bool wait_chain_circle(const struct hung_set *set, const struct chain *c)
{
	struct wait_actor actors[HUNG_MAX];
	const struct wait_world world = { actors, set->count, NULL };
	struct wait_cycle cycle;

	for (unsigned int i = 0; i < set->count; i++)
		make_actor(&set->tasks[i], c, &actors[i]);
	return wait_cycle_find(&world, &cycle);
}
