/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two journals, two clocks. Both have an event for the same moment: the run's begin, which the
 * outside journals when the line comes in. What lies between writing and reading it is
 * milliseconds, and a guest whose clock stood still while it was dumped is off by that; good enough
 * to tell who was first by seconds.
 */
#include "record_outside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "event.h"
#include "outside.h"
#include "record_fold.h"

/* Of each kind of event: a ladder has five rungs, a guest some ten stages. */
#define EVENTS_KEPT 1000

static const char *const watchers[] = { "outside",   "pvpanic", "watchdog", "console",
					"heartbeat", "vmcore",  "pstore",   "collect" };

bool record_from_outside(const struct finding *f)
{
	for (size_t i = 0; i < ARRAY_SIZE(watchers); i++)
		if (!strcmp(f->watcher, watchers[i]))
			return true;
	return false;
}

const struct finding *record_first_noticed(const struct record *r)
{
	const struct finding *first = NULL;

	for (unsigned int i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];

		if ((f->judged == JUDGED_OTHER || f->judged == JUDGED_EXPECTED) && f->noticed_us &&
		    (!first || f->noticed_us < first->noticed_us))
			first = f;
	}
	return first;
}

/* "t" of the first event called @name, or -1. */
static double time_of(const json_t *events, const char *name)
{
	json_t *event;
	size_t i;

	json_array_foreach (events, i, event)
		if (!strcmp(event_text(event, "event"), name))
			return event_seconds(event, "t");
	return -1;
}

/* What to add to the outside's "t" to get the run's. */
static double lay_clocks(struct record *r, const struct record *sub)
{
	double in = time_of(r->events, "run-begin"), out = time_of(sub->events, "run-begin");

	r->outside.clocks_met = in >= 0 && out >= 0;
	if (r->outside.clocks_met && r->epoch_us)
		return in - out;
	if (!r->epoch_us)
		r->epoch_us = sub->epoch_us;
	return 0;
}

static uint64_t on_our_clock(const struct record *r, const struct record *sub, uint64_t us,
			     double shift)
{
	double at = ((double)us - (double)sub->epoch_us) / 1e6 + shift;
	double there = (double)r->epoch_us + at * 1e6;

	return us && there >= 1 && there < 1e18 ? (uint64_t)there : 0;
}

static uint32_t last_id(const struct record *r)
{
	uint32_t last = 0;

	for (unsigned int i = 0; i < r->n_findings; i++)
		if (r->findings[i].id > last)
			last = r->findings[i].id;
	return last;
}

static int compare_notice(const void *a, const void *b)
{
	const struct finding *f = a, *g = b;

	if (f->noticed_us != g->noticed_us)
		return f->noticed_us < g->noticed_us ? -1 : 1;
	return f->id < g->id ? -1 : f->id > g->id;
}

static int join_findings(struct record *r, const struct record *sub, double shift)
{
	size_t n = (size_t)r->n_findings + sub->n_findings;
	uint32_t ids = last_id(r);
	struct finding *all;

	for (unsigned int j = 0; j < JUDGED_COUNT; j++)
		for (unsigned int k = 0; k < FINDING_KIND_COUNT; k++)
			r->counts[j][k] += sub->counts[j][k];
	if (!sub->n_findings)
		return 0;
	all = realloc(r->findings, n * sizeof(*all));
	if (!all)
		return -ENOMEM;
	r->findings = all;
	for (unsigned int i = 0; i < sub->n_findings; i++) {
		struct finding *f = &all[r->n_findings++];

		*f = sub->findings[i];
		f->id += ids;
		f->noticed_us = on_our_clock(r, sub, f->noticed_us, shift);
		f->began_us = on_our_clock(r, sub, f->began_us, shift);
		if (record_seconds_at(r, f->noticed_us) > r->seconds)
			r->seconds = record_seconds_at(r, f->noticed_us);
	}
	qsort(all, n, sizeof(*all), compare_notice);
	return 0;
}

static void keep(json_t **list, json_t *event)
{
	if (!*list)
		*list = json_array();
	if (json_array_size(*list) < EVENTS_KEPT)
		json_array_append(*list, event);
}

static void keep_one(json_t **place, json_t *event)
{
	json_decref(*place);
	*place = json_incref(event);
}

static void sort_events(struct record_outside *o, const json_t *events, double shift)
{
	json_t *event;
	size_t i;

	json_array_foreach (events, i, event) {
		const char *name = event_text(event, "event");

		json_object_set_new(event, "at_seconds",
				    json_real(event_seconds(event, "t") + shift));
		if (!strcmp(name, "outside-begin"))
			keep_one(&o->begin, event);
		else if (!strcmp(name, "vmcore"))
			keep_one(&o->vmcore, event);
		else if (!strcmp(name, "stage"))
			keep(&o->stages, event);
		else if (!strcmp(name, "rung"))
			keep(&o->rungs, event);
		else if (!strcmp(name, "dump"))
			keep(&o->dumps, event);
		else if (!strcmp(name, "trigger"))
			keep(&o->triggers, event);
		else if (!strcmp(name, "note"))
			keep(&o->notes, event);
	}
}

/*
 * Whoever watches from outside outlives the run: his verdict is the last word. Without one (he
 * died, too) what he had found until then still makes a guest's "survived" a thing of the past.
 */
static void take_verdict(struct record *r, const struct record *sub)
{
	if (sub->finished) {
		r->finished = true;
		r->verdict = sub->verdict;
		memcpy(r->reason, sub->reason, sizeof(r->reason));
	} else if (record_count(sub, JUDGED_OTHER) + record_count(sub, JUDGED_EXPECTED) +
		   record_count(sub, JUDGED_BROKEN)) {
		r->finished = false;
	}
}

static int join(struct record *r, struct record *sub)
{
	bool silent = !json_array_size(r->events);
	double shift = lay_clocks(r, sub);
	int err = join_findings(r, sub, shift);

	if (silent)
		r->seconds = sub->seconds;
	sort_events(&r->outside, sub->events, shift);
	take_verdict(r, sub);
	r->outside.torn = sub->torn;
	r->outside.bad_lines = sub->bad_lines;
	r->outside.first_bad_line = sub->first_bad_line;
	return err;
}

int record_outside_read(struct record *r, FILE *journal)
{
	struct record sub = { .events = json_array() };
	int err = sub.events ? record_read_journal(&sub, journal) : -ENOMEM;

	r->outside.present = true;
	if (!err)
		err = join(r, &sub);
	record_clear(&sub);
	return err;
}

int record_outside_load(struct record *r, int dirfd)
{
	_cleanup_fclose_ FILE *f = NULL;
	int err, fd = openat(dirfd, OUTSIDE_FILE, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	f = fdopen(fd, "r");
	if (!f) {
		err = -errno;
		close_fd(fd);
		return err;
	}
	return record_outside_read(r, f);
}

void record_outside_clear(struct record_outside *o)
{
	json_decref(o->begin);
	json_decref(o->stages);
	json_decref(o->rungs);
	json_decref(o->dumps);
	json_decref(o->triggers);
	json_decref(o->notes);
	json_decref(o->vmcore);
	*o = (struct record_outside){ 0 };
}
