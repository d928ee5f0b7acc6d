/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Judging is arithmetic on counters: each finding moves one of them, and a completed finding moves
 * its count from one to another. The verdict is later read off the counters alone (verdict_decide),
 * so that the run and a reader of its journal a year later cannot disagree.
 */
#include "run/judge.h"

#include <string.h>

#include "base/cleanup.h"

/* How much a judgement weighs when the same finding is judged twice, and which finding is the
 * decisive one. */
static const unsigned int weight[] = {
	[JUDGED_NOTE] = 0,    [JUDGED_BROKEN] = 1,   [JUDGED_OTHER] = 2,
	[JUDGED_ALLOWED] = 3, [JUDGED_EXPECTED] = 4,
};

static unsigned int *counter(struct judge *j, enum finding_judged judged)
{
	switch (judged) {
	case JUDGED_EXPECTED:
		return &j->tally.expected;
	case JUDGED_OTHER:
		return &j->tally.other;
	case JUDGED_BROKEN:
		return &j->tally.broken;
	case JUDGED_ALLOWED:
		return &j->allowed;
	case JUDGED_NOTE:
	default:
		return &j->notes;
	}
}

static bool is_decisive(const struct judge *j, const struct finding *f)
{
	if (f->judged == JUDGED_NOTE || f->judged == JUDGED_ALLOWED)
		return false;
	if (j->decisive.kind == FINDING_NONE)
		return true;
	if (f->more_of && f->more_of == j->decisive.id)
		return true;
	return weight[f->judged] > weight[j->decisive.judged];
}

static void settle_decisive(struct judge *j, const struct finding *f)
{
	uint64_t noticed = j->decisive.noticed_us;

	if (f->more_of && f->more_of == j->decisive.id) {
		if (f->judged == JUDGED_ALLOWED) { /* its stack has cleared it */
			memset(&j->decisive, 0, sizeof(j->decisive));
			return;
		}
		j->decisive = *f;
		j->decisive.id = f->more_of;
		j->decisive.noticed_us = noticed; /* the first notice counts */
		return;
	}
	if (is_decisive(j, f))
		j->decisive = *f;
}

void judge_init(struct judge *j, const struct expect_spec *e, struct journal *journal,
		uint64_t epoch_us)
{
	memset(j, 0, sizeof(*j));
	j->expect = e;
	j->journal = journal;
	j->epoch_us = epoch_us;
}

/* A follow-up is judged again with all that is known now; its place in the counts moves if it
 * weighs more. */
static void judge_again(struct judge *j, struct finding *f)
{
	enum finding_judged before;

	if (f->more_of > JUDGE_FINDINGS_MAX)
		return;
	before = j->judged[f->more_of - 1];
	if (weight[f->judged] <= weight[before]) {
		f->judged = before;
		return;
	}
	(*counter(j, before))--;
	(*counter(j, f->judged))++;
	j->judged[f->more_of - 1] = (uint8_t)f->judged;
}

static void judge_first(struct judge *j, struct finding *f)
{
	if (f->id <= JUDGE_FINDINGS_MAX)
		j->judged[f->id - 1] = (uint8_t)f->judged;
	else
		j->unstored++;
	(*counter(j, f->judged))++;
}

/* From which kind of pause on a finding of this kind says nothing. */
static const uint8_t explained_by[FINDING_KIND_COUNT] = {
	[FINDING_CLOCK] = PAUSE_POSSIBLE,        [FINDING_HUNG_TASK] = PAUSE_SEEN,
	[FINDING_SOFT_LOCKUP] = PAUSE_SEEN,      [FINDING_RCU_STALL] = PAUSE_SEEN,
	[FINDING_WORKQUEUE_LOCKUP] = PAUSE_SEEN, [FINDING_STALL] = PAUSE_SEEN,
	[FINDING_STUCK_TASK] = PAUSE_SEEN,       [FINDING_DEADLOCK] = PAUSE_SEEN,
};

static bool pause_explains(enum judge_pause pause, enum finding_kind kind)
{
	return explained_by[kind] && pause >= explained_by[kind];
}

uint32_t judge_take(void *judge, struct finding *f)
{
	struct judge *j = judge;
	uint64_t seq;

	f->judged = pause_explains(j->pause, f->kind) ? JUDGED_NOTE : expect_judge(j->expect, f);
	if (f->more_of && f->more_of <= j->count) {
		f->id = f->more_of;
		judge_again(j, f);
	} else {
		f->more_of = 0;
		f->id = ++j->count;
		judge_first(j, f);
	}
	if (f->judged != JUDGED_NOTE && f->judged != JUDGED_ALLOWED)
		j->last_fault_us = f->noticed_us;
	settle_decisive(j, f);
	seq = journal_finding(j->journal, f);
	if (j->told)
		j->told(j->ctx, f, seq);
	return f->id;
}

const char *judge_say_first(const struct judge *j, char *buf, size_t size)
{
	const struct finding *f = &j->decisive;
	int n;

	buf[0] = '\0';
	if (f->kind == FINDING_NONE)
		return buf;
	n = snprintf(buf, size, "%s%s%s%s%s, noticed by %s at %.1f s", finding_kind_name(f->kind),
		     f->comm[0] ? " of " : "", f->comm, f->function[0] ? " in " : "", f->function,
		     f->watcher, (double)(f->noticed_us - j->epoch_us) / 1e6);
	if (n > 0 && (size_t)n < size && f->began_us && f->began_us <= f->noticed_us)
		snprintf(buf + n, size - (size_t)n, ", %.3g s after it began",
			 (double)(f->noticed_us - f->began_us) / 1e6);
	return buf;
}

const char *judge_reason(const struct judge *j, enum verdict v, const char *stop_why, char *buf,
			 size_t size)
{
	char first[512];

	judge_say_first(j, first, sizeof(first));
	switch (v) {
	case VERDICT_REPRODUCED:
	case VERDICT_OTHER_FAULT:
		snprintf(buf, size, "%s", first);
		break;
	case VERDICT_BROKEN:
		snprintf(buf, size, "%s", j->decisive.kind ? j->decisive.text : stop_why);
		break;
	case VERDICT_SURVIVED:
		snprintf(buf, size, "%s; %u allowed findings", stop_why, j->allowed);
		break;
	case VERDICT_SKIPPED:
	case VERDICT_INCONCLUSIVE:
	case VERDICT_COUNT:
	default:
		snprintf(buf, size, "%s", stop_why);
	}
	return buf;
}
