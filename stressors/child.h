/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A short life in a process of its own, waited for. */
#ifndef HANGAR_CHILD_H
#define HANGAR_CHILD_H

#include "stressor.h"

/**
 * child_live - run @life with @arg in a child that exits with its errno, and wait for it
 * Returns what @life did (0 or -errno), STRESSOR_PRESSURE when the child was killed (the OOM killer
 * chose it), or -errno of fork() and waitpid().
 */
int child_live(struct stressor_run *run, int (*life)(struct stressor_run *run, void *arg),
	       void *arg);

/* Wait for @pid, through signals. As child_live(). */
int child_reap(pid_t pid);

#endif
