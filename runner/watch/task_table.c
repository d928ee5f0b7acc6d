/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hash chains over one array, linked by index. Nothing is allocated or moved after open. */
#include "watch/task_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static int32_t *head_of(struct task_table *t, pid_t tid)
{
	return &t->heads[(uint32_t)tid % ARRAY_SIZE(t->heads)];
}

int task_table_open(struct task_table *t)
{
	memset(t, 0, sizeof(*t));
	t->tasks = calloc(TASKS_MAX, sizeof(*t->tasks));
	if (!t->tasks)
		return -ENOMEM;
	memset(t->heads, 0xff, sizeof(t->heads)); /* -1: empty */
	t->free_list = -1;
	return 0;
}

void task_table_close(struct task_table *t)
{
	for (uint32_t i = 0; t->tasks && i < t->high; i++)
		if (t->tasks[i].tid)
			task_table_drop(t, &t->tasks[i]);
	free(t->tasks);
	t->tasks = NULL;
}

struct task *task_table_find(struct task_table *t, pid_t tid)
{
	for (int32_t i = *head_of(t, tid); i >= 0; i = t->tasks[i].next)
		if (t->tasks[i].tid == tid)
			return &t->tasks[i];
	return NULL;
}

struct task *task_table_add(struct task_table *t, pid_t tid)
{
	int32_t i = t->free_list;
	struct task *task;

	if (i >= 0) {
		t->free_list = t->tasks[i].next;
	} else if (t->high < TASKS_MAX) {
		i = (int32_t)t->high++;
	} else {
		t->full++;
		return NULL;
	}
	task = &t->tasks[i];
	*task = (struct task){ .tid = tid,
			       .next = *head_of(t, tid),
			       .sched_fd = -1,
			       .stat_fd = -1,
			       .wchan_fd = -1,
			       .stack_fd = -1,
			       .group = -1 };
	*head_of(t, tid) = i;
	t->used++;
	return task;
}

void task_table_drop(struct task_table *t, struct task *task)
{
	int32_t i = (int32_t)(task - t->tasks);
	int32_t *link = head_of(t, task->tid);

	while (*link != i)
		link = &t->tasks[*link].next;
	*link = task->next;
	close_fd(task->sched_fd);
	close_fd(task->stat_fd);
	close_fd(task->wchan_fd);
	close_fd(task->stack_fd);
	*task = (struct task){ .next = t->free_list };
	t->free_list = i;
	t->used--;
}
