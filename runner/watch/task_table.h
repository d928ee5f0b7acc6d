/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tasks under watch: a table of fixed size, made before the storm. A task's files stay open
 * while it lives: reading them again costs no path walk, and a descriptor belongs to the task, not
 * to the number, so that a reused pid answers ESRCH.
 */
#ifndef HANGAR_WATCH_TASK_TABLE_H
#define HANGAR_WATCH_TASK_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "watch/pace.h"

#define TASKS_MAX 16384 /* 54 times the largest scenario's 300 copies; 1.9 MiB of table */

struct task {
	pid_t tid;              /* 0: free */
	int32_t next;           /* in its hash chain or in the free list, -1: end */
	int sched_fd, stat_fd;  /* held from the first look on; -1: could not be opened */
	int wchan_fd, stack_fd; /* held from the first suspicion on */
	int16_t group;          /* index in the plan, -1: none */
	bool kthread;
	/* what task_decide() goes by */
	bool looked;    /* state and switches are known */
	bool suspected; /* its stack was taken once */
	bool told;
	bool idle; /* sleeps in D as its habit: never told */
	char state;
	uint32_t told_id;
	uint64_t switches;
	uint64_t d_since_us;
	struct unseen unseen; /* when that began */
	uint64_t stack_hash;  /* at suspicion; 0: unreadable */
	char comm[32];
};

struct task_table {
	struct task *tasks;
	uint32_t used; /* entries in use */
	uint32_t high; /* no entry beyond was ever used */
	uint64_t full; /* tasks that found no room */
	int32_t free_list;
	int32_t heads[4096];
};

int task_table_open(struct task_table *t); /* 0 or -ENOMEM */
void task_table_close(struct task_table *t);
struct task *task_table_find(struct task_table *t, pid_t tid); /* or NULL */
struct task *task_table_add(struct task_table *t,
			    pid_t tid); /* descriptors -1; NULL: full (counted) */
void task_table_drop(struct task_table *t, struct task *task); /* closes its descriptors */

#endif
