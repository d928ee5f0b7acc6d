/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a record says without a verdict of its own. The bug that hangar hunts may well take the
 * runner with it: then the finding that was synced just before is all there is, and it is enough.
 */
#include <string.h>

#include "event.h"
#include "record_fold.h"
#include "say.h"

unsigned int record_count(const struct record *r, enum finding_judged judged)
{
	unsigned int sum = 0;

	for (unsigned int kind = 0; kind < FINDING_KIND_COUNT; kind++)
		sum += r->counts[judged][kind];
	return sum;
}

double record_seconds_at(const struct record *r, uint64_t us)
{
	if (!r->epoch_us || !us)
		return 0;
	return us >= r->epoch_us ? (double)(us - r->epoch_us) / 1e6
				 : -((double)(r->epoch_us - us) / 1e6);
}

const struct finding *record_decisive(const struct record *r)
{
	static const enum finding_judged judged_of[VERDICT_COUNT] = {
		/*
		 * A verdict that rests on no finding looks for notes, and finds none that decide.
		 */
		[VERDICT_SURVIVED] = JUDGED_NOTE,     [VERDICT_REPRODUCED] = JUDGED_EXPECTED,
		[VERDICT_OTHER_FAULT] = JUDGED_OTHER, [VERDICT_SKIPPED] = JUDGED_NOTE,
		[VERDICT_INCONCLUSIVE] = JUDGED_NOTE, [VERDICT_BROKEN] = JUDGED_BROKEN,
	};
	enum finding_judged wanted = judged_of[r->verdict];
	const struct finding *first = NULL;

	if (wanted == JUDGED_NOTE)
		return NULL;
	for (unsigned int i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];

		if (f->judged == wanted && (!first || f->noticed_us < first->noticed_us))
			first = f;
	}
	return first;
}

static bool is_skipped(const struct record *r)
{
	size_t i;
	json_t *event;

	json_array_foreach (r->events, i, event)
		if (!strcmp(event_text(event, "event"), "skip") &&
		    json_is_true(json_object_get(event, "fatal")))
			return true;
	return false;
}

static void say_why(struct record *r)
{
	const struct finding *f = record_decisive(r);
	char noticed[300] = "", end[128];

	if (f)
		say_finding(r, f, noticed, sizeof(noticed));
	if (r->live)
		snprintf(end, sizeof(end), "the run is still going on, at %.1f s", r->seconds);
	else if (r->seconds > 0)
		snprintf(
			end, sizeof(end),
			"the record ends at %.1f s without a verdict: runner or machine died there",
			r->seconds);
	else
		snprintf(end, sizeof(end), "the record ends before the run began");
	snprintf(r->reason, sizeof(r->reason), "%s%s%s", noticed, f ? "; " : "", end);
}

void record_decide(struct record *r)
{
	struct tally t = {
		.expected = record_count(r, JUDGED_EXPECTED),
		.other = record_count(r, JUDGED_OTHER),
		.broken = record_count(r, JUDGED_BROKEN),
		.record_lost = r->counts[JUDGED_BROKEN][FINDING_RECORD_LOST] > 0,
		.skipped = is_skipped(r),
		.stopped_early = true,
	};

	r->verdict = verdict_decide(&t);
	say_why(r);
}
