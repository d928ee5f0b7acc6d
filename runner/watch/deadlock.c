/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Deadlocks, named while the machine still lives. Every task of the machine is looked at once a
 * second; those that stand have their stacks read and classified by the table of wait sites. When
 * one stands that others hold up (a commit that waits for its handles, a lock, a page), those that
 * run are sampled as well, twice a second: the task that a file system waits for often runs, and
 * the kernel's own detector tells of none that does.
 */
#include "watch/deadlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/textfile.h"

#define LOOK_EVERY_US 1000000
#define ALARM_EVERY_US 500000
/*
 * As in tasks.c: a pass goes on in slices, so that the log is read in between. On a machine that
 * gives us a CPU now and then a round of the loop took 0.3 s, and a pass 15 s: one that is late
 * gets more.
 */
#define SLICE_US 20000u
#define LATE_US 1000000u
#define LATE_SLICE_US 100000u
#define FILES_PER_TASK 6 /* two here, four of the tasks watcher */
#define FILES_OTHER 4096

static bool wanted(const struct watch_spec *spec)
{
	return spec->deadlock;
}

static void look_at_members(struct deadlock *w)
{
	for (unsigned int i = 0; i < w->base.ctx->tree->n_nodes; i++)
		w->groups[i].has_victims = w->groups[i].is_refused = false;
	for (uint32_t i = 0; i < w->table.high; i++) {
		const struct task *t = &w->table.tasks[i];
		const struct suspect *s = suspect_of(&w->suspects, i);
		struct deadlock_group *g = t->group >= 0 ? &w->groups[t->group] : NULL;
		bool loops = s && deadlock_loops(s);

		if (!t->tid || !g)
			continue;
		if (!loops && w->ran_us[i] > g->ran_us)
			g->ran_us = w->ran_us[i];
		g->has_victims |= s && s->death.killed;
		g->is_refused |= loops && s->refusals >= DEADLOCK_REFUSED;
	}
}

static void look_at_groups(struct deadlock *w, uint64_t now)
{
	const struct cgroup_tree *tree = w->base.ctx->tree;

	if (!w->groups)
		return;
	look_at_members(w);
	for (unsigned int i = 0; i < tree->n_nodes; i++)
		if (w->groups[i].limit_bytes != UNSET)
			deadlock_group_see(&w->groups[i], cgroup_usage(&tree->nodes[i]),
					   cgroup_oom_kills(&tree->nodes[i]), now);
}

/* In pieces: a machine with a hundred disks tells 10 KiB. Cut lines are read with the next piece.
 */
static void look_at_disks(struct deadlock *w, uint64_t now)
{
	off_t at = 0;
	ssize_t n;

	while ((n = pread(w->diskstats_fd, w->text, sizeof(w->text) - 1, at)) > 0) {
		char *end;

		w->text[n] = '\0';
		end = strrchr(w->text, '\n');
		if (!end)
			return;
		end[1] = '\0';
		disks_look(&w->disks, w->text, now);
		at += end + 1 - w->text;
	}
}

/* A device-mapper device that somebody suspended holds its requests back, and counts none. */
static bool some_disk_is_suspended(struct deadlock *w)
{
	char path[512], state[16];

	for (unsigned int i = 0; i < w->disks.count; i++) {
		const uint32_t number = w->disks.list[i].number;

		snprintf(path, sizeof(path), "%s/sys/dev/block/%u:%u/dm/suspended",
			 w->base.ctx->host ? w->base.ctx->host->root : "", number >> 20,
			 number & 0xfffff);
		if (textfile_read_at(AT_FDCWD, path, state, sizeof(state)) > 0 && state[0] == '1')
			return true;
	}
	return false;
}

static void count_alarm(struct deadlock *w, uint64_t now)
{
	w->alarmed = deadlock_alarming(&w->suspects, now);
	if (!w->alarmed) {
		w->alarmed_us = 0;
		return;
	}
	if (!w->alarmed_us) {
		w->alarmed_us = now;
		w->alarms++;
	}
	if (now - w->alarmed_us > w->longest_us)
		w->longest_us = now - w->alarmed_us;
}

static void judge(struct deadlock *w, uint64_t now)
{
	const struct deadlock_view view = {
		.suspects = &w->suspects,
		.groups = w->groups,
		.parents = w->parents,
		.n_groups = w->groups ? w->base.ctx->tree->n_nodes : 0,
		.disks_moved = now > w->for_us && disks_moved_since(&w->disks, now - w->for_us),
	};

	count_alarm(w, now);
	w->wanted = deadlock_wanted(&w->suspects);
	deadlock_look_back(w, now);
	unseen_log_put(&w->unseen, w->base.ctx->unseen, now);
	if (deadlock_decide(&view, now, w->for_us, w->actors, &w->cycle) &&
	    deadlock_stood(w, now) && deadlock_round_began(w) >= w->cycle.since_us &&
	    !some_disk_is_suspended(w))
		deadlock_tell(w, now);
	w->stuck = w->cycle.stuck;
}

static void begin_pass(struct deadlock *w, uint64_t now)
{
	task_scan_run(&w->scan, now);
	deadlock_turn(w, now);
	w->pass_began_us = now;
	w->cursor = 0;
	w->passing = true;
}

