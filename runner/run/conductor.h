/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The conductor: which phase is on, and what is due. A state machine that is driven by ticks and
 * knows nothing of epoll: SPAWN -> LINE-UP (all copies at the start line) -> RUN (until time,
 * condition, or nobody is left) -> STOP -> next phase, next round, OVER
 */
#ifndef HANGAR_CONDUCTOR_H
#define HANGAR_CONDUCTOR_H

#include "run/conditions.h"

enum stage { STAGE_SPAWN, STAGE_LINE_UP, STAGE_RUN, STAGE_STOP, STAGE_OVER };

struct conductor {
	struct launcher *launcher;
	const struct plan *plan;
	struct journal *journal;
	struct condition_source source;
	struct condition_base base;
	struct gauges gauges; /* as of the last tick */
	unsigned int repeat, round, phase;
	enum stage stage;
	uint64_t stage_since_us;
	bool asked;            /* STAGE_SPAWN: the phase's copies are being cloned */
	unsigned int cloned;   /* so many were, as of the last look */
	uint64_t run_until_us; /* the whole run's end */
	bool stop_all;         /* the run ends, not the phase alone */
	bool stopped_early;    /* by the user or by a match */
	bool told_to_stop;     /* by conductor_stop(), so there is nothing more to wait for */
	bool needed_missed;    /* a phase with "or": "fail" ran out of time */
	bool wedged;           /* some copies could not be killed */
	bool hard;             /* second Ctrl-C: no asking */
	const char *ended_by;  /* what ended the last phase, as a reason for the run's end */
	char why[256];         /* why it ended */
	void (*lined_up)(
		void *ctx); /* called once, before the first 'go': the observer arms itself here */
	void *ctx;
	bool armed;
};

void conductor_init(struct conductor *c, struct launcher *l, const struct plan *p,
		    const struct host *h, const struct cgroup_tree *t, struct journal *j,
		    unsigned int repeat, uint64_t run_until_us);
void conductor_clear(struct conductor *c);
/* 0, or -errno of a spawn that failed (with @d); the stage is then OVER. */
int conductor_tick(struct conductor *c, uint64_t now, struct diag *d);
/* End the run; the first reason stays. @early: before its time. */
void conductor_stop(struct conductor *c, uint64_t now, bool early, const char *why);
const char *conductor_phase_name(const struct conductor *c);
/* Microseconds until the present phase ends by time; 0 when it is not running. */
uint64_t conductor_left(const struct conductor *c, uint64_t now);

#endif
