/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is a task to die, and what does it keep meanwhile? From /proc/TID/status, which takes no lock
 * that can be held for long (sizes are counters of the address space). Pure.
 */
#ifndef HANGAR_WATCH_TASK_DEATH_H
#define HANGAR_WATCH_TASK_DEATH_H

#include <stdbool.h>
#include <stdint.h>

struct task_death {
	bool killed;         /* SIGKILL is pending: it dies as soon as it leaves the kernel */
	uint64_t kept_bytes; /* private memory of its address space; 0 when that is gone */
};

/* 0 or -EINVAL: no status. */
int task_death_parse(const char *status, struct task_death *ret);

#endif
