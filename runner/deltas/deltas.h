/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What moved in the machine's memory around each finding. A thread looks once a second into a ring
 * of two minutes, and again when a finding is told; the difference goes to evidence/deltas.txt and
 * into the journal, with what it means. /proc/vmstat and its like allocate inside the kernel when
 * they are read, so a machine without memory may hold up the thread, never the loop.
 * All functions take NULL for a machine that tells no counters.
 */
#ifndef HANGAR_DELTAS_H
#define HANGAR_DELTAS_H

#include "journal.h"
#include "rundir.h"

struct deltas;

/* 0 (*ret NULL, and a note: there is no /proc/vmstat below @root), or -errno. */
int deltas_open(const char *root, const struct rundir *dir, struct journal *j, uint64_t epoch_us,
		struct deltas **ret);

/* Ask for the differences around @f: from five seconds before it began (or was noticed) until now.
 * Each finding once, 16 in a run; what is more is counted. No allocation, no waiting. */
void deltas_finding(struct deltas *d, const struct finding *f);

/* With each tick: journals "deltas" of those that are ready. */
void deltas_poll(struct deltas *d);

/* Waits at most two seconds for those that are not; a thread that hangs is left behind. Returns
 * NULL. */
struct deltas *deltas_close(struct deltas *d);

#endif
