/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the stressors did, added up while their exits are read: a storm that is restarted without
 * end writes a spawn, an exit and a restart for every copy that the kernel kills.
 */
#include "event.h"
#include "record_fold.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* No kernel has more pids (4 Mi), no scenario more kinds of stressors in its groups. */
#define COPIES_MAX (4u << 20)
#define WORKS_MAX 1024u

struct record_fold {
	uint16_t *work_of; /* copy -> index in works, plus one; 0: not known */
	uint32_t n_copies;
};

struct record_fold *record_fold_free(struct record_fold *f)
{
	if (f)
		free(f->work_of);
	free(f);
	return NULL;
}

/* "alloc-and-write#17" -> "alloc-and-write" */
static void cut_number(char *name)
{
	name[strcspn(name, "#")] = '\0';
}

/* "outer.0/inner.12" -> "outer/inner": the instances of a group all run the same. */
static void cut_instances(char *group)
{
	char *to = group;

	for (const char *from = group; *from;) {
		size_t digits = *from == '.' ? strspn(from + 1, "0123456789") : 0;

		if (digits && (!from[1 + digits] || from[1 + digits] == '/'))
			from += 1 + digits;
		else
			*to++ = *from++;
	}
	*to = '\0';
}

static struct record_work *work_at(struct record *r, const json_t *event)
{
	struct record_work work = { 0 }, *more;

	event_copy(event, "name", work.name, sizeof(work.name));
	event_copy(event, "group", work.group, sizeof(work.group));
	cut_number(work.name);
	cut_instances(work.group);
	for (unsigned int i = 0; i < r->n_works; i++)
		if (!strcmp(r->works[i].name, work.name) && !strcmp(r->works[i].group, work.group))
			return &r->works[i];
	if (r->n_works == WORKS_MAX)
		return NULL;
	more = realloc(r->works, (r->n_works + 1) * sizeof(*more));
	if (!more)
		return NULL;
	r->works = more;
	r->works[r->n_works] = work;
	return &r->works[r->n_works++];
}

/* The slot of @event's copy in the table, which grows to hold it; NULL: no number that a copy has.
 */
static uint16_t *place_of(struct record *r, const json_t *event)
{
	uint64_t copy = event_number(event, "copy");
	uint32_t room;
	uint16_t *more;

	if (copy >= COPIES_MAX)
		return NULL;
	if (!r->fold)
		r->fold = calloc(1, sizeof(*r->fold));
	if (!r->fold || copy < r->fold->n_copies)
		return r->fold ? &r->fold->work_of[copy] : NULL;
	room = (uint32_t)copy * 2 + 64;
	more = realloc(r->fold->work_of, room * sizeof(*more));
	if (!more)
		return NULL;
	memset(more + r->fold->n_copies, 0, (room - r->fold->n_copies) * sizeof(*more));
	r->fold->work_of = more;
	r->fold->n_copies = room;
	return &more[copy];
}

static void fold_spawn(struct record *r, const json_t *event)
{
	struct record_work *work = work_at(r, event);
	uint16_t *place = place_of(r, event);

	if (!work)
		return;
	work->starts++;
	if (place)
		*place = (uint16_t)(work - r->works + 1);
}

/* The work of a copy by its spawn; by the name in @event when that spawn was never read. */
static struct record_work *work_of(struct record *r, const json_t *event)
{
	uint16_t *place = place_of(r, event);

	return place && *place ? &r->works[*place - 1] : work_at(r, event);
}

static void fold_restart(struct record *r, const json_t *event)
{
	uint16_t *place = place_of(r, event);

	if (place && *place)
		r->works[*place - 1].restarts++;
}

static void fold_exit(struct record *r, const json_t *event)
{
	static const struct {
		const char *kind;
		size_t offset;
	} kinds[] = {
		{ "done", offsetof(struct record_work, done) },
		{ "skipped", offsetof(struct record_work, skipped) },
		{ "stopped", offsetof(struct record_work, stopped) },
		{ "oom-killed", offsetof(struct record_work, oom_killed) },
		{ "failed", offsetof(struct record_work, failed) },
	};
	struct record_work *work = work_of(r, event);
	const char *kind = event_text(event, "kind");

	if (!work)
		return;
	work->steps += event_number(event, "steps");
	if (event_number(event, "slowest_us") > work->slowest_us)
		work->slowest_us = event_number(event, "slowest_us");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kind, kinds[i].kind))
			++*(unsigned int *)(void *)((char *)work + kinds[i].offset);
}

int record_fold_work(struct record *r, const char *name, json_t *event)
{
	static const struct {
		const char *name;
		void (*fold)(struct record *r, const json_t *event);
	} families[] = {
		{ "spawn", fold_spawn },
		{ "exit", fold_exit },
		{ "restart", fold_restart },
	};

	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		if (!strcmp(name, families[i].name)) {
			families[i].fold(r, event);
			return 1;
		}
	return 0;
}
