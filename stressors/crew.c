/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loop under every stressor. Ending is a flag that each thread looks at between batches: a
 * thread that hangs in the kernel is what a run is for, so nothing here waits for it but the last
 * join, and nothing is cancelled.
 */
#include "crew.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "random.h"
#include "say.h"
#include "tally.h"

/* A copy that restarts into a full file system or a full memcg gets this long to find room for its
 * own set-up. */
#define PREPARE_US 10000000u
#define PREPARE_PAUSE_US 10000u

struct member {
	struct stressor_run run;
	pthread_t thread;
	bool started;
	uint64_t batch;
} __attribute__((aligned(128)));

static struct {
	const struct stressor *s;
	struct place place;
	struct crew_limits limits;
	uint64_t deadline_us;
	uint64_t claimed; /* steps handed out, when they are limited */
	int ended;        /* all steps are handed out, or one thread failed */
	int err;
	unsigned int count;
	unsigned int prepared;
	char label[64];
	struct member *members;
	struct stressor_run **runs; /* of the members */
	struct tally tally;
} crew;

static volatile sig_atomic_t told_to_stop;

static void on_stop_signal(int number)
{
	told_to_stop = 1;
}

void crew_init(const struct stressor *s, const struct place *place,
	       const struct crew_limits *limits)
{
	struct sigaction action = { .sa_handler = on_stop_signal }; /* no SA_RESTART: sleeps end */

	crew.s = s;
	crew.place = *place;
	crew.limits = *limits;
	if (place->alone)
		snprintf(crew.label, sizeof(crew.label), "%s.alone", s->name);
	else
		snprintf(crew.label, sizeof(crew.label), "%s.%u", s->name, place->index);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
}

bool crew_stopping(void)
{
	return told_to_stop || __atomic_load_n(&crew.ended, __ATOMIC_RELAXED) ||
	       place_stopped(&crew.place);
}

bool stressor_stopping(const struct stressor_run *run)
{
	return crew_stopping() || (crew.deadline_us && now_us() >= crew.deadline_us);
}

static void init_member(unsigned int i)
{
	crew.members[i].batch = 1;
	crew.members[i].run = (struct stressor_run){
		.slot = crew.place.slot,
		.thread = i,
		.label = crew.label,
		.random = random_seed(crew.limits.seed, crew.place.index, i),
		.doing = "prepare",
		.began_us = TALLY_NOT_BEGUN,
	};
	crew.runs[i] = &crew.members[i].run;
}

static int make_members(void)
{
	crew.count = crew.s->threads ? crew.s->threads() : 1;
	crew.runs = calloc(crew.count, sizeof(struct stressor_run *));
	if (!crew.runs || posix_memalign((void **)&crew.members, alignof(struct member),
					 crew.count * sizeof(*crew.members)))
		return -ENOMEM;
	memset(crew.members, 0, crew.count * sizeof(*crew.members));
	for (unsigned int i = 0; i < crew.count; i++)
		init_member(i);
	crew.tally = (struct tally){ crew.place.slot, crew.runs, crew.count };
	crew.place.slot->threads = crew.count;
	/* What a predecessor in this slot had in hand died with it. */
	__atomic_store_n(&crew.place.slot->step_began_us, 0, __ATOMIC_RELAXED);
	return 0;
}

static bool is_pressure(int ret)
{
	return ret == STRESSOR_PRESSURE || (ret < 0 && stressor_is_pressure(-ret));
}

static int prepare_one(struct stressor_run *run)
{
	uint64_t until = now_us() + PREPARE_US;
	int ret;

	for (;;) {
		say_forget();
		ret = crew.s->prepare(run);
		if (!is_pressure(ret) || crew_stopping() || now_us() >= until)
			break;
		__atomic_fetch_add(&run->slot->pressure, 1, __ATOMIC_RELAXED);
		if (crew.s->finish)
			crew.s->finish(run);
		stressor_pause(run, PREPARE_PAUSE_US);
	}
	run->began_us = TALLY_NOT_BEGUN;
	if (ret == STRESSOR_PRESSURE)
		ret = -EAGAIN;
	if (ret < 0)
		say_failed(run->doing, ret);
	return ret;
}

int crew_prepare(void)
{
	int err = make_members();

	if (err)
		say_failed("threads", err);
	while (!err && crew.prepared < crew.count) {
		struct stressor_run *run = &crew.members[crew.prepared++].run;

		err = crew.s->prepare ? prepare_one(run) : 0;
		run->doing = "step";
	}
	return err;
}

