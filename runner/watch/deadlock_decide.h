/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When tasks that stand are a circle. Pure: suspects, groups and times in, a circle out.
 *
 * A stall on a healthy kernel looks alike for a while: on cgroup v1 a task with an open handle may
 * reclaim for 15 to 25 s while everybody waits for its commit, and then gets its page. No length of
 * time tells the two apart, so time is the lesser half of the evidence. The other: what the looping
 * task asks for can only come from tasks that are to die (SIGKILL pending), still keep memory, and
 * wait for the very commit that waits for the looping task. A healthy kernel has none such: either
 * nobody was killed yet, or the OOM reaper has emptied the victim, or the victim dies.
 *
 * Where nobody was killed, all tasks of the group must stand, none must have run for as long, and
 * the looping task must have been seen between two requests, after a refusal: a healthy kernel does
 * not refuse what must not fail.
 */
#ifndef HANGAR_WATCH_DEADLOCK_DECIDE_H
#define HANGAR_WATCH_DEADLOCK_DECIDE_H

#include "kmsg/wait_cycle.h"
#include "watch/suspects.h"

/* A stack of one that runs is a snapshot: three alike, half a second apart, two of which ask. */
#define DEADLOCK_SAMPLES 3
#define DEADLOCK_ASKING 2
#define DEADLOCK_REFUSED 2

/* The kernel counts pages of an address space in batches of 64 for each thread (SPLIT_RSS_COUNTING)
 * and since 6.2 for each CPU: four such errors of 4 KiB pages. A reaped victim shows less. */
#define DEADLOCK_KEEPS_BYTES (1024 * 1024)

struct deadlock_group {
	uint64_t limit_bytes; /* UNSET: none */
	uint64_t usage_bytes;
	uint64_t kills;
	uint64_t full_since_us; /* at its limit, and no kill, since then; 0: it is not full */
	uint64_t ran_us;        /* when one of its own tasks was last seen to have run; those that
				   loop for its memory are left out */
	bool has_victims;       /* some of its own tasks are to die */
	bool is_refused; /* somebody who loops for its memory was refused, and more than once */
};

/* Take in what a group says now. UNSET for what it does not tell. */
void deadlock_group_see(struct deadlock_group *g, uint64_t usage_bytes, uint64_t kills,
			uint64_t now);

struct deadlock_view {
	const struct suspects *suspects;
	const struct deadlock_group *groups; /* NULL: none */
	const int *parents;                  /* as in wait_cycle.h */
	unsigned int n_groups;
	bool disks_moved; /* no disk held a request during the whole time that counts */
};

/* Nobody in @group, or in groups inside it, is to die, and those who ask it are refused. */
bool deadlock_is_hopeless(const struct deadlock_view *v, int group);

/* The group at its limit that @group's tasks ask when they charge: itself or one around it. -1. */
int deadlock_full_group(const struct deadlock_view *v, int group);

/**
 * deadlock_decide - is there a circle that has stood for @for_us?
 * @actors: room for SUSPECTS_MAX; index as in the list of suspects
 * Returns false when there is none, or not for so long yet.
 */
bool deadlock_decide(const struct deadlock_view *v, uint64_t now, uint64_t for_us,
		     struct wait_actor *actors, struct wait_cycle *ret);

/* It loops for memory, as far as its samples prove. */
bool deadlock_loops(const struct suspect *s);

/* Does somebody stand in such a way that others are worth a look? Who waits for a commit only is
 * no sign: a busy disk does that. */
bool deadlock_alarming(const struct suspects *s, uint64_t now);

#endif
