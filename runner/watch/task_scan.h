/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which tasks there are. Three sources: the task lists of our groups (every look), the launcher's
 * copies that are in no group (every look; their threads in turns), and all of /proc (every ten
 * seconds) for kernel threads and for children of tasks that are watched already.
 */
#ifndef HANGAR_WATCH_TASK_SCAN_H
#define HANGAR_WATCH_TASK_SCAN_H

#include "watch/task_table.h"
#include "watch/watch.h"

#define SCAN_ALL_EVERY_US 10000000 /* kernel threads come and go with mounts, not with seconds */
#define SCAN_TURNS 5 /* threads of copies outside any group: each process every fifth look */

struct task_scan {
	const struct watch_ctx *ctx;
	struct task_table *table;
	int proc_fd;     /* <root>/proc, for openat() */
	int proc_dir_fd; /* the same, for listing */
	bool all;        /* every task of the machine */
	unsigned int turn;
	uint64_t next_all_us;
	uint64_t unopened; /* tasks whose files could not be opened */
	bool no_schedstat; /* the kernel does not count switches there: status is read instead */
};

int task_scan_open(struct task_scan *s, const struct watch_ctx *ctx, struct task_table *table);
void task_scan_close(struct task_scan *s);
void task_scan_run(struct task_scan *s, uint64_t now);
/* The task with its files open, added when new; NULL when it is gone or there is no room. */
struct task *task_scan_see(struct task_scan *s, pid_t tid, int group);

#endif
