/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How fast the machine is, against how fast it once was. A guest whose host gives it a twentieth of
 * a CPU is told nothing of that (TCG counts no steal time): a commit then takes a minute, and
 * nothing hangs.
 */
#ifndef HANGAR_WATCH_PACE_H
#define HANGAR_WATCH_PACE_H

#include <stdint.h>

/* Time of the run that says little about who stood still; it only grows. */
struct unseen {
	uint64_t late_us; /* looks at the tasks came too late (the tasks watcher) */
	uint64_t slow_us; /* the machine was slow (the pace watcher) */
};

/* What of the time since @then is to be left out; the two overlap. @now may be NULL: nothing. */
uint64_t unseen_since(const struct unseen *now, const struct unseen *then);

/* What the last looks found of it: a watcher asks later since when something has stood. */
#define UNSEEN_LOOKS 64

struct unseen_log {
	uint64_t at_us[UNSEEN_LOOKS];
	struct unseen was[UNSEEN_LOOKS];
	unsigned int looks; /* the latest is at looks - 1, modulo UNSEEN_LOOKS */
};

/* Once a look. @now may be NULL: nothing is kept. */
void unseen_log_put(struct unseen_log *log, const struct unseen *now, uint64_t now_us);

/* What of the time since @then_us is to be left out, as far back as the looks go. */
uint64_t unseen_log_since(const struct unseen_log *log, const struct unseen *now, uint64_t then_us);

/**
 * pace_unseen - how much of @elapsed_us is missing
 * @probes: equal pieces of work that were done, @took_us: how long all of them took
 * @least_us: how long the quickest that there ever was took
 * Where work takes r times as long as it can, a second is worth 1/r; up to r = 2 it is worth one.
 */
uint64_t pace_unseen(uint64_t elapsed_us, uint64_t probes, uint64_t took_us, uint64_t least_us);

#endif
