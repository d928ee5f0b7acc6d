/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The run directory, boundary between what may die with the kernel and what is read later,
 * anywhere.
 *   manifest.json  version of this layout, what ran where: written once, synced, before anything
 *                  is changed
 *   scenario.json  the scenario as run, byte for byte
 *   journal.jsonl  what happened, see journal.h
 *   undo.jsonl     what must be put back, written before each change; `hangar clean` reads it
 *   samples.jsonl  vmstat, buddyinfo, zoneinfo, memcg files over time
 *   kmsg.log       the kernel log of the run, raw /dev/kmsg records
 *   out/           each stressor's output: out/NNN-use.log; fio: out/NNN-fio.json, and
 *                    those of earlier lives as out/NNN-fio.json.PID
 *   evidence/      what was taken when a finding matched
 *   outside.jsonl, console.log, qemu.log, vmcore, vmcore.json, vmcore-dmesg.txt
 *                  of a run that was watched from outside, see outside.h
 *   lock           "ID PID"; held (flock) while the runner lives
 *   result.json, junit.xml, ktap.txt, report.txt
 *                  made from the above by `hangar report`, at any time
 */
#ifndef HANGAR_RUNDIR_H
#define HANGAR_RUNDIR_H

#include <stdbool.h>
#include <stddef.h>

#define RUNDIR_VERSION 1

#define RUNDIR_MANIFEST "manifest.json"
#define RUNDIR_SCENARIO "scenario.json"

struct rundir {
	char path[4096]; /* absolute; after a failure: what could not be made or opened */
	char id[64];     /* YYYYMMDD-HHMMSS-NAME-xxxx in UTC: also the name of our cgroup subtree */
	int fd;          /* the directory, open for reading: openat() and fsync() work on it */
	int lock_fd;     /* -1: opened for reading */
	bool registered;
};

/*
 * $HANGAR_STATE_HOME, else "/var/lib/hangar" for root, else $XDG_STATE_HOME/hangar or
 * ~/.local/state/hangar. Only names it. 0, -ENOENT (no home known), -ENAMETOOLONG.
 */
int rundir_state_home(char *buf, size_t size);

/**
 * rundir_create - make a new run directory with out/ and evidence/, and take its lock
 * @out: the directory asked for with --out (must be absent or empty; parents are made), or NULL:
 *       <state home>/runs/<id>
 * @scenario_name: goes into the id, at most 32 characters of it, '-' for what is no file name
 * character
 *
 * Registers the path as a link <state home>/active/<id>, so that `hangar clean` finds it after a
 * SIGKILL. With @out a state home that cannot be written is no error: ->registered tells.
 * Returns 0; -EEXIST (@out holds something), -ENOTDIR, -errno with d->path naming the place.
 */
int rundir_create(struct rundir *d, const char *out, const char *scenario_name);

/* For reading. 0; -ENOENT, -ENOTDIR, -EACCES, ... */
int rundir_open(struct rundir *d, const char *path);

/* True while another living process holds the lock. */
bool rundir_is_live(const struct rundir *d);

/*
 * Done by rundir_create(). 0, -EEXIST, -errno of <state home>/active. Unregister after teardown:
 * nothing is left to clean. It goes by d->id, so it works on a directory opened for reading as
 * well.
 */
int rundir_register(struct rundir *d);
void rundir_unregister(const struct rundir *d);

/**
 * rundir_each_active - name every registered run directory
 * @take: gets the absolute path; whatever it returns but 0 ends the walk and is returned
 * Returns 0 (also when there is no state home yet), @take's answer, or -errno.
 */
int rundir_each_active(int (*take)(void *ctx, const char *path), void *ctx);

/* Close what is open. The lock goes with it. */
void rundir_clear(struct rundir *d);

#endif
