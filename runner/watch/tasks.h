/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tasks watcher from inside: tasks.c passes over all tasks, tasks_act.c looks closely at one
 * and tells. */
#ifndef HANGAR_WATCH_TASKS_H
#define HANGAR_WATCH_TASKS_H

#include "watch/prober.h"
#include "watch/task_decide.h"
#include "watch/task_read.h"
#include "watch/task_scan.h"
#include "watch/task_table.h"
#include "watch/watch.h"

struct tasks {
	struct watcher base;
	struct task_table table;
	struct task_scan scan;
	struct prober *prober;
	uint64_t every_us, stuck_for_us;
	unsigned int in_d, stuck; /* as of the last whole pass */
	unsigned int seen_in_d, seen_stuck;
	uint32_t cursor; /* where the pass goes on */
	bool passing;
	uint64_t pass_began_us;
	uint64_t pass_unseen_us; /* of this pass's time */
	uint64_t full_told;
	struct task_view view; /* too large for the stack of the loop */
};

/* Do what @event calls for: look at its stack, tell that it is stuck, note that it has recovered.
 */
void tasks_act(struct tasks *w, struct task *t, enum task_event event, uint64_t stuck_us,
	       uint64_t now);
/* @t has ended: note it if it was told of, and drop it. */
void tasks_gone(struct tasks *w, struct task *t, uint64_t now);

#endif
