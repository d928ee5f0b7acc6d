/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run read back from its directory: the manifest and the journal, torn tail and all. Needs
 * nothing of the machine that ran it, and trusts nothing that it reads: a line that is no JSON
 * object is counted and passed over, a member of a wrong type is as if it were not there.
 *
 * A night of storm writes millions of lines. What comes in such numbers is folded while it is read:
 * "finding" into findings and counts; "spawn", "exit", "restart" and "work" into works.
 */
#ifndef HANGAR_RECORD_H
#define HANGAR_RECORD_H

#include <jansson.h>

#include "base/diag.h"
#include "finding.h"
#include "record_outside.h"
#include "verdict.h"

#define JUDGED_COUNT (JUDGED_BROKEN + 1)

/* What all copies of one stressor came to in one group, instances of the group taken together. */
struct record_work {
	char name[64];                 /* "alloc-and-write" */
	char group[128];               /* "victims" for victims.0 ... victims.9; "" when not told */
	unsigned int starts, restarts; /* a restart is a start too */
	unsigned int done, skipped, stopped, oom_killed, failed, starved;
	uint64_t steps; /* of the copies whose end was told */
	uint64_t slowest_us;
};

struct record {
	char path[4096];  /* absolute, of the run directory */
	json_t *manifest; /* object */
	json_t *events;   /* array of journal objects in order, but for those that are folded */
	struct finding *findings; /* in order of notice, follow-ups folded into the first */
	unsigned int n_findings;
	/* By judgement and kind. More than n_findings when not all were kept, see below. */
	unsigned int counts[JUDGED_COUNT][FINDING_KIND_COUNT];
	struct record_work *works;
	unsigned int n_works;
	enum verdict verdict; /* of the "verdict" event, else decided from what there is */
	bool finished;        /* a "verdict" event was found */
	bool live;            /* its runner is still at work */
	bool torn;            /* the journal's last line was cut */
	bool must_reproduce;
	unsigned int bad_lines;      /* lines, the last not counted, that are no JSON object */
	unsigned int first_bad_line; /* its number, from 1 */
	unsigned int unkept;         /* events past the limit of 100,000 */
	char reason[512];            /* one sentence for people */
	double seconds;              /* from run-begin to the last event */
	uint64_t epoch_us;           /* CLOCK_MONOTONIC of the run's begin, 0: not known */
	uint64_t steps, oom_kills;   /* of all, as last told */

	struct record_outside outside; /* what whoever watched from outside saw */
	json_t *reading;          /* of the vmcore, see record_reading.h; NULL: there is none */
	json_t *blocked;          /* tasks by equal stacks, see blocked.h; NULL: not known */
	const char *blocked_from; /* file in the run directory */

	struct record_fold *fold; /* only while the journal is read */
};

/*
 * Findings kept whole in ->findings: the first so many of each judgement. The rest is in ->counts;
 * who needs them all reads the journal.
 */
#define RECORD_KEPT_FAULTS 1000 /* expected, other, broken: each */
#define RECORD_KEPT_NOISE 100   /* allowed, note: each */

/**
 * record_load - read the run directory @path
 * A directory without a journal.jsonl (a guest that never said anything) is a record, too.
 * Returns 0; -ENOENT, -ENOTDIR, -EACCES (no run directory, no manifest), -EINVAL (the manifest is
 * damaged: @d names file, line and column), -EPROTO (a newer layout version), -ENOMEM.
 */
int record_load(const char *path, struct record *ret, struct diag *d);
void record_clear(struct record *r);

/*
 * The finding that the verdict rests on: the first noticed of those that count for it; NULL: none.
 */
const struct finding *record_decisive(const struct record *r);

/* @us of a finding as seconds since the run began; 0 when the begin is not known. */
double record_seconds_at(const struct record *r, uint64_t us);

/* Findings of one judgement, all kinds. */
unsigned int record_count(const struct record *r, enum finding_judged judged);

/* Text of the manifest at "host.kernel" or "id"; "" when it is not there or no text. */
const char *record_manifest_text(const struct record *r, const char *dotted);

#endif
