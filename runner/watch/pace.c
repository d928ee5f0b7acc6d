/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pace of the machine: a piece of work of known size, 3 to 6 ms of it each second. The observer
 * has real-time priority, so nothing on this machine makes its work slow; what does is the host
 * that runs something else, and it runs else for milliseconds at a time: 50 pieces of 0.3 ms in
 * five seconds meet that often enough to tell its share.
 */
#include "watch/pace.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>

#include "base/clock.h"
#include "watch/watch.h"

#define EVERY_US 100000
#define PROBE_US 300
#define WINDOW_US 5000000
#define SHARE 50          /* where a probe took long, the next comes so many times later ... */
#define SELDOM_US 1000000 /* ... but within a second: of little CPU we take little */
#define USUAL 2 /* frequencies change and caches are shared: so many times as slow is usual */

struct pace {
	struct watcher base;
	unsigned int rounds; /* of work in a probe */
	bool first;          /* we have real-time priority, since the run was armed */
	uint64_t least_us;
	uint64_t began_us, took_us, probes; /* of this window */
	double worst;
};

uint64_t unseen_since(const struct unseen *now, const struct unseen *then)
{
	uint64_t late, slow;

	if (!now)
		return 0;
	late = now->late_us - then->late_us;
	slow = now->slow_us - then->slow_us;
	return late > slow ? late : slow;
}

void unseen_log_put(struct unseen_log *log, const struct unseen *now, uint64_t now_us)
{
	unsigned int i = log->looks % UNSEEN_LOOKS;

	if (!now)
		return;
	log->at_us[i] = now_us;
	log->was[i] = *now;
	log->looks++;
}

uint64_t unseen_log_since(const struct unseen_log *log, const struct unseen *now, uint64_t then_us)
{
	unsigned int kept = log->looks < UNSEEN_LOOKS ? log->looks : UNSEEN_LOOKS;
	const struct unseen *then = now;

	for (unsigned int back = 1; back <= kept; back++) {
		unsigned int i = (log->looks - back) % UNSEEN_LOOKS;

		then = &log->was[i];
		if (log->at_us[i] <= then_us)
			break;
	}
	return unseen_since(now, then);
}

uint64_t pace_unseen(uint64_t elapsed_us, uint64_t probes, uint64_t took_us, uint64_t least_us)
{
	uint64_t could_us = probes * least_us;

	if (!could_us || took_us <= USUAL * could_us)
		return 0;
	return elapsed_us - (uint64_t)((unsigned __int128)elapsed_us * could_us / took_us);
}

static bool wanted(const struct watch_spec *spec)
{
	return spec->tasks || spec->progress || spec->deadlock;
}

static uint64_t work(unsigned int rounds)
{
	volatile uint64_t x = 1;

	for (unsigned int i = 0; i < rounds; i++)
		x = x * 6364136223846793005u + 1442695040888963407u;
	return x;
}

static uint64_t probe(struct pace *w)
{
	uint64_t from = now_us(), took;

	work(w->rounds);
	took = now_us() - from;
	if (took && (!w->least_us || took < w->least_us))
		w->least_us = took;
	return took;
}

/* The quickest of three: one that was interrupted would make them all too small to be timed. */
static void calibrate(struct pace *w)
{
	for (w->rounds = 1000; w->rounds < 1u << 24; w->rounds *= 2) {
		w->least_us = 0;
		for (int i = 0; i < 3; i++)
			probe(w);
		if (w->least_us >= PROBE_US)
			return;
	}
}

static void end_window(struct pace *w, uint64_t now)
{
	uint64_t could_us = w->probes * w->least_us;
	double slow = could_us ? (double)w->took_us / (double)could_us : 0;

	if (w->base.ctx->unseen)
		w->base.ctx->unseen->slow_us +=
			pace_unseen(now - w->began_us, w->probes, w->took_us, w->least_us);
	if (slow > w->worst)
		w->worst = slow;
	w->began_us = now;
	w->took_us = w->probes = 0;
}

/* Without, it is the load of the run that makes us slow, and that is what it is for. */
static bool comes_first(struct pace *w)
{
	int policy = w->first ? SCHED_FIFO : sched_getscheduler(0);

	w->first = policy >= 0 && (policy & ~SCHED_RESET_ON_FORK) == SCHED_FIFO;
	return w->first;
}

static uint64_t pause_after(uint64_t took_us)
{
	uint64_t pause_us = SHARE * took_us;

	return pause_us < EVERY_US ? EVERY_US : pause_us > SELDOM_US ? SELDOM_US : pause_us;
}

static uint64_t tick(struct watcher *base, uint64_t now)
{
	struct pace *w = (struct pace *)base;
	uint64_t took_us;

	if (!comes_first(w))
		return now + EVERY_US;
	if (!w->began_us)
		w->began_us = now;
	took_us = probe(w);
	w->took_us += took_us;
	w->probes++;
	if (now - w->began_us >= WINDOW_US)
		end_window(w, now);
	return now + pause_after(took_us);
}

static void pace_close(struct watcher *base)
{
	struct pace *w = (struct pace *)base;
	const struct unseen *unseen = base->ctx->unseen;

	if (w->worst > USUAL && unseen && unseen->slow_us)
		watch_note(base,
			   "the machine was up to %.0f times as slow as it can be: %.0f s of the "
			   "run are not counted against who stood still",
			   w->worst, (double)unseen->slow_us / 1e6);
	free(w);
}

static int pace_open(const struct watch_ctx *ctx, struct watcher **ret, struct diag *why)
{
	struct pace *w = calloc(1, sizeof(*w));

	(void)why;
	if (!w)
		return -ENOMEM;
	w->base.ops = &watch_pace;
	w->base.ctx = ctx;
	calibrate(w);
	*ret = &w->base;
	return 0;
}

const struct watch_ops watch_pace = {
	.name = "pace",
	.wanted = wanted,
	.open = pace_open,
	.close = pace_close,
	.tick = tick,
};
