/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The threads of one stressor, and the loop that makes steps and counts them. One crew a process.
 */
#ifndef HANGAR_CREW_H
#define HANGAR_CREW_H

#include <stdbool.h>

#include "slot.h"
#include "stressor.h"

struct crew_limits {
	uint64_t seconds_us; /* 0: no limit */
	uint64_t steps;      /* 0: no limit */
	uint64_t seed;
};

struct crew_result {
	uint64_t elapsed_us;
	uint64_t choices; /* digest over all threads */
	int err;          /* 0, or the -errno of the thread that failed */
};

/* Catch SIGTERM and SIGINT as a wish to end, and remember where the stop flags are. */
void crew_init(const struct stressor *s, const struct place *place,
	       const struct crew_limits *limits);
/* Run prepare() for each thread. 0, or the -errno of the one that cannot run. */
int crew_prepare(void);
/* Make steps until told to stop, a limit is reached, all are done or one failed. */
void crew_work(struct crew_result *ret);
/* Run finish() for each thread that prepare() was called for, from the last to the first. */
void crew_finish(void);

/* The stop flags, the signals and the limits of this process, as stressor_stopping(). */
bool crew_stopping(void);

#endif
