/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The arithmetic of clocks that lie. On x86 before v3.2 sched_clock() was (cycles * mult >> 10) +
 * offset in 64 bits: after 2^54 ns, 208.5 days, the product passes 2^64 and the clock loses 2^54 ns
 * at once. Whoever subtracts two times across that moment gets 2^64 - 2^54 and a little: the little
 * is the time that really passed. Nothing here guesses: a figure fits, or it does not.
 */
#ifndef HANGAR_TRIAGE_CLOCK_FACTS_H
#define HANGAR_TRIAGE_CLOCK_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "triage/triage.h"

#define CLOCK_LOST_NS (UINT64_C(1) << 54)
/* A gap between two events, or since the watchdog was fed, is never as long as this. */
#define CLOCK_REST_MAX_NS UINT64_C(86400000000000)

enum clock_cause {
	CLOCK_UNEXPLAINED,
	CLOCK_WRAP,       /* the figures are those of a loss of 2^54 ns */
	CLOCK_WENT_BACK,  /* by another amount, which is known */
	CLOCK_SKEW,       /* a clock source against its watchdog */
	CLOCK_LATE_CHECK, /* the watchdog's own counter wrapped before it was read */
	CLOCK_TOO_LONG,   /* longer than the machine was up */
};

/* "Delta way too big! D ts=T [before=B after=A] write stamp = W" */
struct clock_delta {
	uint64_t delta, ts, from; /* ns; from: the time that it was measured from */
	bool adds_up;             /* delta is ts - from in 64 bits */
	bool suspend_hint;        /* the kernel says that its clock is not stable across suspend */
	enum clock_cause cause;
	uint64_t back_ns; /* how far the clock went back */
	uint64_t rest_ns; /* CLOCK_WRAP: the time that really passed */
	bool below_zero;  /* ts is a negative time */
	uint64_t below_ns;
	uint64_t uptime_ns; /* CLOCK_WRAP: what ts would have been */
};
int clock_delta_parse(const struct report_text *t, const char *headline, struct clock_delta *ret);

/* "stuck for Ns!": N counts 2^30 ns, printed in 32 bits since 2.6.33 or so, in 64 before. */
struct clock_stuck {
	uint64_t said;
	enum clock_cause cause;
	unsigned int bits; /* CLOCK_WRAP: 32 or 64 */
	uint64_t units; /* CLOCK_WRAP: 2^30 ns that really passed; CLOCK_WENT_BACK: how far back */
};
int clock_stuck_parse(const char *headline, struct clock_stuck *ret);

/* Two clocks compared by the timekeeping watchdog. */
struct clock_skew {
	char watched[24], watchdog[24];
	bool has_ns; /* the kernel printed nanoseconds */
	int64_t watched_ns, watchdog_ns;
	int64_t skew_ns; /* watched - watchdog */
	bool has_skew;
	bool reckoned; /* watchdog_ns from its cycles and its known rate */
	uint64_t watched_cycles, watchdog_cycles;
	bool has_cycles;
	enum clock_cause cause;
	unsigned int wraps;    /* CLOCK_LATE_CHECK: of the watchdog's counter */
	bool watchdog_assumed; /* CLOCK_LATE_CHECK: it is not named; acpi_pm fits */
};
int clock_skew_parse(const struct report_text *t, const char *headline, struct clock_skew *ret);

/* A printk time that is a negative number of nanoseconds: how far below zero, in us. */
bool clock_below_zero(uint64_t kernel_us, uint64_t *ret_below_us);

/* Does the report tell of a longer time than the machine was up? *ret_seconds: that time at least.
 */
bool clock_too_long(const struct triage_case *c, uint64_t *ret_seconds);

/* "208 d 11:57:58" into @buf; returns it. */
const char *clock_span(uint64_t ns, char *buf, size_t size);

#endif
