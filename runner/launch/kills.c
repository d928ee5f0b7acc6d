/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which SIGKILL was the OOM killer's? The kernel counts its victims per group (memory.events on v2,
 * oom_control on v1 since 4.13) before it signals them, so at the time of an exit the count has
 * already risen. Each rise explains one exit; what no copy claims within a moment was a stressor's
 * own child.
 */
#include "launch/internal.h"

/*
 * From the count to our waitpid() a victim may take long: one in D state cannot die before its wait
 * is over, and such victims are what a storm is for.
 */
#define CLAIM_WITHIN_US 120000000u

static void look(struct launcher *l, unsigned int group, uint64_t now)
{
	struct group_kills *k = &l->kills[group];
	uint64_t count = cgroup_oom_kills(&l->tree->nodes[group]);

	if (count == UNSET || count == k->known)
		return;
	k->known = count;
	k->since_us = now;
}

bool launch_take_oom_kill(struct launcher *l, unsigned int group, uint64_t now, bool *ret_unknown)
{
	const struct cgroup_node *node = &l->tree->nodes[group];
	struct group_kills *k = &l->kills[group];

	*ret_unknown = cgroup_oom_kills(node) == UNSET && node->limit_bytes != UNSET;
	look(l, group, now);
	if (k->taken >= k->known)
		return false;
	k->taken++;
	return true;
}

void launch_forget_oom_kills(struct launcher *l, uint64_t now)
{
	for (unsigned int i = 0; i < l->tree->n_nodes; i++) {
		struct group_kills *k = &l->kills[i];

		look(l, i, now);
		if (k->taken < k->known && now - k->since_us > CLAIM_WITHIN_US)
			k->taken = k->known;
	}
}
