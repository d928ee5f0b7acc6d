/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Clocks that jump or stand: once a second MONOTONIC, RAW, BOOTTIME, REALTIME and the TSC are read
 * in one go and set against the sample before. They come from the vDSO: no system call. A sample
 * whose two readings of MONOTONIC are far apart was interrupted and is taken again.
 */
#include "watch/watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#include <x86intrin.h>
#endif

#include "base/cleanup.h"
#include "watch/clock_judge.h"

#define LOOK_EVERY_US 1000000
#define CALIBRATE_US 5000000 /* 5 s give the TSC's rate to a few ppm */
#define SAMPLE_SPAN_NS                                                                             \
	200000 /* five reads take 200 ns; more was an interrupt or another vCPU's turn */
#define SAMPLE_TRIES 5

struct clock_watch {
	struct watcher base;
	struct clock_sample first, last;
	double tsc_per_second; /* 0: not known yet */
	bool has_tsc;
	uint64_t jump_ns;
};

static bool wanted(const struct watch_spec *spec)
{
	return spec->clock;
}

/* CPUID 0x80000007 EDX bit 8: the TSC runs at one rate in all states. Others wander by design. */
static bool tsc_is_invariant(void)
{
#if defined(__x86_64__) || defined(__i386__)
	unsigned int a, b, c, d;

	return __get_cpuid(0x80000007, &a, &b, &c, &d) && (d & 1u << 8);
#else
	return false;
#endif
}

static uint64_t read_tsc(void)
{
#if defined(__x86_64__) || defined(__i386__)
	return __rdtsc();
#else
	return 0;
#endif
}

static uint64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static bool take_sample(struct clock_sample *ret)
{
	for (int i = 0; i < SAMPLE_TRIES; i++) {
		uint64_t after;

		ret->monotonic = clock_ns(CLOCK_MONOTONIC);
		ret->raw = clock_ns(CLOCK_MONOTONIC_RAW);
		ret->tsc = read_tsc();
		ret->boottime = clock_ns(CLOCK_BOOTTIME);
		ret->realtime = clock_ns(CLOCK_REALTIME);
		after = clock_ns(CLOCK_MONOTONIC);
		if (after - ret->monotonic < SAMPLE_SPAN_NS)
			return true;
	}
	return false;
}

static void tell(struct clock_watch *w, const struct clock_finding *c, uint64_t now)
{
	struct finding f;

	if (c->verdict == CLOCK_SUSPENDED) {
		watch_note(&w->base, "the machine was suspended for %.1f s", c->apart_seconds);
		return;
	}
	finding_init(&f, FINDING_CLOCK, "clock", now);
	f.began_us = w->last.monotonic / 1000;
	f.seconds = c->apart_seconds < 0 ? -c->apart_seconds : c->apart_seconds;
	snprintf(f.text, sizeof(f.text), "%s: %+.3f s within %.1f s", c->what, c->apart_seconds,
		 (double)(now - f.began_us) / 1e6);
	snprintf(f.signature, sizeof(f.signature), "clock|%s", c->what);
	watch_emit(&w->base, &f);
}

static void calibrate(struct clock_watch *w, const struct clock_sample *now)
{
	uint64_t passed = now->raw - w->first.raw;

	if (w->has_tsc && w->tsc_per_second <= 0 && passed >= CALIBRATE_US * 1000ull)
		w->tsc_per_second = (double)(now->tsc - w->first.tsc) / ((double)passed / 1e9);
}

static uint64_t tick(struct watcher *base, uint64_t now)
{
	struct clock_watch *w = (struct clock_watch *)base;
	struct clock_finding found[4];
	struct clock_sample sample;
	unsigned int n;

	if (!take_sample(&sample))
		return now + LOOK_EVERY_US;
	n = clock_judge(&w->last, &sample, w->tsc_per_second, w->jump_ns, found);
	for (unsigned int i = 0; i < n; i++)
		tell(w, &found[i], now);
	w->last = sample;
	calibrate(w, &sample);
	return now + LOOK_EVERY_US;
}

static void clock_close(struct watcher *base)
{
	free(base);
}

static int clock_open(const struct watch_ctx *ctx, struct watcher **ret, struct diag *why)
{
	struct clock_watch *w = calloc(1, sizeof(*w));

	(void)why;
	if (!w)
		return -ENOMEM;
	w->base.ops = &watch_clock;
	w->base.ctx = ctx;
	w->jump_ns = ctx->scenario->watch.clock_jump_us * 1000;
	w->has_tsc = tsc_is_invariant();
	take_sample(&w->first);
	w->last = w->first;
	*ret = &w->base;
	return 0;
}

const struct watch_ops watch_clock = {
	.name = "clock",
	.wanted = wanted,
	.open = clock_open,
	.close = clock_close,
	.tick = tick,
};
