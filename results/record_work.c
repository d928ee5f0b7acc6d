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

struct copy {
	uint64_t steps; /* as last told: they go on over restarts */
	uint16_t work;  /* index in works, plus one; 0: not known */
};

struct record_fold {
	struct copy *copies;
	uint32_t n_copies;
};

struct record_fold *record_fold_free(struct record_fold *f)
{
	if (f)
		free(f->copies);
	free(f);
	return NULL;
}

/* "alloc-and-write#17" -> "alloc-and-write" */
static void cut_number(char *name)
{
	char *number = strrchr(name, '#');

	if (number)
		*number = '\0';
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

/* What is known of @event's copy; the table grows to hold it. NULL: no number that a copy has. */
static struct copy *copy_of(struct record *r, const json_t *event)
{
	uint64_t copy = event_number(event, "copy");
	uint32_t room;
	struct copy *more;

	if (copy >= COPIES_MAX)
		return NULL;
	if (!r->fold)
		r->fold = calloc(1, sizeof(*r->fold));
	if (!r->fold || copy < r->fold->n_copies)
		return r->fold ? &r->fold->copies[copy] : NULL;
	room = (uint32_t)copy * 2 + 64;
	more = realloc(r->fold->copies, room * sizeof(*more));
	if (!more)
		return NULL;
	memset(more + r->fold->n_copies, 0, (room - r->fold->n_copies) * sizeof(*more));
	r->fold->copies = more;
	r->fold->n_copies = room;
	return &more[copy];
}

static void fold_spawn(struct record *r, const json_t *event)
{
	struct record_work *work = work_at(r, event);
	struct copy *copy = copy_of(r, event);

	if (!work)
		return;
	work->starts++;
	if (copy)
		copy->work = (uint16_t)(work - r->works + 1);
}

/* The work of a copy by its spawn; by the name in @event when that spawn was never read. */
static struct record_work *work_of(struct record *r, const json_t *event)
{
	struct copy *copy = copy_of(r, event);

	return copy && copy->work ? &r->works[copy->work - 1] : work_at(r, event);
}

static void fold_restart(struct record *r, const json_t *event)
{
	struct copy *copy = copy_of(r, event);

	if (copy && copy->work)
		r->works[copy->work - 1].restarts++;
}

/* What the copy added since it last told. */
static uint64_t new_steps(struct record *r, const json_t *event)
{
	uint64_t steps = event_number(event, "steps"), before;
	struct copy *copy = copy_of(r, event);

	if (!copy)
		return steps;
	before = copy->steps <= steps ? copy->steps : 0;
	copy->steps = steps;
	return steps - before;
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
		{ "starved", offsetof(struct record_work, starved) },
	};
	struct record_work *work = work_of(r, event);
	const char *kind = event_text(event, "kind");

	if (!work)
		return;
	work->steps += new_steps(r, event);
	if (event_number(event, "slowest_us") > work->slowest_us)
		work->slowest_us = event_number(event, "slowest_us");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kind, kinds[i].kind))
			++*(unsigned int *)(void *)((char *)work + kinds[i].offset);
}

/* The runner's own sums, made when all was over: exits are rationed, these are not. */
static void fold_sums(struct record *r, const json_t *event)
{
	struct record_work *work = work_at(r, event);

	if (!work)
		return;
	work->starts = (unsigned int)event_number(event, "starts");
	work->restarts = (unsigned int)event_number(event, "restarts");
	work->done = (unsigned int)event_number(event, "done");
	work->skipped = (unsigned int)event_number(event, "skipped");
	work->stopped = (unsigned int)event_number(event, "stopped");
	work->oom_killed = (unsigned int)event_number(event, "oom_killed");
	work->starved = (unsigned int)event_number(event, "starved");
	work->failed = (unsigned int)event_number(event, "failed");
	work->steps = event_number(event, "steps");
	work->slowest_us = event_number(event, "slowest_us");
}

void record_fold_totals(struct record *r)
{
	uint64_t steps = 0, kills = 0;

	for (unsigned int i = 0; i < r->n_works; i++) {
		steps += r->works[i].steps;
		kills += r->works[i].oom_killed;
	}
	if (steps > r->steps)
		r->steps = steps;
	if (kills > r->oom_kills)
		r->oom_kills = kills;
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
		{ "work", fold_sums },
	};

	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		if (!strcmp(name, families[i].name)) {
			families[i].fold(r, event);
			return 1;
		}
	return 0;
}
