/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each circle is told once. One that comes apart afterwards was none, or somebody was killed: that
 * is noted beside the finding, so that a wrong one shows itself.
 */
#include "watch/deadlock.h"

static bool is_told(const struct deadlock *w)
{
	for (unsigned int i = 0; i < w->told_count; i++) {
		const struct deadlock_told *told = &w->told[i];
		bool same = !told->apart && told->count == w->cycle.count;

		for (unsigned int m = 0; same && m < told->count; m++)
			same = told->tids[m] == w->actors[w->cycle.members[m]].pid;
		if (same)
			return true;
	}
	return false;
}

/* The last word is with what they keep at this moment: the reaper may have come. */
static bool holds_yet(struct deadlock *w)
{
	for (unsigned int m = 0; m < w->cycle.count; m++) {
		struct suspect *s = &w->suspects.list[w->cycle.members[m]];

		if (!s->death.killed)
			continue;
		deadlock_read_death(w, s);
		if (s->death.kept_bytes < DEADLOCK_KEEPS_BYTES)
			return false;
	}
	return true;
}

bool deadlock_stood(const struct deadlock *w, uint64_t now)
{
	uint64_t since = w->cycle.since_us;

	return now >= since + w->for_us + unseen_log_since(&w->unseen, w->base.ctx->unseen, since);
}

void deadlock_tell(struct deadlock *w, uint64_t now)
{
	struct deadlock_told *told = &w->told[w->told_count];
	struct finding f;

	if (w->told_count == DEADLOCK_TOLD_MAX || is_told(w) || !holds_yet(w))
		return;
	finding_init(&f, FINDING_DEADLOCK, "deadlock", now);
	deadlock_say(w, &f, now);
	told->count = w->cycle.count;
	for (unsigned int m = 0; m < told->count; m++)
		told->tids[m] = w->actors[w->cycle.members[m]].pid;
	told->since_us = w->cycle.since_us;
	told->id = watch_emit(&w->base, &f);
	w->told_count++;
}

static bool stands_yet(const struct deadlock *w, pid_t tid)
{
	for (unsigned int i = 0; i < w->suspects.high; i++)
		if (w->suspects.list[i].tid == tid)
			return true;
	return false;
}

void deadlock_look_back(struct deadlock *w, uint64_t now)
{
	for (unsigned int i = 0; i < w->told_count; i++) {
		struct deadlock_told *told = &w->told[i];

		for (unsigned int m = 0; m < told->count && !told->apart; m++) {
			if (stands_yet(w, told->tids[m]))
				continue;
			told->apart = true;
			watch_note(&w->base,
				   "the circle of finding %u came apart after %.1f s: %d moves on",
				   told->id, (double)(now - told->since_us) / 1e6,
				   (int)told->tids[m]);
		}
	}
}
