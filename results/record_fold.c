/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From events to a record. A follow-up (more_of) completes the finding that was journalled at once,
 * when only its headline was known: what it says replaces what was not known yet, while time,
 * number and watcher stay those of the first notice, for that is what was noticed first.
 */
#include "record_fold.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"

/* Eight hours of progress lines, one a second, three times over. */
#define EVENTS_MAX 100000

static void read_lines(const json_t *event, const char *key, char *buf, size_t size)
{
	const json_t *lines = json_object_get(event, key);
	size_t at = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < json_array_size(lines); i++) {
		const char *line = json_string_value(json_array_get(lines, i));
		size_t len = line ? strlen(line) : 0;

		if (!line || strchr(line, '\n'))
			continue;
		if (len + 2 > size - at)
			return;
		memcpy(buf + at, line, len);
		memcpy(buf + at + len, "\n", 2);
		at += len + 1;
	}
}

static void read_finding(const json_t *event, struct finding *f)
{
	const json_t *cpu = json_object_get(event, "cpu");

	finding_init(f, finding_kind_parse(event_text(event, "kind")), "",
		     event_number(event, "noticed_us"));
	f->id = (uint32_t)event_number(event, "id");
	f->more_of = (uint32_t)event_number(event, "more_of");
	f->began_us = event_number(event, "began_us");
	f->kernel_us = event_number(event, "kernel_us");
	f->pid = (int)event_number(event, "pid");
	f->cpu = json_is_integer(cpu) ? (int)json_integer_value(cpu) : -1;
	f->seconds = event_seconds(event, "seconds");
	if (finding_judged_parse(event_text(event, "judged"), &f->judged) < 0)
		f->judged = JUDGED_OTHER;
	event_copy(event, "watcher", f->watcher, sizeof(f->watcher));
	event_copy(event, "comm", f->comm, sizeof(f->comm));
	event_copy(event, "group", f->group, sizeof(f->group));
	event_copy(event, "function", f->function, sizeof(f->function));
	event_copy(event, "release", f->release, sizeof(f->release));
	event_copy(event, "taint", f->taint, sizeof(f->taint));
	event_copy(event, "signature", f->signature, sizeof(f->signature));
	event_copy(event, "text", f->text, sizeof(f->text));
	read_lines(event, "members", f->members, sizeof(f->members));
	read_lines(event, "stack", f->stack, sizeof(f->stack));
}

static struct finding *find(struct record *r, uint32_t id)
{
	for (unsigned int i = r->n_findings; i > 0; i--)
		if (r->findings[i - 1].id == id)
			return &r->findings[i - 1];
	return NULL;
}

#define TAKE_TEXT(to, from, member)                                                                \
	do {                                                                                       \
		if ((from)->member[0])                                                             \
			memcpy((to)->member, (from)->member, sizeof((to)->member));                \
	} while (0)

#define TAKE_NUMBER(to, from, member, none)                                                        \
	do {                                                                                       \
		if ((from)->member != (none))                                                      \
			(to)->member = (from)->member;                                             \
	} while (0)

static void complete(struct record *r, struct finding *to, const struct finding *from)
{
	r->counts[to->judged][to->kind]--;
	to->judged = from->judged;
	if (from->kind != FINDING_NONE)
		to->kind = from->kind;
	r->counts[to->judged][to->kind]++;
	TAKE_NUMBER(to, from, pid, 0);
	TAKE_NUMBER(to, from, cpu, -1);
	if (!to->began_us)
		to->began_us = from->began_us;
	if (!to->kernel_us)
		to->kernel_us = from->kernel_us;
	if (from->seconds > to->seconds)
		to->seconds = from->seconds;
	TAKE_TEXT(to, from, comm);
	TAKE_TEXT(to, from, group);
	TAKE_TEXT(to, from, function);
	TAKE_TEXT(to, from, release);
	TAKE_TEXT(to, from, taint);
	TAKE_TEXT(to, from, signature);
	TAKE_TEXT(to, from, text);
	TAKE_TEXT(to, from, members);
	TAKE_TEXT(to, from, stack);
}

static bool is_kept(const struct record *r, enum finding_judged judged)
{
	bool noise = judged == JUDGED_ALLOWED || judged == JUDGED_NOTE;

	return record_count(r, judged) <= (noise ? RECORD_KEPT_NOISE : RECORD_KEPT_FAULTS);
}

static int keep(struct record *r, const struct finding *f)
{
	/* Grown by doubling: at every power of two the room is used up. */
	if (!(r->n_findings & (r->n_findings - 1))) {
		size_t room = r->n_findings ? 2 * (size_t)r->n_findings : 1;
		struct finding *more = realloc(r->findings, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		r->findings = more;
	}
	r->findings[r->n_findings++] = *f;
	return 0;
}

/*
 * The first line, which tells the epoch, was not read: "t" follows the notice within milliseconds.
 */
static void derive_epoch(struct record *r, const struct finding *f, double t)
{
	uint64_t t_us = t < 1e12 ? (uint64_t)(t * 1e6) : 0;

	if (!r->epoch_us && f->noticed_us > t_us)
		r->epoch_us = f->noticed_us - t_us;
}

int record_fold_finding(struct record *r, json_t *event)
{
	struct finding f, *first;

	read_finding(event, &f);
	derive_epoch(r, &f, event_seconds(event, "t"));
	first = f.more_of ? find(r, f.more_of) : NULL;
	if (first) {
		complete(r, first, &f);
		return 1;
	}
	/* Completes one that was not kept, and is no news: it was counted then. */
	if (f.more_of && (f.judged == JUDGED_ALLOWED || f.judged == JUDGED_NOTE))
		return 1;
	r->counts[f.judged][f.kind]++;
	if (!is_kept(r, f.judged))
		return 1;
	return keep(r, &f) < 0 ? -ENOMEM : 1;
}

static void fold_verdict(struct record *r, const json_t *event)
{
	if (verdict_parse(event_text(event, "verdict"), &r->verdict) < 0)
		return;
	r->finished = true;
	event_copy(event, "reason", r->reason, sizeof(r->reason));
}

static void fold_totals(struct record *r, const json_t *event)
{
	if (json_object_get(event, "steps"))
		r->steps = event_number(event, "steps");
	if (json_object_get(event, "oom_kills"))
		r->oom_kills = event_number(event, "oom_kills");
}

int record_fold_event(struct record *r, json_t *event)
{
	const char *name = event_text(event, "event");
	double t = event_seconds(event, "t");
	int folded;

	if (t > r->seconds)
		r->seconds = t;
	if (event_number(event, "epoch_us"))
		r->epoch_us = event_number(event, "epoch_us");
	folded = strcmp(name, "finding") ? record_fold_work(r, name, event)
					 : record_fold_finding(r, event);
	if (folded)
		return folded < 0 ? folded : 0;
	if (!strcmp(name, "verdict"))
		fold_verdict(r, event);
	if (!strcmp(name, "verdict") || !strcmp(name, "progress"))
		fold_totals(r, event);
	if (json_array_size(r->events) >= EVENTS_MAX) {
		r->unkept++;
		return 0;
	}
	return json_array_append(r->events, event) < 0 ? -ENOMEM : 0;
}
