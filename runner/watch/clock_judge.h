/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clocks against each other. Pure: two samples in, what is wrong out. */
#ifndef HANGAR_WATCH_CLOCK_JUDGE_H
#define HANGAR_WATCH_CLOCK_JUDGE_H

#include <stddef.h>
#include <stdint.h>

struct clock_sample { /* all taken within a few microseconds; nanoseconds */
	uint64_t monotonic, raw, boottime, realtime;
	uint64_t tsc; /* cycles, 0: this CPU has none that can be trusted */
};

enum clock_verdict {
	CLOCK_FINE,
	CLOCK_SUSPENDED, /* BOOTTIME ran on while MONOTONIC stood: the machine slept. No fault. */
	CLOCK_BACKWARDS, /* a clock that must not ran backwards */
	CLOCK_RAW_JUMP,  /* MONOTONIC and RAW part faster than NTP may slew */
	CLOCK_REALTIME_JUMP, /* the wall clock was set */
	CLOCK_TSC_JUMP,      /* the cycle counter and RAW part: a TSC that is not stable, or a clock
				source that lost time */
};

struct clock_finding {
	enum clock_verdict verdict;
	double apart_seconds; /* by how much; for CLOCK_SUSPENDED: how long */
	const char *what;     /* "CLOCK_REALTIME against CLOCK_BOOTTIME" */
};

/**
 * clock_judge - compare what passed between two samples on each clock
 * @tsc_per_second: calibrated, 0: leave the TSC out
 * @jump_ns: a difference of at least this counts
 * @ret: at least 4 places. Returns how many are filled.
 */
unsigned int clock_judge(const struct clock_sample *from, const struct clock_sample *to,
			 double tsc_per_second, uint64_t jump_ns, struct clock_finding *ret);

#endif
