/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal: journal.jsonl in the run directory, one JSON object a line, append-only, synced. Every line has
 *   "seq" (from 1, no holes), "t" (seconds since the run began, CLOCK_MONOTONIC), "event" (a name below).
 * The observer must never wait for a file system: journal_line() copies into a ring that was mapped and locked
 * before the storm, and a writer thread writes and fdatasync()s. The writer says how far it got (journal_synced)
 * and how long it has been stuck, and the loop waits at most as long as it wants to.
 *
 * Events: run-begin, skip, setup, armed, phase-begin, phase-end, spawn, exit, restart, finding, progress, evidence,
 * trigger, note, stop, teardown, verdict. journal.c lists the members of each.
 */
#ifndef HANGAR_JOURNAL_H
#define HANGAR_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/jline.h"
#include "finding.h"

struct journal;

#define JOURNAL_LINE_MAX 8192 /* a finding with a full stack fits after escaping; longer is cut, and says so */

/**
 * journal_open - make (O_APPEND) journal.jsonl in @dirfd, map the ring, start the writer thread
 * @epoch_us: CLOCK_MONOTONIC of the run's begin, the zero of "t"
 * Also reserves a ballast file that is given back when the disk is full, so that the verdict still fits.
 * Returns 0 or -errno.
 */
int journal_open(int dirfd, uint64_t epoch_us, struct journal **ret_j);
struct journal *journal_close(struct journal *j); /* waits for the writer at most 5 s; returns NULL */

/**
 * journal_begin / journal_commit - one event; between them add members with jline_*()
 * Never allocates, never opens, never blocks. Returns the seq of the line, 0 when the ring was full (then the loss is
 * counted, and said in a "note" as soon as there is room).
 */
struct jline *journal_begin(struct journal *j, const char *event);
uint64_t journal_commit(struct journal *j);

uint64_t journal_finding(struct journal *j, const struct finding *f);
uint64_t journal_note(struct journal *j, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

uint64_t journal_synced(const struct journal *j); /* highest seq known to be on disk */
/* Wait until @seq is synced, at most @timeout_us. Returns 0, -ETIMEDOUT, or the writer's -errno. */
int journal_wait(struct journal *j, uint64_t seq, uint64_t timeout_us);
/* 0, or -errno of the first write or sync that failed (ENOSPC, EROFS, EIO). */
int journal_error(const struct journal *j);

#endif