/* On with the pass until @until; true: it is through. */
static bool look_on(struct deadlock *w, uint64_t now, uint64_t until)
{
	while (w->cursor < w->table.high) {
		uint32_t i = w->cursor++;

		if (w->table.tasks[i].tid)
			deadlock_look(w, i, now);
		if (now_us() >= until && w->cursor < w->table.high)
			return false;
	}
	w->passing = false;
	if (now_us() - w->pass_began_us > w->slowest_us && now_us() > w->pass_began_us)
		w->slowest_us = now_us() - w->pass_began_us;
	return true;
}

static uint64_t tick(struct watcher *base, uint64_t now)
{
	struct deadlock *w = (struct deadlock *)base;
	uint64_t slice_us;

	if (!w->passing)
		begin_pass(w, now);
	slice_us = now > w->pass_began_us + LATE_US ? LATE_SLICE_US : SLICE_US;
	if (!look_on(w, now, now_us() + slice_us))
		return now;
	look_at_groups(w, now);
	look_at_disks(w, now);
	judge(w, now);
	return w->pass_began_us + (w->alarmed ? ALARM_EVERY_US : LOOK_EVERY_US);
}

static void deadlock_close(struct watcher *base)
{
	struct deadlock *w = (struct deadlock *)base;

	if (w->alarms)
		watch_note(base,
			   "%u times a task stood that held others up, for %.1f s at most; %u "
			   "circles were found; a look at all tasks took %.1f s at most",
			   w->alarms, (double)w->longest_us / 1e6, w->told_count,
			   (double)w->slowest_us / 1e6);
	if (w->suspects.full)
		watch_note(base, "more than %d tasks stood at once: the rest went unjudged",
			   SUSPECTS_MAX);
	if (w->prober && prober_lost(w->prober))
		watch_note(base, "%u reads of a stack never came back", prober_lost(w->prober));
	w->prober = prober_close(w->prober);
	task_table_close(&w->table);
	task_scan_close(&w->scan);
	close_fd(w->diskstats_fd);
	free(w->groups);
	free(w->parents);
	free(w);
}

static int open_groups(struct deadlock *w)
{
	const struct cgroup_tree *tree = w->base.ctx->tree;

	if (!tree || tree->mode == CGROUP_NONE || !tree->n_nodes)
		return 0;
	w->groups = calloc(tree->n_nodes, sizeof(*w->groups));
	w->parents = calloc(tree->n_nodes, sizeof(*w->parents));
	if (!w->groups || !w->parents)
		return -ENOMEM;
	for (unsigned int i = 0; i < tree->n_nodes; i++) {
		w->groups[i].limit_bytes = tree->nodes[i].limit_bytes;
		w->groups[i].usage_bytes = UNSET;
		w->parents[i] = tree->nodes[i].group->parent;
	}
	return 0;
}

static int open_sources(struct deadlock *w)
{
	char path[512];
	int err = task_table_open(&w->table);

	if (!err)
		err = prober_open(&w->prober);
	if (!err)
		err = task_scan_open(&w->scan, w->base.ctx, &w->table);
	if (!err)
		err = open_groups(w);
	w->scan.all = true; /* whoever holds a lock need not be ours */
	w->diskstats_fd = open(watch_path(w->base.ctx, "/proc/diskstats", path, sizeof(path)),
			       O_RDONLY | O_CLOEXEC);
	return err;
}

/* Our own: it cannot hang, for we are not in exec(). */
static bool can_read_stacks(struct deadlock *w)
{
	return textfile_read_at(w->scan.proc_fd, "self/stack", w->text, sizeof(w->text)) >= 0;
}

static int deadlock_open(const struct watch_ctx *ctx, struct watcher **ret, struct diag *why)
{
	struct deadlock *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return -ENOMEM;
	w->base.ops = &watch_deadlock;
	w->base.ctx = ctx;
	w->for_us = ctx->scenario->watch.deadlock_for_us;
	w->scan.proc_fd = w->scan.proc_dir_fd = w->diskstats_fd = -1;
	watch_raise_files((uint64_t)TASKS_MAX * FILES_PER_TASK + FILES_OTHER);
	err = open_sources(w);
	if (err) {
		deadlock_close(&w->base);
		return diag_set(why, err, "cannot read /proc: %s", strerror(-err));
	}
	if (!can_read_stacks(w)) {
		deadlock_close(&w->base);
		diag_set(why, 1,
			 "the kernel shows no stacks of tasks: run as root on one with "
			 "CONFIG_STACKTRACE");
		return 1;
	}
	*ret = &w->base;
	return 0;
}

static void status(const struct watcher *base, char *buf, size_t size)
{
	const struct deadlock *w = (const struct deadlock *)base;

	if (w->stuck)
		snprintf(buf, size, "%u in a deadlock", w->stuck);
}

const struct watch_ops watch_deadlock = {
	.name = "deadlock",
	.wanted = wanted,
	.open = deadlock_open,
	.close = deadlock_close,
	.tick = tick,
	.status = status,
};
