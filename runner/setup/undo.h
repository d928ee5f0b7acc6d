/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The undo log: what must be put back, written and synced to undo.jsonl *before* each change, so that `hangar clean` can restore
 * after a SIGKILL at any moment. Undoing is idempotent: a step that was never taken, or was undone already, is no error.
 * One object a line: {"undo":"sysctl","path":P,"value":OLD} {"undo":"cgroup","path":P} {"undo":"mount","path":P}
 * {"undo":"loop","path":DEVICE,"file":F} {"undo":"file","path":P} {"undo":"directory","path":P}
 * {"undo":"process","pid":N,"start":STARTTIME}; {"done":N} marks line N undone. (start: field 22 of /proc/PID/stat, so that a reused pid is left alone.)
 */
#ifndef HANGAR_UNDO_H
#define HANGAR_UNDO_H

#include "base/diag.h"
#include "rundir.h"

struct undo;

int undo_open(const struct rundir *d, struct undo **ret); /* makes or appends */
struct undo *undo_close(struct undo *u);
int undo_add(struct undo *u, const char *kind, const char *path, const char *value); /* synced; 0 or -errno */
/* Undo everything in reverse order. Returns the number of steps that could not be undone; each is told to @say. */
int undo_all(struct undo *u, void (*say)(const char *line));

/**
 * clean_runs - restore all runs whose runner is dead
 * @path: one run directory, or NULL: every run registered in the state home
 * Returns the number of things that could not be restored, or -errno.
 */
int clean_runs(const char *path, void (*say)(const char *line));

#endif
