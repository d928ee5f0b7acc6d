/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tasks that may be part of a circle: those that stand still in D, with what their stack says, and
 * those that run but never leave the function by which others wait for them. Fixed size.
 */
#ifndef HANGAR_WATCH_SUSPECTS_H
#define HANGAR_WATCH_SUSPECTS_H

#include "kmsg/wait_sites.h"
#include "watch/task_death.h"
#include "watch/task_table.h"

#define SUSPECTS_MAX 1024 /* three storms of 300 copies all in D, and the kernel's threads */

struct suspect {
	pid_t tid;  /* 0: free */
	int group;  /* index in the plan, -1: none */
	bool still; /* in D and not once on a CPU since since_us; else it moves */
	bool kthread;
	bool in_sync; /* fsync and its like: what the victim of the story is in */
	char comm[32];
	struct wait_verdict v;
	uint64_t since_us;
	uint64_t bottom; /* hash of the stack from its holding function outwards; 0: not read */
	/* of one that moves, with this bottom: all; asking for memory; after it was refused */
	unsigned int samples, memory_samples, refusals;
	struct task_death death;
	uint64_t death_kills; /* OOM kills of its group when that was read */
	uint64_t death_us;    /* when, 0: never */
};

struct suspects {
	struct suspect list[SUSPECTS_MAX];
	unsigned int high;     /* none beyond was ever used */
	uint64_t full;         /* how many found no room */
	int16_t of[TASKS_MAX]; /* by index in the table of tasks: place in the list + 1, 0: none */
};

struct suspect *suspect_of(struct suspects *s, uint32_t task); /* or NULL */
/* The same, made new when there is none; NULL: full (counted). */
struct suspect *suspect_add(struct suspects *s, uint32_t task);
void suspect_drop(struct suspects *s, uint32_t task); /* none there: nothing */

/**
 * suspect_see - take in a stack
 * @stack: as task_stack_clean() makes it, not empty
 * @still_since: when it fell asleep, if it has stood since; 0: it moves
 * The same bottom goes on a series, another one begins anew. Pure.
 */
void suspect_see(struct suspect *s, const char *stack, uint64_t still_since, uint64_t now);

#endif
