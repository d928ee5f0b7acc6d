/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The largest set whose members all wait for members of the set: begin with everybody who waits,
 * take out whoever may be freed from outside, until nobody is left to take out. What remains, if
 * anything, holds a circle, for each member has a next one and there are finitely many.
 */
#include "kmsg/wait_cycle.h"

#include <string.h>

#define BIT(claim) (1u << (claim))
#define LOCKS (BIT(CLAIM_DIR) | BIT(CLAIM_FILE) | BIT(CLAIM_RENAME) | BIT(CLAIM_MMAP))

static bool inside(const struct wait_world *w, int group, int outer)
{
	while (group >= 0 && group != outer)
		group = w->parents ? w->parents[group] : -1;
	return group >= 0;
}

bool wait_may_hold(const struct wait_world *w, const struct wait_actor *holder,
		   const struct wait_actor *waiter)
{
	if (waiter->wants == CLAIM_OWNER)
		return holder->pid == waiter->owner_pid;
	if (waiter->wants == CLAIM_MEMORY) /* it may be the victim itself */
		return (holder->holds & BIT(CLAIM_MEMORY)) &&
		       inside(w, holder->group, waiter->group);
	if (holder == waiter)
		return false;
	if (holder->holds & BIT(waiter->wants))
		return true;
	return holder->blurred && (BIT(waiter->wants) & LOCKS);
}

static bool still_stuck(const struct wait_world *w, const struct wait_actor *waiter)
{
	bool any = false;

	for (unsigned int i = 0; i < w->count; i++) {
		const struct wait_actor *holder = &w->actors[i];

		if (!wait_may_hold(w, holder, waiter))
			continue;
		if (!holder->stuck && waiter->wants != CLAIM_HANDLES)
			return false;
		any |= holder->stuck;
	}
	return any;
}

static unsigned int shrink(const struct wait_world *w)
{
	unsigned int left = 0;
	bool changed = true;

	for (unsigned int i = 0; i < w->count; i++)
		w->actors[i].stuck = w->actors[i].wants != CLAIM_NONE;
	while (changed) {
		changed = false;
		left = 0;
		for (unsigned int i = 0; i < w->count; i++) {
			struct wait_actor *a = &w->actors[i];

			if (a->stuck && !still_stuck(w, a)) {
				a->stuck = false;
				changed = true;
			}
			left += a->stuck;
		}
	}
	return left;
}

/* Of several victims the one that waits for the commit tells the story best; else who stands
 * longest. */
static bool better(const struct wait_actor *a, const struct wait_actor *b)
{
	if ((a->wants == CLAIM_COMMIT) != (b->wants == CLAIM_COMMIT))
		return a->wants == CLAIM_COMMIT;
	return a->since_us < b->since_us;
}

static unsigned int next_of(const struct wait_world *w, unsigned int at)
{
	const struct wait_actor *best = NULL;

	for (unsigned int i = 0; i < w->count; i++) {
		const struct wait_actor *a = &w->actors[i];

		if (!a->stuck || !wait_may_hold(w, a, &w->actors[at]))
			continue;
		if (!best || better(a, best))
			best = a;
	}
	return best ? (unsigned int)(best - w->actors) : at;
}

/* Some steps from anywhere lead onto the circle; as many as there are tasks surely do. */
static unsigned int somewhere_on_it(const struct wait_world *w)
{
	unsigned int at = 0;

	while (!w->actors[at].stuck)
		at++;
	for (unsigned int i = 0; i < w->count; i++)
		at = next_of(w, at);
	return at;
}

static unsigned int journal_first(const struct wait_world *w, unsigned int at)
{
	unsigned int on = at;

	do {
		if (w->actors[on].holds & BIT(CLAIM_COMMIT))
			return on;
		on = next_of(w, on);
	} while (on != at);
	return at;
}

bool wait_cycle_find(const struct wait_world *w, struct wait_cycle *ret)
{
	unsigned int first, at;

	memset(ret, 0, sizeof(*ret));
	ret->stuck = shrink(w);
	if (!ret->stuck)
		return false;
	first = at = journal_first(w, somewhere_on_it(w));
	do {
		const struct wait_actor *a = &w->actors[at];

		if (ret->count < WAIT_CYCLE_MEMBERS)
			ret->members[ret->count++] = at;
		if (a->since_us > ret->since_us)
			ret->since_us = a->since_us;
		at = next_of(w, at);
	} while (at != first);
	return true;
}
