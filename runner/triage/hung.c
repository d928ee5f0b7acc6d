/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What khungtaskd prints of one task: the headline, the line of columns in front of the stack, the
 * stack, and since 6.16 who likely owns the lock.
 */
#include "triage/hung.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kmsg/task_header.h"
#include "triage/bystanders.h"
#include "triage/oom_story.h"
#include "triage/scan_text.h"

/* "COMM:PID" up to @end; a name may hold colons itself. */
static bool take_task(const char *from, const char *end, char *comm, size_t size, int *pid)
{
	const char *colon = end;

	while (colon > from && *colon != ':')
		colon--;
	if (colon == from || !scan_int(colon + 1, pid))
		return false;
	scan_copy(comm, size, from, (size_t)(colon - from));
	return true;
}

static void take_blocker(const char *line, struct hung_task *t)
{
	static const struct {
		const char *words, *lock;
	} locks[] = {
		{ " blocked on a mutex", "mutex" },
		{ " blocked on a semaphore", "semaphore" },
		{ " blocked on an rw-semaphore", "rw-semaphore" },
	};
	const char *owner;

	for (size_t i = 0; i < ARRAY_SIZE(locks); i++)
		if (strstr(line, locks[i].words))
			snprintf(t->lock, sizeof(t->lock), "%s", locks[i].lock);
	owner = strstr(line, "likely owned by task ");
	if (!owner)
		owner = strstr(line, "likely last held by task ");
	if (!t->lock[0] || !owner)
		return;
	owner = strstr(owner, " task ") + strlen(" task ");
	take_task(owner, owner + strcspn(owner, ".<"), t->owner_comm, sizeof(t->owner_comm),
		  &t->owner_pid);
}

static void take_header(const struct task_header *h, struct hung_task *t)
{
	t->oom_victim = task_header_oom_victim(h);
	t->state = h->state;
}

void hung_task_read(const struct triage_case *c, struct hung_task *ret)
{
	*ret = (struct hung_task){ .c = c, .pid = c->f.pid, .seconds = c->longest_seconds };
	snprintf(ret->comm, sizeof(ret->comm), "%s", c->f.comm);
	wait_classify_stack(c->f.stack, &ret->v);
	for (unsigned int i = 0; i < c->text.count; i++) {
		struct task_header h;

		if (strstr(c->text.lines[i], " blocked on a"))
			take_blocker(c->text.lines[i], ret);
		else if (task_header_parse(c->text.lines[i], &h) && h.pid == c->f.pid)
			take_header(&h, ret);
	}
}

static void add_oom(struct hung_set *set, const struct triage_case *c)
{
	struct hung_oom *oom;

	if (set->oom_count == HUNG_OOMS_MAX) {
		memmove(set->ooms, set->ooms + 1, sizeof(set->ooms) - sizeof(set->ooms[0]));
		set->oom_count--;
	}
	oom = &set->ooms[set->oom_count++];
	oom->c = c;
	oom->pid = c->f.pid;
	snprintf(oom->comm, sizeof(oom->comm), "%s", c->f.comm);
	snprintf(oom->memcg, sizeof(oom->memcg), "%s",
		 c->f.kind == FINDING_OOM_KILL ? c->f.group : "");
}

/* Those that only SysRq showed, as far as there is room. */
static void add_bystanders(struct hung_set *set, const struct bystanders *b)
{
	for (unsigned int i = 0; b && i < b->count && set->count < HUNG_MAX; i++) {
		const struct bystander *one = &b->list[i];
		struct hung_task *t = &set->tasks[set->count];

		if (hung_find(set, one->task.pid))
			continue;
		*t = (struct hung_task){ .pid = one->task.pid, .v = one->v };
		snprintf(t->comm, sizeof(t->comm), "%s", one->task.comm);
		take_header(&one->task, t);
		set->count++;
	}
}

struct hung_set *hung_set_new(const struct triage_case *cases, unsigned int count)
{
	struct hung_set *set = calloc(1, sizeof(*set));

	if (!set)
		return NULL;
	for (unsigned int i = 0; i < count; i++) {
		const struct triage_case *c = &cases[i];

		if (c->f.kind == FINDING_OOM_KILL || c->f.kind == FINDING_GLOBAL_OOM)
			add_oom(set, c);
		else if (c->f.kind == FINDING_HUNG_TASK && set->count < HUNG_MAX)
			hung_task_read(c, &set->tasks[set->count++]);
		else if (c->f.kind == FINDING_HUNG_TASK)
			set->left_out++;
	}
	set->hung = set->count;
	if (count)
		add_bystanders(set, cases[0].bystanders);
	return set;
}

const struct hung_task *hung_find(const struct hung_set *set, int pid)
{
	for (unsigned int i = 0; pid && i < set->count; i++)
		if (set->tasks[i].pid == pid)
			return &set->tasks[i];
	return NULL;
}
