/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Locks whose owner the kernel named (since 6.16). "Likely" is its own word: the owner field is
 * read without a lock, and of a semaphore it is only the last one who took it.
 */
#include "triage/wait_chain.h"

#include <stdio.h>

static const struct hung_task *owner_of(const struct hung_set *set, const struct hung_task *t)
{
	return hung_find(set, t->owner_pid);
}

static void link_owner(const struct hung_set *set, const struct hung_task *t, struct chain *c)
{
	const struct hung_task *owner = owner_of(set, t);
	char from[80], to[80];

	chain_name(t->comm, t->pid, from, sizeof(from));
	if (!t->owner_pid) {
		chain_link(c, LINK_SAID, from, "", "blocked on a %s whose owner is not found",
			   t->lock);
		return;
	}
	chain_name(t->owner_comm, t->owner_pid, to, sizeof(to));
	chain_link(c, LINK_SAID, from, to, "blocked on a %s %s", t->lock,
		   owner ? "that it likely holds"
			 : "that it likely holds; it is not among the hung tasks: it runs, or "
			   "sleeps otherwise");
}

void wait_chain_locks(const struct hung_set *set, struct chain *c)
{
	for (unsigned int i = 0; i < set->count; i++)
		if (set->tasks[i].lock[0])
			link_owner(set, &set->tasks[i], c);
}
