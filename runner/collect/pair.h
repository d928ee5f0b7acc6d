/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which crash was the end of which run. Pure. A pair is made only when nothing speaks against it
 * and no other pair is possible; what is possible twice is told, never guessed.
 */
#ifndef HANGAR_PAIR_H
#define HANGAR_PAIR_H

#include "collect/lost.h"
#include "collect/relic.h"

struct pair_now {
	time_t now;
	time_t booted;    /* of this boot, 0: not known */
	char boot_id[40]; /* of this boot, "" when not known */
};

enum pair_fit {
	FIT_CERTAIN,  /* the run's own mark stands in the log of the kernel that died */
	FIT_POSSIBLE, /* time and release agree */
	FIT_NOT,
};

/* May @relic be the end of @run? @ret_why (may be NULL): what speaks against it, a few words. */
enum pair_fit pair_fits(const struct lost *run, const struct relic *relic,
			const struct pair_now *now, const char **ret_why);

enum pair_state {
	PAIR_DUMP,      /* one crash, and at most one relic of each kind for it */
	PAIR_NONE,      /* no relic fits: the machine was reset, or kept nothing */
	PAIR_KILLED,    /* this very boot: the runner died, not the machine */
	PAIR_AMBIGUOUS, /* several relics fit, or this one fits several runs */
	PAIR_SKIPPED,   /* live, finished, or a guest's: nothing to do */
};

struct pair {
	enum pair_state state;
	const struct relic *relics[2]; /* by enum relic_kind; NULL: none */
	enum pair_fit fit;
	char why[512];
};

/* One pair for each of @runs, into @ret. */
void pair_all(const struct losts *runs, const struct relics *relics, const struct pair_now *now,
	      struct pair *ret);

#endif
