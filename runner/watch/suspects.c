/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The same bottom means the same call: a task that loops for memory inside an open handle shows
 * ever other functions on top, and from the one that holds the handle outwards always the same
 * addresses, for it has not returned from it.
 */
#include "watch/suspects.h"

#include <string.h>

#include "finding.h"
#include "watch/task_decide.h"

struct suspect *suspect_of(struct suspects *s, uint32_t task)
{
	return s->of[task] ? &s->list[s->of[task] - 1] : NULL;
}

struct suspect *suspect_add(struct suspects *s, uint32_t task)
{
	unsigned int i = 0;

	if (s->of[task])
		return &s->list[s->of[task] - 1];
	while (i < s->high && s->list[i].tid)
		i++;
	if (i == SUSPECTS_MAX) {
		s->full++;
		return NULL;
	}
	if (i == s->high)
		s->high++;
	s->of[task] = (int16_t)(i + 1);
	memset(&s->list[i], 0, sizeof(s->list[i]));
	return &s->list[i];
}

void suspect_drop(struct suspects *s, uint32_t task)
{
	if (!s->of[task])
		return;
	memset(&s->list[s->of[task] - 1], 0, sizeof(s->list[0]));
	s->of[task] = 0;
}

/*
 * From the line of the holding function to the end; all of it when nothing is held. A handle comes
 * before all else: reclaim on top of it locks pages, now these, now those.
 */
static uint64_t bottom_of(const char *stack, const struct wait_verdict *v)
{
	const char *holder = v->handle[0] ? v->handle : v->holder;
	char name[64];

	for (const char *line = stack; holder[0] && *line;) {
		if (!strcmp(finding_frame(line, name, sizeof(name)), holder))
			return task_stack_hash(line);
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return task_stack_hash(stack);
}

/* In fsync and its like, told by what only these call. */
static bool is_in_sync(const char *stack)
{
	static const char *const functions[] = { "do_fsync",       "vfs_fsync_range",
						 "ext4_sync_file", "generic_write_sync",
						 "ksys_sync",      "sync_filesystem" };

	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++)
		if (finding_stack_has(stack, functions[i]))
			return true;
	return false;
}

void suspect_see(struct suspect *s, const char *stack, uint64_t still_since, uint64_t now)
{
	struct wait_verdict v;
	uint64_t bottom;
	bool asks;

	if (still_since)
		wait_classify_asleep(stack, &v);
	else
		wait_classify_stack(stack, &v);
	bottom = bottom_of(stack, &v);
	asks = wait_wants(&v) == CLAIM_MEMORY;
	if (bottom != s->bottom || !v.holder[0]) {
		s->samples = s->memory_samples = s->refusals = 0;
		s->since_us = still_since ? still_since : now;
		s->v = v;
	}
	if (asks || !s->memory_samples || still_since)
		s->v = v; /* the top that tells most */
	s->bottom = bottom;
	s->still = still_since != 0;
	s->in_sync = is_in_sync(stack);
	s->samples++;
	s->memory_samples += asks;
	s->refusals += v.refused;
}
