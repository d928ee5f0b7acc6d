/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two readings of both clocks, each taken where the counter moved least around the other clock's
 * reading: a reading that was interrupted in the middle would tell a wrong rate.
 */
#include "vm/qemu/host_tsc.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define SPAN_NS 20000000 /* 100 ns of error at each end are 1 in 100,000 */
#define TRIES 16

#if defined(__x86_64__) || defined(__i386__)
#include <x86intrin.h>

struct reading {
	uint64_t tsc, ns;
};

static uint64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static struct reading read_both(void)
{
	struct reading best = { 0 };
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < TRIES; i++) {
		uint64_t before = __rdtsc(), ns = clock_ns(), width = __rdtsc() - before;

		if (width < least) {
			least = width;
			best = (struct reading){ before + width / 2, ns };
		}
	}
	return best;
}

/* The flag that the kernel gives a counter whose rate follows neither the CPU's frequency nor its
 * sleep. */
static int ticks_evenly(void)
{
	char line[4096];
	FILE *cpuinfo = fopen("/proc/cpuinfo", "re");
	int even = 0;

	while (cpuinfo && !even && fgets(line, sizeof(line), cpuinfo))
		even = !strncmp(line, "flags", 5) && strstr(line, " constant_tsc");
	if (cpuinfo)
		fclose(cpuinfo);
	return even;
}

static unsigned int measure(void)
{
	const struct timespec span = { .tv_nsec = SPAN_NS };
	struct reading from, to;

	if (!ticks_evenly())
		return 0;
	from = read_both();
	nanosleep(&span, NULL);
	to = read_both();
	if (to.ns <= from.ns || to.tsc <= from.tsc)
		return 0;
	return (unsigned int)((double)(to.tsc - from.tsc) * 1e6 / (double)(to.ns - from.ns));
}
#else
static unsigned int measure(void)
{
	return 0;
}
#endif

unsigned int host_tsc_khz(void)
{
	static unsigned int khz;

	if (!khz)
		khz = measure();
	return khz;
}
