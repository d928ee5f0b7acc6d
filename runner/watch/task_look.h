/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One cheap look at a task through the files that are held open for it: its state, and how often it
 * was put on a CPU. Most looks cost one pread(). */
#ifndef HANGAR_WATCH_TASK_LOOK_H
#define HANGAR_WATCH_TASK_LOOK_H

#include "watch/task_scan.h"

/* False when the task is gone. @t itself is not changed. */
bool task_look(const struct task_scan *s, const struct task *t, char *ret_state,
	       uint64_t *ret_switches);

#endif
