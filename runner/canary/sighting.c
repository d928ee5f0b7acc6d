/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run directory boiled down to one row: found or not, when, by whom, and how often the planted
 * path was taken: that tells a lost race from a scenario that never got there. */
#include "canary/canary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "record.h"

/* Findings of the hunt itself, OOM kills and the like, are no early sight of the bug. */
static bool is_early_sight(enum finding_kind kind)
{
	return kind == FINDING_STALL || kind == FINDING_STUCK_TASK || kind == FINDING_DEADLOCK ||
	       kind == FINDING_SILENCE;
}

static void take_early(struct sighting *s, const struct record *r)
{
	for (unsigned int i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];

		if (f->judged != JUDGED_EXPECTED &&
		    !(f->judged == JUDGED_ALLOWED && is_early_sight(f->kind)))
			continue;
		snprintf(s->early_watcher, sizeof(s->early_watcher), "%s", f->watcher);
		s->early_seconds = record_seconds_at(r, f->noticed_us);
		return;
	}
}

/* The first fault that the kernel itself wrote of. */
static void take_kernel(struct sighting *s, const struct record *r)
{
	s->kernel_seconds = -1;
	for (unsigned int i = 0; i < r->n_findings && s->kernel_seconds < 0; i++)
		if (r->findings[i].judged == JUDGED_EXPECTED &&
		    !strcmp(r->findings[i].watcher, "kmsg"))
			s->kernel_seconds = record_seconds_at(r, r->findings[i].noticed_us);
}

static void take_finding(struct sighting *s, const struct record *r)
{
	const struct finding *f = record_decisive(r);

	if (!f)
		return;
	s->found_seconds = record_seconds_at(r, f->noticed_us);
	snprintf(s->kind, sizeof(s->kind), "%s", finding_kind_name(f->kind));
	snprintf(s->watcher, sizeof(s->watcher), "%s", f->watcher);
}

/* Events "plant": one for each that is on. The last word counts. */
static void take_hits(struct sighting *s, const struct record *r)
{
	const json_t *event, *hits;
	size_t i;

	s->hits = -1;
	json_array_foreach (r->events, i, event) {
		const char *is = json_string_value(json_object_get(event, "event"));

		hits = json_object_get(event, "hits");
		if (is && !strcmp(is, "plant") && json_is_integer(hits))
			s->hits = json_integer_value(hits);
	}
}

void sighting_take(struct sighting *ret, const struct vm_outcome *outcome, bool off)
{
	_cleanup_free_ struct record *r = calloc(1, sizeof(*r));
	struct diag d = { 0 };
	const char *reader;

	memset(ret, 0, sizeof(*ret));
	ret->verdict = outcome->verdict;
	ret->off = off;
	ret->found = outcome->verdict == VERDICT_REPRODUCED;
	ret->hits = ret->kernel_seconds = -1;
	snprintf(ret->why, sizeof(ret->why), "%s", outcome->why);
	snprintf(ret->dir, sizeof(ret->dir), "%s", outcome->dir);
	if (!r || record_load(outcome->dir, r, &d) < 0)
		return;
	if (r->reason[0])
		snprintf(ret->why, sizeof(ret->why), "%s", r->reason);
	ret->length_seconds = r->seconds;
	take_finding(ret, r);
	take_early(ret, r);
	take_kernel(ret, r);
	take_hits(ret, r);
	reader = json_string_value(json_object_get(r->reading, "reader"));
	snprintf(ret->reader, sizeof(ret->reader), "%s", reader ? reader : "");
	record_clear(r);
}

bool sighting_good(const struct sighting *s)
{
	return s->off ? s->verdict == VERDICT_SURVIVED : s->found;
}
