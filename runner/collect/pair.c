/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What speaks against a pair, in the order of its weight: another boot id or run named in the log;
 * another kernel; a crash before the run's last word, or after now; a kernel that had not been up
 * for as long as the run had. Clocks are set from a battery and corrected later, so times are held
 * against each other with some slack.
 */
#include "collect/pair.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

/* Between a real-time clock and NTP's correction of it; more is a wrong clock, and said. */
#define SKEW_S 120
/* printk's clock against CLOCK_MONOTONIC: 15 s apart were seen on a machine resumed from a
 * snapshot. */
#define CLOCKS_US 30000000u
/* A dump of a machine of terabytes to a slow disk. */
#define DUMPING_S (3 * 3600)
/* The store is written in the panic, a crash kernel is started right behind it. */
#define SAME_DEATH_US 10000000u
/* A living run writes a line each 5 s: a run that began this much after another's last word found
 * it dead. */
#define DEAD_S 30

static enum pair_fit against(const char **ret_why, const char *why)
{
	if (ret_why)
		*ret_why = why;
	return FIT_NOT;
}

/* Seconds since the epoch at which the kernel of the relic, and that of the run, booted; 0: not
 * known. */
static time_t relic_booted(const struct relic *r)
{
	return r->last_us ? r->when - (time_t)(r->last_us / 1000000) : 0;
}

static time_t run_booted(const struct lost *l)
{
	return l->epoch_us ? l->began - (time_t)(l->epoch_us / 1000000) : 0;
}

enum pair_fit pair_fits(const struct lost *run, const struct relic *relic,
			const struct pair_now *now, const char **ret_why)
{
	time_t boot = run_booted(run), died = relic_booted(relic);

	if (ret_why)
		*ret_why = "";
	if (relic->release[0] && run->release[0] && strcmp(relic->release, run->release) != 0)
		return against(ret_why, "it is of another kernel");
	if (relic_run_index(relic, run->id) >= 0)
		return FIT_CERTAIN;
	if (relic->n_runs)
		return against(ret_why, "its log names another run");
	if (relic->when + SKEW_S < run->last)
		return against(ret_why, "it is older than the run's last word");
	if (relic->when > now->now + SKEW_S)
		return against(ret_why, "it is dated in the future: a clock is wrong");
	if (relic->last_us && run->last_us > relic->last_us + CLOCKS_US)
		return against(ret_why, "its kernel had not been up for as long as the run's");
	if (boot && died && (died + SKEW_S < boot || died > boot + DUMPING_S))
		return against(ret_why, "its kernel booted at another time than the run's");
	return FIT_POSSIBLE;
}

/* In the boot of @run another run began after its last word: its runner was dead by then, and the
 * crash is not its end. */
static bool is_outlived(const struct lost *run, const struct losts *all)
{
	for (unsigned int i = 0; i < all->count; i++) {
		const struct lost *other = &all->list[i];

		if (other != run && run->boot_id[0] && !strcmp(other->boot_id, run->boot_id) &&
		    other->began > run->last + DEAD_S)
			return true;
	}
	return false;
}

static bool is_of_this_boot(const struct lost *run, const struct pair_now *now)
{
	if (run->boot_id[0] && now->boot_id[0])
		return !strcmp(run->boot_id, now->boot_id);
	return now->booted && run->began > now->booted + SKEW_S;
}

static bool is_open(const struct lost *run, const struct losts *all, const struct pair_now *now)
{
	return !run->live && !run->finished && !run->guest && !is_of_this_boot(run, now) &&
	       !is_outlived(run, all);
}

/* How well the best run does with this relic, and how many do as well. */
static unsigned int rivals(const struct losts *all, const struct relic *relic,
			   const struct pair_now *now, enum pair_fit fit)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < all->count; i++)
		if (is_open(&all->list[i], all, now))
			n += pair_fits(&all->list[i], relic, now, NULL) <= fit;
	return n;
}

static bool ambiguous(struct pair *p, const struct relic *a, const struct relic *b)
{
	if (b)
		snprintf(p->why, sizeof(p->why),
			 "%.200s and %.200s both fit; look at their logs, and give one with --take",
			 a->name, b->name);
	else
		snprintf(p->why, sizeof(p->why),
			 "%.200s fits other runs as well; look at its log, and give it with --take",
			 a->name);
	p->state = PAIR_AMBIGUOUS;
	p->relics[RELIC_KDUMP] = p->relics[RELIC_PSTORE] = NULL;
	return true;
}

