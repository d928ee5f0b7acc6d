/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal: journal.jsonl in the run directory, one JSON object a line, append-only, synced.
 * Every line has
 *   "seq"    from 1, no holes
 *   "t"      seconds since the run began (CLOCK_MONOTONIC), six decimals
 *   "event"  a name below
 * and the first line also "epoch_us", the CLOCK_MONOTONIC of the run's begin in microseconds, so
 * that times in a finding can be laid beside "t". A line that had to be cut ends with "cut":true.
 *
 * The observer must never wait for a file system: journal_commit() copies into a ring that was
 * mapped and locked before the storm, and a writer thread write()s and fdatasync()s. The writer
 * says how far it got (journal_synced) and how long it has been stuck (journal_stuck_us), and the
 * loop waits at most as long as it wants to.
 *
 * Events and their members, in the order in which a run meets them. Members without a value (no
 * pid, an empty text) are left out. A reader passes over events and members that it does not know.
 *   run-begin    scenario (path), name, seed, repeat (from 1)
 *   skip         what, why, remedy, fatal (true: the run is SKIPPED)
 *   setup        what, detail
 *   armed        watchers (how many), tasks
 *   phase-begin  phase (name), index (from 0), copies
 *   phase-end    phase, why ("time", the condition, "stop")
 *   spawn        copy (slot), pid, name, group, verified (it saw itself in its group)
 *   exit         copy, pid, name, kind ("done" "skipped" "stopped" "oom-killed" "failed"
 *                "starved": its group had no memory to begin with), code or signal,
 *                steps (of the copy so far, over its restarts), slowest_us
 *   restart      copy, after_us (the pause before it)
 *   finding      the members of struct finding under their own names, *_us as CLOCK_MONOTONIC in
 *                microseconds (kernel_us: the printk clock), stack as an array of lines, and
 *                after_seconds: how long after it began it was noticed
 *   progress     steps (of all), oom_kills, and what else the runner knows
 *   rung         name, result ("usable", "unusable"), detail (why, and the remedy): each rung
 *                and trigger, looked at before the storm
 *   evidence     name, file (relative to the run directory), bytes, error
 *   trigger      name, result, detail
 *   plant        name (of a bug planted into this kernel), hits (of its path since the run began;
 *                the last event of a name counts), when ("before", "during", "after"), hits_before
 *   deltas       finding (its id), from, to (seconds of two samples of the machine's memory around
 *                it), moved {counter of /proc/vmstat: difference}, still [counters that would have
 *                moved], sentences [what that means], zones {name: free, before and after}
 *   trace        result ("on", "off", "kept", "over"), detail, file, by, buffer_bytes, events,
 *                probes, functions, missing (lists of text), entries, overrun, dropped (events),
 *                counted ("name times" of each event kept)
 *   note         text, and lost (lines) when the ring was full
 *   stop         why
 *   work         name, group ("victims" for victims.0 ... victims.9), starts, restarts, done,
 *                skipped, stopped, oom_killed, failed, starved, steps, slowest_us: the sums of
 *                one stressor in one group, once at the end. They outrank what a reader
 *                adds up from spawn, exit and restart, which are rationed in a storm
 *   latency      findings, median_ms, worst_ms (from the kernel's timestamp to disk), lines_lost
 *   teardown     what, error
 *   verdict      verdict, reason, expected, other, broken, steps, oom_kills, first_noticed
 */
#ifndef HANGAR_JOURNAL_H
#define HANGAR_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/jline.h"
#include "finding.h"
#include "latency.h"

struct journal;

#define JOURNAL_FILE "journal.jsonl"
/* A finding with a full stack fits after escaping; longer is cut, and says so. */
#define JOURNAL_LINE_MAX 8192

/**
 * journal_open - make journal.jsonl in @dirfd, map the ring, start the writer thread
 * @dirfd: the run directory, open for reading (not O_PATH)
 * @epoch_us: CLOCK_MONOTONIC of the run's begin, the zero of "t"
 *
 * The writer blocks every signal and inherits the scheduling policy of the caller. Also reserves
 * 256 KiB in an unnamed ballast file; they are given back when the disk is full, so that the
 * verdict still fits. Returns 0; -EEXIST (there is a journal already), -ENOSPC, -errno.
 */
int journal_open(int dirfd, uint64_t epoch_us, struct journal **ret_j);

/* The same with another name: "outside.jsonl", the journal of who watches from outside. */
int journal_open_as(int dirfd, const char *file, uint64_t epoch_us, struct journal **ret_j);

/**
 * journal_mirror - send every line over @fd, too (wire.h): HELLO at once, LINE after each sync,
 * BEAT once a second By the writer thread, right behind the disk (and whether the disk took it or
 * not): what journal_synced() counts has left this machine, so of one that dies at most the lines
 * in flight are lost. A wire that takes no more for 2 s is not waited for again: lines pass it by,
 * which the journal and the frames' sequence tell, until it takes more. Called before the first
 * line. @fd stays the caller's, open until journal_close(); it becomes non-blocking. Frames from
 * the other side may be read from it meanwhile.
 */
void journal_mirror(struct journal *j, int fd);

/* One more turn of the loop, for BEAT. By the thread that journals. */
void journal_tick(struct journal *j);

/* Waits for the writer at most 5 s (a writer stuck in the kernel is left behind); returns NULL. */
struct journal *journal_close(struct journal *j);

/**
 * journal_begin / journal_commit - one event; between them add members with jline_*()
 * From one thread only, and one event at a time. Never allocates, never opens, never blocks. Commit
 * returns the seq of the line, or 0 when the ring was full: then the loss is counted, and said in a
 * "note" before the next line that finds room.
 */
struct jline *journal_begin(struct journal *j, const char *event);
uint64_t journal_commit(struct journal *j);

uint64_t journal_finding(struct journal *j, const struct finding *f);
uint64_t journal_note(struct journal *j, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Highest seq known to be on disk, and on the wire where there is one that flows. */
uint64_t journal_synced(const struct journal *j);

/*
 * How long the writer has been busy with one write and sync, 0 when it is not. @now:
 * CLOCK_MONOTONIC.
 */
uint64_t journal_stuck_us(const struct journal *j, uint64_t now);

/* From the kernel's timestamp (finding.began_us, where kernel_us is set) to the disk, so far. */
void journal_latency(const struct journal *j, struct latency_summary *ret);

/* Lines that found no room in the ring, all told. */
uint64_t journal_lost(const struct journal *j);

/* Wait until @seq is synced, at most @timeout_us. Returns 0, -ETIMEDOUT, or the writer's -errno. */
int journal_wait(struct journal *j, uint64_t seq, uint64_t timeout_us);

/*
 * 0, or -errno of the first write or sync that failed (ENOSPC, EROFS, EIO). It stays set when later
 * lines go through again: the writer keeps what is not written and tries again, on the next line
 * and each 200 ms.
 */
int journal_error(const struct journal *j);

#endif
