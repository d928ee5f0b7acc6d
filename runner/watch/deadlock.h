/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The deadlock watcher from inside: deadlock.c passes over all tasks, deadlock_look.c looks at one,
 * deadlock_decide.c judges, deadlock_act.c tells, deadlock_say.c finds the words, deadlock_turns.c
 * says who is sampled when. */
#ifndef HANGAR_WATCH_DEADLOCK_H
#define HANGAR_WATCH_DEADLOCK_H

#include "watch/deadlock_decide.h"
#include "watch/disks.h"
#include "watch/pace.h"
#include "watch/prober.h"
#include "watch/task_read.h"
#include "watch/task_scan.h"
#include "watch/watch.h"

#define DEADLOCK_TOLD_MAX 16 /* circles told of in one run */
#define DEADLOCK_TURNS_MAX 8

struct deadlock_told { /* a circle that was told */
	pid_t tids[WAIT_CYCLE_MEMBERS];
	unsigned int count;
	uint32_t id;
	uint64_t since_us;
	bool apart; /* it has come apart since, and that was noted */
};

struct deadlock {
	struct watcher base;
	struct task_table table;
	struct task_scan scan;
	struct prober *prober;
	struct suspects suspects;
	uint64_t ran_us[TASKS_MAX];    /* when a task was last seen to have run */
	struct deadlock_group *groups; /* one a node of the tree; NULL: no tree */
	int *parents;
	struct disks disks;
	int diskstats_fd;
	uint64_t for_us;
	/* the pass in hand */
	uint32_t cursor;
	bool passing;
	uint64_t pass_began_us;
	uint64_t alarmed_us; /* since when it is, 0: it is not */
	uint64_t longest_us; /* alarm of the run */
	uint64_t slowest_us; /* pass over all tasks */
	unsigned int alarms;
	/* those that move take turns when they are many: one of so many in each pass */
	unsigned int turns, pass, movers;       /* movers: met in this pass */
	uint64_t passes_us[DEADLOCK_TURNS_MAX]; /* when the last ones began, by pass */
	struct unseen_log unseen;
	unsigned int wanted; /* claims that somebody stands for */
	bool alarmed;        /* somebody stands who should not: those that run are sampled, too */
	unsigned int blind;  /* looks at one that runs which showed no stack */
	unsigned int stuck;  /* as of the last verdict */
	/* of a fixed size, too large for the stack of the loop */
	struct wait_actor actors[SUSPECTS_MAX];
	struct wait_cycle cycle;
	struct deadlock_told told[DEADLOCK_TOLD_MAX];
	unsigned int told_count;
	struct task_view view;
	char text[4096];
};

/* A look at the task at @index of the table; false: it is gone. */
bool deadlock_look(struct deadlock *w, uint32_t index, uint64_t now);

/* Its stack again, into w->view; false: it is gone. */
bool deadlock_read(struct deadlock *w, pid_t tid);

/* A new pass: in how many turns those that move are sampled, as of the last one. */
void deadlock_turn(struct deadlock *w, uint64_t now);
/* Is the task at @index, which moves, to be sampled in this pass? @s: NULL when it is no suspect.
 */
bool deadlock_has_turn(const struct deadlock *w, uint32_t index, const struct suspect *s);
/* When the pass began since which everybody who moves has had a turn. */
uint64_t deadlock_round_began(const struct deadlock *w);
/* Bits of claims that somebody stands for. */
unsigned int deadlock_wanted(const struct suspects *s);

/* Has w->cycle stood for the time asked, less what the host kept from this machine meanwhile? */
bool deadlock_stood(const struct deadlock *w, uint64_t now);
/* Tell of w->cycle, once. */
void deadlock_tell(struct deadlock *w, uint64_t now);
/* Note of what was told that it did not hold. */
void deadlock_look_back(struct deadlock *w, uint64_t now);

/* Is @s to die, and what does it keep? From its status, now. */
void deadlock_read_death(struct deadlock *w, struct suspect *s);

/* w->cycle in words: text, members, stacks, signature, and who it is about. */
void deadlock_say(struct deadlock *w, struct finding *f, uint64_t now);

#endif
