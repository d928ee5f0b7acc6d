/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MONOTONIC and RAW count the same cycles, MONOTONIC slewed by NTP: by 500 ppm through adjtime, by
 * at most 10 % through the tick length. REALTIME is BOOTTIME plus what was set. A clock that is off
 * by more was set, or its source lost or won time, as on kernels whose sched_clock() overflowed at
 * 2^54 ns (208.5 days). Differences are taken before anything is turned into floating point, so
 * that no value of a clock is too large.
 */
#include "watch/clock_judge.h"

#include <stdbool.h>

#define SLEW_MAX 0.1   /* kernel/time/ntp.c: the tick may be set 10 % off */
#define TSC_SLACK 0.01 /* calibration error and a guest whose scale changed: far below a jump */

static double seconds(uint64_t from_ns, uint64_t to_ns)
{
	return (double)(int64_t)(to_ns - from_ns) / 1e9;
}

static double distance(double a, double b)
{
	return a > b ? a - b : b - a;
}

static bool parts(double a, double b, double slack, uint64_t jump_ns)
{
	double limit = (double)jump_ns / 1e9 + slack * (a > b ? a : b);

	return distance(a, b) >= limit;
}

unsigned int clock_judge(const struct clock_sample *from, const struct clock_sample *to,
			 double tsc_per_second, uint64_t jump_ns, struct clock_finding *ret)
{
	double mono = seconds(from->monotonic, to->monotonic), raw = seconds(from->raw, to->raw);
	double boot = seconds(from->boottime, to->boottime),
	       real = seconds(from->realtime, to->realtime);
	double tsc =
		tsc_per_second > 0 ? (double)(int64_t)(to->tsc - from->tsc) / tsc_per_second : 0;
	double slept = boot - mono;
	unsigned int n = 0;

	if (mono < 0 || raw < 0 || boot < 0)
		ret[n++] = (struct clock_finding){ CLOCK_BACKWARDS, mono < raw ? mono : raw,
						   "a monotonic clock ran backwards" };
	else if (parts(mono, raw, SLEW_MAX, jump_ns))
		ret[n++] = (struct clock_finding){ CLOCK_RAW_JUMP, mono - raw,
						   "CLOCK_MONOTONIC against CLOCK_MONOTONIC_RAW" };
	if (slept >= (double)jump_ns / 1e9)
		ret[n++] = (struct clock_finding){ CLOCK_SUSPENDED, slept,
						   "CLOCK_BOOTTIME ahead of CLOCK_MONOTONIC" };
	if (parts(real, boot, 0, jump_ns))
		ret[n++] = (struct clock_finding){ CLOCK_REALTIME_JUMP, real - boot,
						   "CLOCK_REALTIME against CLOCK_BOOTTIME" };
	/* during suspend the TSC may run on or begin again: neither is a fault */
	if (tsc_per_second > 0 && slept < (double)jump_ns / 1e9 &&
	    parts(tsc, raw, TSC_SLACK, jump_ns))
		ret[n++] = (struct clock_finding){ CLOCK_TSC_JUMP, tsc - raw,
						   "the TSC against CLOCK_MONOTONIC_RAW" };
	return n;
}
