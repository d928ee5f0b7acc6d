/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The judge: where every finding ends up. It numbers a finding, asks the scenario's "expect" what
 * it is, counts it and journals it, in that order and without allocating. A finding may come twice:
 * at once with its headline, and again, complete with its stack; the second may raise 'other' to
 * 'expected' or 'allowed', never the reverse.
 */
#ifndef HANGAR_JUDGE_H
#define HANGAR_JUDGE_H

#include "finding.h"
#include "journal.h"
#include "scenario/scenario.h"
#include "verdict.h"

#define JUDGE_FINDINGS_MAX 8192 /* a log flood ends in a count, not in memory */

/* While a dump is taken from outside, this guest may have been stopped for seconds. */
enum judge_pause {
	PAUSE_NONE,
	PAUSE_POSSIBLE, /* clocks may disagree */
	PAUSE_SEEN,     /* and time has passed in which nobody could move */
};

struct judge {
	const struct expect_spec *expect;
	struct journal *journal;
	uint64_t epoch_us;
	void (*told)(void *ctx, const struct finding *f,
		     uint64_t seq); /* after journalling; may be NULL */
	void *ctx;
	enum judge_pause pause; /* the loop's: what a pause explains is a note */
	struct tally tally;
	uint32_t count; /* findings numbered so far */
	unsigned int allowed, notes;
	uint32_t
		unstored; /* findings past JUDGE_FINDINGS_MAX: counted, journalled, not re-judged */
	uint64_t last_fault_us; /* when the last expected, other or broken finding was noticed; 0:
				   none */
	struct finding
		decisive; /* the first expected one, else the first other, else the first broken */
	uint8_t judged[JUDGE_FINDINGS_MAX];
};

void judge_init(struct judge *j, const struct expect_spec *e, struct journal *journal,
		uint64_t epoch_us);
/* A finding_sink.take: returns the finding's id. */
uint32_t judge_take(void *judge, struct finding *f);
/* "hung-task in jbd2/vda-8, noticed by tasks at 12.3 s, 4.1 s after it began". Returns @buf. */
const char *judge_say_first(const struct judge *j, char *buf, size_t size);
/* The one sentence behind the verdict. */
const char *judge_reason(const struct judge *j, enum verdict v, const char *stop_why, char *buf,
			 size_t size);

#endif