/* Both logs end with the same death: a kernel's uptime then is its name. */
static bool same_crash(const struct relic *a, const struct relic *b)
{
	uint64_t x = a->last_us, y = b->last_us;

	return !x || !y || (x > y ? x - y : y - x) < SAME_DEATH_US;
}

/* The relics of one kind that fit as well as @fit: one is taken, two are one too many. */
static bool choose(const struct lost *run, const struct losts *runs, const struct relics *relics,
		   const struct pair_now *now, enum pair_fit fit, struct pair *p)
{
	for (unsigned int i = 0; i < relics->count; i++) {
		const struct relic *r = &relics->list[i];

		if (pair_fits(run, r, now, NULL) != fit)
			continue;
		if (rivals(runs, r, now, fit) > 1)
			return ambiguous(p, r, NULL);
		if (p->relics[r->kind])
			return ambiguous(p, p->relics[r->kind], r);
		p->relics[r->kind] = r;
		p->state = PAIR_DUMP;
		p->fit = fit;
	}
	if (p->relics[RELIC_KDUMP] && p->relics[RELIC_PSTORE] &&
	    !same_crash(p->relics[RELIC_KDUMP], p->relics[RELIC_PSTORE]))
		return ambiguous(p, p->relics[RELIC_KDUMP], p->relics[RELIC_PSTORE]);
	return p->state == PAIR_DUMP;
}

/* A certain relic of one kind leaves room for a possible one of the other: a kdump with the run's
 * mark, and the store's last kilobytes without it. */
static void complement(const struct lost *run, const struct losts *runs,
		       const struct relics *relics, const struct pair_now *now, struct pair *p)
{
	enum relic_kind missing = p->relics[RELIC_KDUMP] ? RELIC_PSTORE : RELIC_KDUMP;
	const struct relic *found = NULL;

	for (unsigned int i = 0; i < relics->count; i++) {
		const struct relic *r = &relics->list[i];

		if (r->kind != missing || pair_fits(run, r, now, NULL) != FIT_POSSIBLE ||
		    rivals(runs, r, now, FIT_POSSIBLE) > 1 || !same_crash(r, p->relics[!missing]))
			continue;
		if (found)
			return;
		found = r;
	}
	p->relics[missing] = found;
}

static void say_none(const struct lost *run, const struct relics *relics,
		     const struct pair_now *now, struct pair *p)
{
	const char *why = "";

	p->state = PAIR_NONE;
	if (!relics->count)
		snprintf(p->why, sizeof(p->why),
			 "neither kdump nor the persistent store kept anything");
	for (unsigned int i = 0; i < relics->count && !p->why[0]; i++) {
		pair_fits(run, &relics->list[i], now, &why);
		snprintf(p->why, sizeof(p->why), "%s is not its: %s", relics->list[i].name, why);
	}
}

static void pair_one(const struct lost *run, const struct losts *runs, const struct relics *relics,
		     const struct pair_now *now, struct pair *p)
{
	*p = (struct pair){ .state = PAIR_SKIPPED };
	if (run->live || run->finished || run->guest) {
		snprintf(p->why, sizeof(p->why), "%s",
			 run->live        ? "its runner is at work"
			 : run->collected ? "has been collected"
			 : run->finished  ? "ended with a verdict of its own"
					  : "ran in a guest");
		return;
	}
	if (!is_open(run, runs, now)) {
		p->state = PAIR_KILLED;
		snprintf(p->why, sizeof(p->why), "its runner died, and the machine lived on");
		return;
	}
	if (!choose(run, runs, relics, now, FIT_CERTAIN, p) &&
	    !choose(run, runs, relics, now, FIT_POSSIBLE, p)) {
		say_none(run, relics, now, p);
		return;
	}
	if (p->state == PAIR_DUMP && p->fit == FIT_CERTAIN &&
	    (!p->relics[RELIC_KDUMP] || !p->relics[RELIC_PSTORE]))
		complement(run, runs, relics, now, p);
}

void pair_all(const struct losts *runs, const struct relics *relics, const struct pair_now *now,
	      struct pair *ret)
{
	for (unsigned int i = 0; i < runs->count; i++)
		pair_one(&runs->list[i], runs, relics, now, &ret[i]);
}
