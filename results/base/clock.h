/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The three clocks that hangar reads, in microseconds. */
#ifndef HANGAR_CLOCK_H
#define HANGAR_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t clock_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

/* Every timestamp inside a run: CLOCK_MONOTONIC, which never jumps. */
static inline uint64_t now_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

#endif
