/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The undo log: what must be put back, written and synced to undo.jsonl *before* each change, so
 * that `hangar clean` can restore after a SIGKILL at any moment. Undoing is idempotent: a step that
 * was never taken, or was undone already, is no error. One object a line; {"done":N} marks line N
 * (from 1) undone.
 *   {"undo":"sysctl","path":P,"value":OLD,"set":NEW}   any file of one value below /proc/sys or
 * /sys
 *   {"undo":"cgroup","path":P}            kill what is inside, remove it and all below it
 *   {"undo":"subtree-control","path":P,"value":"memory"}   v2: take the controller from the file P
 * again
 *   {"undo":"mount","path":P}             unmount P; the file system may be dead, see unmount.h
 *   {"undo":"loop","path":F}              detach every loop device on the file F
 *   {"undo":"file","path":P}              unlink
 *   {"undo":"directory","path":P}         rmdir
 *   {"undo":"tree","path":P}              remove P and all in it; its name must be "work" or begin
 * with "hangar-"
 *   {"undo":"trace-instance","path":P}    remove the instance P of tracefs, whose name begins with
 * "hangar-"
 *   {"undo":"trace-probes","path":P,"value":G}   remove the probes of group G, "hangar_...", from P
 *   {"undo":"processes","path":ID}        kill every process with HANGAR_RUN=ID in its environment
 */
#ifndef HANGAR_UNDO_H
#define HANGAR_UNDO_H

#include "base/diag.h"
#include "rundir.h"

#define UNDO_FILE "undo.jsonl"
#define UNDO_ENV_RUN "HANGAR_RUN" /* in the environment of every process of a run: its id */

struct undo;

/* Makes the log, or goes on with the one that is there (a torn last line is closed and ignored). 0
 * or -errno. */
int undo_open(const struct rundir *d, struct undo **ret);
struct undo *undo_close(struct undo *u); /* returns NULL */

/* Note a step before it is taken; on disk when this returns. @value may be NULL. 0 or -errno. */
int undo_add(struct undo *u, const char *kind, const char *path, const char *value);
/* A setting about to change from @old to @set. */
int undo_add_setting(struct undo *u, const char *path, const char *old, const char *set);

/**
 * undo_all - undo every step that is not done yet, last one first
 * @say: told one line for each thing restored and each that could not be; may be NULL
 * A step that fails does not stop the others, and stays for the next time. Bounded in time: a mount
 * or a group that cannot go within some seconds counts as failed. Returns the number of steps that
 * could not be undone.
 */
int undo_all(struct undo *u, void (*say)(const char *line));

/**
 * clean_runs - restore all runs whose runner is dead; a live run is told and left alone
 * @path: one run directory, or NULL: every run registered in the state home
 * Returns the number of things that could not be restored, or -errno (no such run directory).
 */
int clean_runs(const char *path, void (*say)(const char *line));

/* `hangar clean [DIR...]`. Returns the exit code: 0, or 128 when something remains or the usage was
 * wrong. */
int clean_main(int argc, char **argv);

#endif
