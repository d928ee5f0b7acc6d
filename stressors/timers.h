/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The timers of a process: the three of setitimer() and POSIX timers, armed at random and counted
 * as they fire. */
#ifndef HANGAR_TIMERS_H
#define HANGAR_TIMERS_H

#include <signal.h>
#include <sys/time.h>
#include <time.h>

#include "stressor.h"

/* Counters of the slot; the last five are counted in signal handlers. */
enum timers_aux {
	TIMERS_ARMS,
	TIMERS_CANCELS,
	TIMERS_RACES,
	TIMERS_SIGALRM,
	TIMERS_SIGVTALRM,
	TIMERS_SIGPROF,
	TIMERS_SIGRT,
	TIMERS_OVERRUNS,
};

struct timers_opts {
	uint64_t interval_us; /* longest; each is drawn from 1 us to this */
	uint64_t periodic;    /* 1: go on firing at what was drawn */
	uint64_t rearm_percent;
};

enum timer_state { TIMER_OFF, TIMER_ARMED, TIMER_FIRED /* and periodic, so still running */ };

struct timer { /* a POSIX timer; must stay where it is, its signals point to it */
	timer_t id;
	bool made;
	volatile sig_atomic_t state;
};

/* Take the signals SIGALRM, SIGVTALRM, SIGPROF and SIGRTMIN. @opts and @slot must outlive
 * timers_ignore(). 0 or -errno. */
int timers_catch(const struct timers_opts *opts, struct slot *slot);
/* Ignore them again, which drops those that are still queued and point to a timer. */
void timers_ignore(void);

/* Tell the handlers that work goes on: see SIGNALS_PER_STEP in timers.c. */
void timers_step(void);

/*
 * Each 0 or -errno. Set: arm a timer that does not run; one that has fired at least once is armed
 * anew with the chance rearm_percent; what runs otherwise is read.
 */
int timers_set_itimer(struct stressor_run *run, __itimer_which_t which);
int timers_cancel_itimer(struct stressor_run *run, __itimer_which_t which);
/* alarm(1): the same timer as ITIMER_REAL, in whole seconds and once. */
void timers_alarm(struct stressor_run *run);

/* A POSIX timer on a random clock, in place of what was there. -EAGAIN: RLIMIT_SIGPENDING. */
int timer_make(struct timer *t, struct stressor_run *run);
int timer_unmake(struct timer *t); /* accepts a zeroed one */
int timer_set(struct timer *t, struct stressor_run *run);
int timer_cancel(struct timer *t, struct stressor_run *run);
/* Arm it to fire within microseconds and cancel it just before, behind or while it does. */
int timer_race(struct timer *t, struct stressor_run *run);

#endif
