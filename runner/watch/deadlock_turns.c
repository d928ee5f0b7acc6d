/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who of those that move is sampled in this pass. The stack of one that runs is read by a thread
 * that goes to its CPU, at its next preemption point: 50 us, but 60 ms in a guest whose CPUs share
 * two cores with fourteen others, where three hundred tasks in reclaim (v1) made a pass of 45 s. So
 * whoever may have what others wait for is sampled in each pass, and the rest in turns.
 */
#include "watch/deadlock.h"

#define MOVERS_A_PASS 32

void deadlock_turn(struct deadlock *w, uint64_t now)
{
	w->turns = 1 + w->movers / MOVERS_A_PASS;
	if (w->turns > DEADLOCK_TURNS_MAX)
		w->turns = DEADLOCK_TURNS_MAX;
	w->movers = 0;
	w->passes_us[++w->pass % DEADLOCK_TURNS_MAX] = now;
}

bool deadlock_has_turn(const struct deadlock *w, uint32_t index, const struct suspect *s)
{
	return (s && (s->still || s->death.killed || (s->v.holds & w->wanted))) ||
	       index % w->turns == w->pass % w->turns;
}

uint64_t deadlock_round_began(const struct deadlock *w)
{
	return w->passes_us[(w->pass + 1 - w->turns) % DEADLOCK_TURNS_MAX];
}

unsigned int deadlock_wanted(const struct suspects *s)
{
	unsigned int claims = 1u << CLAIM_HANDLES;

	for (unsigned int i = 0; i < s->high; i++)
		if (s->list[i].tid && s->list[i].still)
			claims |= 1u << wait_wants(&s->list[i].v);
	return claims & ~(1u << CLAIM_NONE);
}
