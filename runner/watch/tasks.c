/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tasks that hang: every thread of the run and every kernel thread, looked at once a second.
 * khungtaskd speaks after 120 s and ten times at most; this speaks after what the scenario says,
 * about every task, with its stack. Most looks cost one pread(): a task that was not put on a CPU
 * since the last look cannot have changed its state.
 */
#include "watch/tasks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "watch/task_decide.h"
#include "watch/task_look.h"
#include "watch/task_scan.h"

#define FILES_PER_TASK 4
#define FILES_OTHER 4096 /* everything else that the runner holds */

/*
 * A pass over a thousand tasks takes 6 ms; over four hundred in D, on a machine that gives us a CPU
 * now and then, seconds. The log must not wait for it: a pass goes on in slices, one each tick of
 * the loop.
 */
#define SLICE_US 20000u
#define LOOKS_PER_CLOCK 8 /* a look costs 2 us or more, reading the clock 0.05 */

static bool wanted(const struct watch_spec *spec)
{
	return spec->tasks;
}

/* The limit for @t: longer by what was not seen of it. */
static uint64_t limit_of(const struct tasks *w, const struct task *t)
{
	return w->stuck_for_us +
	       (t->d_since_us ? unseen_since(w->base.ctx->unseen, &t->unseen) : 0);
}

static void look_at(struct tasks *w, struct task *t, uint64_t now)
{
	uint64_t switches, stuck_us = 0, since = t->d_since_us;
	enum task_event event;
	char state;

	if (!task_look(&w->scan, t, &state, &switches)) {
		tasks_gone(w, t, now);
		return;
	}
	event = task_decide(t, state, switches, now, limit_of(w, t), &stuck_us);
	tasks_act(w, t, event, stuck_us, now);
	if (t->d_since_us != since && w->base.ctx->unseen)
		t->unseen = *w->base.ctx->unseen;
	w->seen_in_d += t->state == 'D' && !t->idle;
	w->seen_stuck += t->told;
}

/* What of the pass so far says nothing, to us and to the others: it may be far from its end. */
static void count_unseen(struct tasks *w, uint64_t now)
{
	uint64_t us = task_unseen_us(now - w->pass_began_us, w->every_us, w->stuck_for_us);
	uint64_t more = us - w->pass_unseen_us;

	w->pass_unseen_us = us;
	w->base.ctx->unseen->late_us += more;
}

static void begin_pass(struct tasks *w, uint64_t now)
{
	task_scan_run(&w->scan, now);
	w->pass_began_us = now;
	w->pass_unseen_us = 0;
	w->cursor = 0;
	w->seen_in_d = w->seen_stuck = 0;
}

static bool end_pass(struct tasks *w)
{
	w->in_d = w->seen_in_d;
	w->stuck = w->seen_stuck;
	if (w->table.full > w->full_told) {
		w->full_told = UINT64_MAX;
		watch_note(&w->base, "more than %d tasks: the rest goes unwatched", TASKS_MAX);
	}
	w->passing = false;
	return true;
}

/* On with the pass until @until; true: it is through. */
static bool look_on(struct tasks *w, uint64_t now, uint64_t until)
{
	while (w->cursor < w->table.high) {
		struct task *t = &w->table.tasks[w->cursor++];

		if (t->tid)
			look_at(w, t, now);
		if (w->cursor % LOOKS_PER_CLOCK == 0 && now_us() >= until)
			return w->cursor < w->table.high ? false : end_pass(w);
	}
	return end_pass(w);
}

static uint64_t tick(struct watcher *base, uint64_t now)
{
	struct tasks *w = (struct tasks *)base;
	uint64_t until = now_us() + SLICE_US;

	if (w->pass_began_us && base->ctx->unseen)
		count_unseen(w, now);
	if (!w->passing)
		begin_pass(w, now);
	w->passing = true;
	return look_on(w, now, until) ? w->pass_began_us + w->every_us : now;
}

/* Who is in D before the storm and stays so was not put there by it. */
static void excuse_those_in_d(struct tasks *w)
{
	for (uint32_t i = 0; i < w->table.high; i++)
		if (w->table.tasks[i].tid && w->table.tasks[i].kthread &&
		    w->table.tasks[i].state == 'D')
			w->table.tasks[i].idle = true;
}

static void tasks_close(struct watcher *base)
{
	struct tasks *w = (struct tasks *)base;

	if (base->ctx->unseen && base->ctx->unseen->late_us >= w->stuck_for_us)
		watch_note(base,
			   "looks at the tasks came so late that %.0f s of the run say nothing "
			   "about who stood still",
			   (double)base->ctx->unseen->late_us / 1e6);
	if (w->scan.unopened)
		watch_note(base, "%llu tasks could not be opened (gone, or too many open files)",
			   (unsigned long long)w->scan.unopened);
	if (w->prober && prober_lost(w->prober))
		watch_note(base, "%u reads of a stack never came back", prober_lost(w->prober));
	w->prober = prober_close(w->prober);
	task_table_close(&w->table);
	task_scan_close(&w->scan);
	free(w);
}

static int tasks_open(const struct watch_ctx *ctx, struct watcher **ret, struct diag *why)
{
	struct tasks *w = calloc(1, sizeof(*w));
	uint64_t files = watch_raise_files((uint64_t)TASKS_MAX * FILES_PER_TASK + FILES_OTHER);
	int err;

	if (!w)
		return -ENOMEM;
	w->base.ops = &watch_tasks;
	w->base.ctx = ctx;
	w->every_us = ctx->scenario->watch.tasks_every_us;
	w->stuck_for_us = ctx->scenario->watch.stuck_for_us;
	w->scan.proc_fd = w->scan.proc_dir_fd = -1;
	err = task_table_open(&w->table);
	if (!err)
		err = prober_open(&w->prober);
	if (!err)
		err = task_scan_open(&w->scan, ctx, &w->table);
	if (err) {
		tasks_close(&w->base);
		return diag_set(why, err, "cannot read /proc: %s", strerror(-err));
	}
	if (files < 2 * 1000 + FILES_OTHER)
		watch_note(&w->base,
			   "only %llu files may be open: not every task can be watched; raise "
			   "RLIMIT_NOFILE",
			   (unsigned long long)files);
	begin_pass(w, 0);
	look_on(w, 0, UINT64_MAX);
	excuse_those_in_d(w);
	w->scan.next_all_us = 0;
	*ret = &w->base;
	return 0;
}

static void status(const struct watcher *base, char *buf, size_t size)
{
	const struct tasks *w = (const struct tasks *)base;

	if (w->stuck)
		snprintf(buf, size, "%u in D (%u stuck)", w->in_d, w->stuck);
	else
		snprintf(buf, size, "%u in D", w->in_d);
}

const struct watch_ops watch_tasks = {
	.name = "tasks",
	.wanted = wanted,
	.open = tasks_open,
	.close = tasks_close,
	.tick = tick,
	.status = status,
};
