/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vital signs of a run on another machine: which heartbeats count, and what their absence
 * means. Pure: datagrams are handed in decoded, with the time and the sender.
 */
#ifndef HANGAR_VITAL_H
#define HANGAR_VITAL_H

#include <stdbool.h>
#include <stdint.h>

#include "heartbeat.h"
#include "vm/host/receive.h" /* enum heart_state */

struct vital {
	char run[64];  /* the run that is watched: asked for, or the first that was heard; "": none
			  yet */
	char from[64]; /* address that its last beat came from */
	struct heartbeat last; /* of that run */
	uint64_t heard_us;     /* when it came, CLOCK_MONOTONIC; 0: never */
	uint64_t ticked_us;    /* when its ticks last grew */
	uint64_t beats;        /* taken */
	uint64_t stale;    /* of that run, but older than the last: late, doubled, or played back */
	uint64_t foreign;  /* of other runs */
	char other[64];    /* the other run that beats from the same address */
	uint64_t other_us; /* when it was last heard */
};

enum vital_news {
	VITAL_STALE,
	VITAL_FOREIGN,
	VITAL_FIRST,
	VITAL_BEAT,
	VITAL_PHASE /* another than before */,
	VITAL_FAREWELL
};

/* @run: the only run to be watched, or NULL. */
void vital_init(struct vital *v, const char *run);

/* One beat from the address @from. */
enum vital_news vital_take(struct vital *v, const struct heartbeat *h, const char *from,
			   uint64_t now);

/**
 * vital_judge - is the machine silent?
 * Before the first beat and after the farewell silence means nothing. Ticks are asked for only
 * while a phase is on: before and behind the storm the loop does not turn.
 */
enum heart_state vital_judge(const struct vital *v, uint64_t now, uint64_t silent_after_us,
			     uint64_t stuck_after_us);

/* Another run has spoken from the same address since ours fell silent: the machine lives, only the
 * run is gone. */
bool vital_superseded(const struct vital *v);

#endif