void crew_finish(void)
{
	while (crew.prepared > 0)
		if (crew.s->finish)
			crew.s->finish(&crew.members[--crew.prepared].run);
		else
			crew.prepared--;
	free(take_ptr(crew.members));
	free(take_ptr(crew.runs));
}

/* The next @want steps of the limit, fewer at its end; 0: none are left. */
static uint64_t claim(uint64_t want)
{
	uint64_t before = __atomic_load_n(&crew.claimed, __ATOMIC_RELAXED), got;

	if (!crew.limits.steps)
		return want;
	do {
		uint64_t left = crew.limits.steps - before;

		got = want < left ? want : left;
	} while (got && !__atomic_compare_exchange_n(&crew.claimed, &before, before + got, true,
						     __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return got;
}

/* Steps that were handed out and not made. */
static void give_back(uint64_t steps)
{
	if (crew.limits.steps && steps)
		__atomic_fetch_sub(&crew.claimed, steps, __ATOMIC_RELAXED);
}

/*
 * Up to @n steps; how many were completed is in *@ret_steps. 0, STRESSOR_DONE or -errno. A step
 * that slept on purpose is the last one: its sleep is no part of the time by which batches are
 * measured, so they would grow to thousands, and nobody would see a step for minutes.
 */
static int make_steps(struct stressor_run *run, uint64_t n, uint64_t *ret_steps)
{
	int (*work)(struct stressor_run *) = crew.s->work;
	uint64_t i = 0;
	int ret = 0;

	run->paused = false;
	while (i < n && !run->paused) {
		ret = work(run);
		if (ret && !is_pressure(ret))
			break;
		run->pressure += ret ? 1 : 0;
		ret = 0;
		i++;
	}
	*ret_steps = i;
	return ret;
}

static void fail(struct stressor_run *run, int err)
{
	int none = 0;

	if (__atomic_compare_exchange_n(&crew.err, &none, err, false, __ATOMIC_RELAXED,
					__ATOMIC_RELAXED))
		say_failed(run->doing, err);
	__atomic_store_n(&crew.ended, 1, __ATOMIC_RELAXED);
}

static void *member_loop(void *arg)
{
	struct member *m = arg;
	struct stressor_run *run = &m->run;
	uint64_t now = now_us();
	uint64_t steps, n;
	int ret = 0;

	while (!ret && !crew_stopping()) {
		n = claim(m->batch);
		if (!n || (crew.deadline_us && now >= crew.deadline_us))
			break;
		tally_begin(&crew.tally, run, now);
		ret = make_steps(run, n, &steps);
		now = now_us();
		tally_settle(run, steps, now - run->began_us);
		give_back(n - steps);
		m->batch = tally_next_batch(m->batch, now - run->began_us);
	}
	if (ret < 0)
		fail(run, ret);
	tally_idle(&crew.tally, run);
	return NULL;
}

void stressor_pause(struct stressor_run *run, uint64_t us)
{
	uint64_t now = now_us();
	uint64_t until = now + us;

	run->paused = true;
	tally_idle(&crew.tally, run);
	while (now < until && !stressor_stopping(run)) {
		uint64_t slice = until - now < 50000 ? until - now : 50000;

		futex_wait_us(&crew.place.header->stop, 0, slice);
		now = now_us();
	}
	tally_begin(&crew.tally, run, now);
}

/* Threads that cannot be had are pressure: those that can go on without them. */
static void start_members(void)
{
	for (unsigned int i = 1; i < crew.count; i++) {
		struct member *m = &crew.members[i];
		int err = pthread_create(&m->thread, NULL, member_loop, m);

		m->started = !err;
		if (err)
			__atomic_fetch_add(&crew.place.slot->pressure, 1, __ATOMIC_RELAXED);
	}
}

void crew_work(struct crew_result *ret)
{
	uint64_t began = now_us();

	if (crew.limits.seconds_us)
		crew.deadline_us = began + crew.limits.seconds_us;
	start_members();
	member_loop(&crew.members[0]);
	for (unsigned int i = 1; i < crew.count; i++)
		if (crew.members[i].started)
			pthread_join(crew.members[i].thread, NULL);
	*ret = (struct crew_result){ .elapsed_us = now_us() - began, .err = crew.err };
	for (unsigned int i = 0; i < crew.count; i++)
		ret->choices ^= crew.members[i].run.choices;
}
