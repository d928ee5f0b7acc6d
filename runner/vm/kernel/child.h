/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running a tool (apt-get, depmod) to its end: no shell, no input, what it says as lines. */
#ifndef HANGAR_CHILD_LINES_H
#define HANGAR_CHILD_LINES_H

#include "base/diag.h"

struct child_run {
	const char *const *argv; /* argv[0] is looked for in PATH and in /usr/sbin:/sbin */
	const char *folder;      /* to run in; NULL: as we */
	const char *const *env;  /* "NAME=value" to add, NULL-terminated; NULL: none */
	/* A line of its stdout or stderr, without the break; NULL: thrown away. */
	void (*line)(void *ctx, const char *line);
	void *ctx;
};

/**
 * child_lines - run it and wait
 * It dies with this process. Returns 0 (it exited 0); -ENOENT (no such program), -EIO (exited
 * otherwise; @d has its last line that speaks of an error), -errno.
 */
int child_lines(const struct child_run *run, struct diag *d);

#endif
