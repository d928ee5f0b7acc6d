/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The run directory, boundary between what may die with the kernel and what is read later, anywhere.
 *   manifest.json    version of this layout, what ran where: written once, synced, before anything is changed
 *   scenario.json    the scenario as run, byte for byte
 *   journal.jsonl    what happened, see journal.h
 *   undo.jsonl       what must be put back, written before each change; `hangar clean` reads it
 *   samples.jsonl    vmstat, buddyinfo, zoneinfo, memcg files over time
 *   kmsg.log         the kernel log of the run, raw /dev/kmsg records
 *   out/             each stressor's standard output and error: out/NNN-use.log; fio: out/NNN-fio.json
 *   evidence/        what was taken when a finding matched
 *   lock             held (flock) while the runner lives
 *   result.json junit.xml ktap.txt report.txt    made from the above by `hangar report`, at any time
 */
#ifndef HANGAR_RUNDIR_H
#define HANGAR_RUNDIR_H

#include <stdbool.h>
#include <stddef.h>

#define RUNDIR_VERSION 1

struct rundir {
	char path[4096]; /* absolute */
	char id[64];     /* YYYYMMDD-HHMMSS-NAME-xxxx: also the name of our cgroup subtree */
	int fd;          /* O_PATH-like directory fd */
	int lock_fd;     /* -1: opened for reading */
};

/* "/var/lib/hangar" for root, else $XDG_STATE_HOME/hangar or ~/.local/state/hangar. 0 or -errno. */
int rundir_state_home(char *buf, size_t size);

/**
 * rundir_create - make a new run directory and take its lock
 * @out: the directory asked for with --out (must be absent or empty), or NULL: <state home>/runs/<id>
 * Registers the path in <state home>/active/<id>, so that `hangar clean` finds it after a SIGKILL.
 * Returns 0; -EEXIST (@out holds something), -errno.
 */
int rundir_create(struct rundir *d, const char *out, const char *scenario_name);
int rundir_open(struct rundir *d, const char *path); /* for reading; -ENOENT, -ENOTDIR, ... */
/* True while another living process holds the lock. */
bool rundir_is_live(const struct rundir *d);
void rundir_unregister(const struct rundir *d); /* after teardown: nothing is left to clean */
void rundir_clear(struct rundir *d);

#endif
