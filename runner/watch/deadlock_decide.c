/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Suspects become actors of a wait_cycle by what can be proven of them: whoever moves in another
 * way than one that loops, or asks a group that has room, may go on by itself.
 */
#include "watch/deadlock_decide.h"

#include "scenario/scenario.h"

#define BIT(claim) (1u << (claim))

/* Waits that a disk ends, too: nothing is said of them while one stands still. */
#define DISK_CLAIMS                                                                                \
	(BIT(CLAIM_PAGE) | BIT(CLAIM_BUFFER) | BIT(CLAIM_FLUSHER) | BIT(CLAIM_INODE) |             \
	 BIT(CLAIM_DIR) | BIT(CLAIM_FILE) | BIT(CLAIM_RENAME) | BIT(CLAIM_MMAP))

/*
 * A commit waits for its handles for milliseconds; two seconds are worth the price of sampling
 * those that run, some 50 us each.
 */
#define ALARM_US 2000000

/* A charge takes 64 pages at once for each CPU (MEMCG_CHARGE_BATCH) and gives back what it does not
 * need: so far below its limit a group may stand and be full. 1 MiB are four CPUs; larger groups
 * are on larger machines. */
static uint64_t slack(uint64_t limit_bytes)
{
	const uint64_t least = 1024 * 1024, share = limit_bytes / 64;

	return share > least ? share : least;
}

void deadlock_group_see(struct deadlock_group *g, uint64_t usage_bytes, uint64_t kills,
			uint64_t now)
{
	bool full = g->limit_bytes != UNSET && usage_bytes != UNSET &&
		    usage_bytes + slack(g->limit_bytes) >= g->limit_bytes;

	if (!full)
		g->full_since_us = 0;
	else if (!g->full_since_us || kills != g->kills)
		g->full_since_us = now;
	g->usage_bytes = usage_bytes;
	g->kills = kills;
}

int deadlock_full_group(const struct deadlock_view *v, int group)
{
	while (group >= 0 && v->groups && !v->groups[group].full_since_us)
		group = v->parents[group];
	return v->groups ? group : -1;
}

static bool is_inside(const struct deadlock_view *v, int group, int outer)
{
	while (group >= 0 && group != outer)
		group = v->parents[group];
	return group >= 0;
}

bool deadlock_is_hopeless(const struct deadlock_view *v, int group)
{
	if (group < 0 || !v->groups[group].is_refused)
		return false;
	for (unsigned int i = 0; i < v->n_groups; i++)
		if (v->groups[i].has_victims && is_inside(v, (int)i, group))
			return false;
	return true;
}

static uint64_t last_ran(const struct deadlock_view *v, int group)
{
	uint64_t last = 0;

	for (unsigned int i = 0; i < v->n_groups; i++)
		if (v->groups[i].ran_us > last && is_inside(v, (int)i, group))
			last = v->groups[i].ran_us;
	return last;
}

bool deadlock_loops(const struct suspect *s)
{
	return !s->still && wait_wants(&s->v) == CLAIM_MEMORY && s->samples >= DEADLOCK_SAMPLES &&
	       s->memory_samples >= DEADLOCK_ASKING;
}

static enum wait_claim wants(const struct deadlock_view *v, const struct suspect *s)
{
	enum wait_claim claim = wait_wants(&s->v);

	if (!s->still && !deadlock_loops(s))
		return CLAIM_NONE;
	if (claim == CLAIM_MEMORY && deadlock_full_group(v, s->group) < 0)
		return CLAIM_NONE;
	if ((BIT(claim) & DISK_CLAIMS) && !v->disks_moved)
		return CLAIM_NONE;
	return claim;
}

static void later(uint64_t *at, uint64_t us)
{
	if (us > *at)
		*at = us;
}

static void ask(const struct deadlock_view *v, int group, struct wait_actor *a)
{
	a->group = group;
	later(&a->since_us, v->groups[group].full_since_us);
	if (deadlock_is_hopeless(v, group))
		later(&a->since_us, last_ran(v, group));
}

static void make_actor(const struct deadlock_view *v, const struct suspect *s, struct wait_actor *a)
{
	*a = (struct wait_actor){ .pid = s->tid, .group = s->group, .since_us = s->since_us };
	if (!s->tid)
		return;
	a->wants = wants(v, s);
	a->holds = s->v.holds;
	if (!s->still && s->samples < DEADLOCK_SAMPLES)
		a->holds &= ~BIT(CLAIM_PAGE); /* reclaim locks pages, now these, now those */
	a->blurred = s->still && !s->kthread && a->wants == CLAIM_NONE;
	if (s->death.killed && s->death.kept_bytes >= DEADLOCK_KEEPS_BYTES)
		a->holds |= BIT(CLAIM_MEMORY);
	else if (s->still && deadlock_is_hopeless(v, deadlock_full_group(v, s->group)))
		a->holds |= BIT(CLAIM_MEMORY);
	if (a->wants == CLAIM_MEMORY)
		ask(v, deadlock_full_group(v, s->group), a);
}

bool deadlock_decide(const struct deadlock_view *v, uint64_t now, uint64_t for_us,
		     struct wait_actor *actors, struct wait_cycle *ret)
{
	const struct wait_world world = { actors, v->suspects->high, v->parents };

	for (unsigned int i = 0; i < world.count; i++)
		make_actor(v, &v->suspects->list[i], &actors[i]);
	return wait_cycle_find(&world, ret) && now >= ret->since_us + for_us;
}

bool deadlock_alarming(const struct suspects *s, uint64_t now)
{
	for (unsigned int i = 0; i < s->high; i++) {
		const struct suspect *one = &s->list[i];
		enum wait_claim claim = wait_wants(&one->v);

		if (one->tid && one->still && claim != CLAIM_NONE && claim != CLAIM_COMMIT &&
		    now >= one->since_us + ALARM_US)
			return true;
	}
	return false;
}
