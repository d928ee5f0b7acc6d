/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One task under suspicion. Its stack is taken when it is first seen to stay in D and again before
 * it is told of: only a stack that has not changed in between is stuck, one that has is slow.
 */
#include "watch/tasks.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "kmsg/signature.h"
#include "kmsg/wait_sites.h"

/* stat, wchan and stack, with the files held from now on. */
static int look_closely(struct tasks *w, struct task *t)
{
	struct task_files f;

	if (t->wchan_fd < 0 && t->stack_fd < 0) {
		task_files_open(w->scan.proc_fd, t->tid, &f);
		t->wchan_fd = take_fd(&f.wchan_fd);
		t->stack_fd = take_fd(&f.stack_fd);
		task_files_close(&f);
	}
	f = (struct task_files){ t->stat_fd, t->wchan_fd, t->stack_fd };
	return task_files_read(&f, w->prober, &w->view);
}

static void forget_files(struct task *t)
{
	t->wchan_fd = close_fd(t->wchan_fd);
	t->stack_fd = close_fd(t->stack_fd);
}

static void suspect(struct tasks *w, struct task *t)
{
	if (look_closely(w, t) < 0)
		return;
	t->suspected = true;
	t->stack_hash = task_stack_hash(w->view.stack);
	snprintf(t->comm, sizeof(t->comm), "%.31s",
		 w->view.stat.comm); /* exec may have changed it */
	if (t->kthread && task_idles_in_d(t->comm, w->view.wchan))
		t->idle = true;
}

/* What it waits for, as far as the table of wait sites knows its stack. */
static void say_wait(struct finding *f)
{
	size_t len = strlen(f->text);
	struct wait_verdict v;

	wait_classify_asleep(f->stack, &v);
	if (v.role != WAIT_UNKNOWN)
		snprintf(f->text + len, sizeof(f->text) - len, ": it %s%s%s",
			 wait_role_words(v.role), v.handle[0] ? ", inside " : "", v.handle);
}

static void tell(struct tasks *w, struct task *t, uint64_t now)
{
	struct finding f;

	finding_init(&f, FINDING_STUCK_TASK, "tasks", now);
	f.pid = t->tid;
	f.began_us = t->d_since_us;
	f.seconds = (double)(now - t->d_since_us) / 1e6;
	snprintf(f.comm, sizeof(f.comm), "%s", t->comm);
	snprintf(f.group, sizeof(f.group), "%s", watch_group_name(w->base.ctx, t->group));
	snprintf(f.stack, sizeof(f.stack), "%s", w->view.stack);
	signature_make(&f);
	snprintf(f.text, sizeof(f.text),
		 "%s %s:%d in D for %.0f s without a context switch, in %s%s%s",
		 t->kthread ? "kernel thread" : "task", f.comm, (int)t->tid, f.seconds,
		 f.function[0]      ? f.function
		 : w->view.wchan[0] ? w->view.wchan
				    : "an unknown function",
		 w->view.stack_error ? "; no stack: " : "",
		 w->view.stack_error ? strerror(-w->view.stack_error) : "");
	say_wait(&f);
	if (!f.stack[0] && w->view.wchan[0])
		snprintf(f.function, sizeof(f.function), "%.95s", w->view.wchan);
	t->told_id = watch_emit(&w->base, &f);
	t->told = true;
}

static void stuck(struct tasks *w, struct task *t, uint64_t now)
{
	uint64_t ignored;

	if (look_closely(w, t) < 0)
		return;
	if (w->view.stat.state != 'D') { /* woken, waiting for a CPU */
		task_decide(t, w->view.stat.state, t->switches, now, w->stuck_for_us, &ignored);
		return;
	}
	if (t->kthread && task_idles_in_d(w->view.stat.comm, w->view.wchan))
		t->idle = true;
	else if (task_stack_holds(t, task_stack_hash(w->view.stack), now))
		tell(w, t, now);
}

void tasks_act(struct tasks *w, struct task *t, enum task_event event, uint64_t stuck_us,
	       uint64_t now)
{
	switch (event) {
	case TASK_SUSPECT:
		suspect(w, t);
		break;
	case TASK_STUCK:
		stuck(w, t, now);
		break;
	case TASK_RECOVERED:
		watch_note(&w->base, "%s:%d recovered after %.1f s in D (finding %u)", t->comm,
			   (int)t->tid, (double)stuck_us / 1e6, t->told_id);
		forget_files(t);
		break;
	case TASK_NOTHING:
		if (t->state != 'D' && t->stack_fd >= 0)
			forget_files(t);
	}
}

void tasks_gone(struct tasks *w, struct task *t, uint64_t now)
{
	if (t->told)
		watch_note(&w->base, "%s:%d ended after %.1f s in D (finding %u)", t->comm,
			   (int)t->tid, (double)(now - t->d_since_us) / 1e6, t->told_id);
	task_table_drop(&w->table, t);
}
