/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Circles among tasks that wait for each other. Stacks tell of what kind the thing is that a task
 * waits for and of what kinds those are that it may hold, seldom which one. So a task counts as
 * stuck only when *every* possible holder of what it waits for is stuck as well, and there is one:
 * whoever may still go on, and might hold it, acquits. Pure, of fixed size; shared by the watcher
 * `deadlock` and by triage.
 */
#ifndef HANGAR_WAIT_CYCLE_H
#define HANGAR_WAIT_CYCLE_H

#include <stdbool.h>
#include <stdint.h>

#include "kmsg/wait_sites.h"

#define WAIT_CYCLE_MEMBERS 8 /* longer ones are cut; real ones have two to four */

struct wait_actor {
	int pid;
	int owner_pid;         /* with CLAIM_OWNER: who has it */
	enum wait_claim wants; /* CLAIM_NONE: it may go on */
	unsigned int holds;    /* bits of 1 << enum wait_claim; memory: it dies, and keeps some */
	int group;             /* whose memory it wants or keeps; -1: none */
	bool blurred;          /* waits for nobody knows what: it may hold any lock */
	uint64_t since_us;     /* since when it stands */
	bool stuck;            /* told by wait_cycle_find() */
};

struct wait_world {
	struct wait_actor *actors;
	unsigned int count;
	const int
		*parents; /* of groups: the index of the one around it, -1: none; NULL: all flat */
};

struct wait_cycle {
	unsigned int members[WAIT_CYCLE_MEMBERS]; /* indices; each waits for the next, the last
						     for the first */
	unsigned int count;
	unsigned int stuck; /* all that cannot go on, members included */
	uint64_t since_us;  /* since when the last of its members stands */
};

/**
 * wait_cycle_find - is there a circle, and who is in it?
 * Marks in @w who is stuck. A journal thread waits for all handles, so one stuck holder is enough
 * there; of all else one holder has it, and all candidates must be stuck. @ret begins with the
 * journal thread where there is one. Returns false when nobody is stuck.
 */
bool wait_cycle_find(const struct wait_world *w, struct wait_cycle *ret);

/* May @holder have what @waiter waits for? */
bool wait_may_hold(const struct wait_world *w, const struct wait_actor *holder,
		   const struct wait_actor *waiter);

#endif
