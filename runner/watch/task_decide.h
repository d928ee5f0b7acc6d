/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a task counts as stuck. Pure: looks and times in, events out. */
#ifndef HANGAR_WATCH_TASK_DECIDE_H
#define HANGAR_WATCH_TASK_DECIDE_H

#include "watch/task_table.h"

enum task_event {
	TASK_NOTHING,
	TASK_SUSPECT, /* in D for half the limit: take its stack, to compare later */
	TASK_STUCK,   /* in D for the limit without a context switch: take its stack again, and tell
		       */
	TASK_RECOVERED, /* it was told, and is no longer stuck; *ret_stuck_us says how long it was
			 */
};

/**
 * task_needs_stat - has the state to be read again?
 * A task changes its state only while it runs. If it was off the CPU at the last look and was not
 * put on one since (the third number of schedstat is the same), its state is what it was; a task in
 * D that was woken but has not run yet is told by the look before TASK_STUCK.
 */
bool task_needs_stat(const struct task *t, uint64_t switches);

/* A look at the task: @state, and how often it was put on a CPU so far. */
enum task_event task_decide(struct task *t, char state, uint64_t switches, uint64_t now,
			    uint64_t stuck_for_us, uint64_t *ret_stuck_us);

/**
 * task_unseen_us - how much of the time between two looks says nothing about a task
 * A look speaks for a tenth of the limit, or for two of the looks that are due @every_us. On a
 * machine that gave the runner no CPU a pass over 660 tasks took 31 s: all else stood as long as
 * it did, and a commit that took 50 s there was no deadlock.
 */
uint64_t task_unseen_us(uint64_t gap_us, uint64_t every_us, uint64_t stuck_for_us);

/* Is the stack the one of the suspicion? Unreadable ones say nothing against it. If not, the wait
 * begins anew. */
bool task_stack_holds(struct task *t, uint64_t stack_hash, uint64_t now);

/* FNV-1a of the functions of @stack; 0 for an empty one. */
uint64_t task_stack_hash(const char *stack);

/* Does a kernel thread of this name, asleep there, rest in D as its habit? */
bool task_idles_in_d(const char *comm, const char *wchan);

#endif
