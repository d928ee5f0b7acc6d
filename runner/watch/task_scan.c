/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Listing tasks without allocating: cgroup lists are read with pread() in pieces. A kernel thread
 * is told by PF_KTHREAD in field 9 of stat, which also holds inside a pid namespace where kthreadd
 * is not number 2.
 */
#include "watch/task_scan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "watch/proc_list.h"
#include "watch/task_read.h"

#define LIST_BYTES 32768

/* Outside the stack: a helper's or the loop's stack is small. One scanner a process. */
static char list_buffer[LIST_BYTES] __attribute__((aligned(8)));
static char sub_buffer[4096] __attribute__((aligned(8)));

static int open_file(const struct task_scan *s, pid_t tid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "%d/%s", (int)tid, name);
	return openat(s->proc_fd, path, O_RDONLY | O_CLOEXEC);
}

static int read_stat(const struct task_scan *s, pid_t tid, struct task_stat *ret)
{
	char path[64], text[1024];
	ssize_t n;

	snprintf(path, sizeof(path), "%d/stat", (int)tid);
	n = textfile_read_at(s->proc_fd, path, text, sizeof(text));
	return n < 0 ? (int)n : task_stat_parse(text, ret);
}

static struct task *add(struct task_scan *s, pid_t tid, int group, const struct task_stat *stat)
{
	struct task *t = task_table_add(s->table, tid);

	if (!t)
		return NULL;
	t->group = (int16_t)group;
	t->kthread = stat->flags & TASK_FLAG_KTHREAD;
	snprintf(t->comm, sizeof(t->comm), "%.31s", stat->comm);
	t->stat_fd = open_file(s, tid, "stat");
	t->sched_fd = open_file(s, tid, s->no_schedstat ? "status" : "schedstat");
	if (t->stat_fd >= 0 && t->sched_fd >= 0)
		return t;
	s->unopened++;
	task_table_drop(s->table, t);
	return NULL;
}

struct task *task_scan_see(struct task_scan *s, pid_t tid, int group)
{
	struct task *t = task_table_find(s->table, tid);
	struct task_stat stat;

	if (t) {
		if (group >= 0)
			t->group = (int16_t)group;
		return t;
	}
	return read_stat(s, tid, &stat) < 0 ? NULL : add(s, tid, group, &stat);
}

/*
 * The list of a v1 group is a snapshot: made at open() up to 3.14, later kept for a second after
 * each read, so that whoever reads it once a second through one descriptor is shown the first list
 * for ever. It is opened anew; where that fails the old list is better than none. v2 lists are made
 * at each read.
 */
static int fresh_list(int held_fd)
{
	struct statfs fs;
	char path[64];

	if (fstatfs(held_fd, &fs) < 0 || fs.f_type != CGROUP_SUPER_MAGIC)
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", held_fd);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* One number a line. A number cut by the buffer's end is read again with the next piece. */
static void see_group(struct task_scan *s, int held_fd, int group)
{
	_cleanup_close_ int fresh_fd = fresh_list(held_fd);
	off_t at = 0;
	ssize_t n;

	while ((n = pread(fresh_fd >= 0 ? fresh_fd : held_fd, list_buffer, sizeof(list_buffer) - 1,
			  at)) > 0) {
		char *p = list_buffer, *newline;

		list_buffer[n] = 0;
		while ((newline = strchr(p, '\n'))) {
			pid_t tid = (pid_t)strtol(p, NULL, 10);

			if (tid > 0)
				task_scan_see(s, tid, group);
			p = newline + 1;
		}
		if (p == list_buffer)
			break;
		at += p - list_buffer;
	}
}

/* What the callbacks of proc_list() need. */
struct seeing {
	struct task_scan *scan;
	int group;
};

static void see_thread(void *ctx, pid_t tid)
{
	const struct seeing *seeing = ctx;

	task_scan_see(seeing->scan, tid, seeing->group);
}

static void see_threads(struct task_scan *s, pid_t pid, int group)
{
	int fd = open_file(s, pid, "task");
	struct seeing seeing = { s, group };

	if (fd < 0)
		return;
	proc_list(fd, sub_buffer, sizeof(sub_buffer), see_thread, &seeing);
	close(fd);
}

/* Copies whose group has no task list: "outside", and every one where there are no cgroups. */
static void see_copies(struct task_scan *s)
{
	const struct watch_ctx *ctx = s->ctx;

	s->turn = (s->turn + 1) % SCAN_TURNS;
	for (unsigned int i = 0; ctx->launcher && i < ctx->plan->n_launches; i++) {
		const struct copy *c = &ctx->launcher->copies[i];
		unsigned int group = ctx->plan->launches[i].group;

		if (c->state != COPY_ALIVE || c->pid <= 0)
			continue;
		if (ctx->tree && group < ctx->tree->n_nodes &&
		    ctx->tree->nodes[group].tasks_fd >= 0)
			continue;
		task_scan_see(s, c->pid, (int)group);
		if (i % SCAN_TURNS == s->turn)
			see_threads(s, c->pid, (int)group);
	}
}

/* A process of the machine that no list named: ours when it is a kernel thread or the child of a
 * watched task. */
static void see_any(void *ctx, pid_t pid)
{
	struct task_scan *s = ctx;
	struct task *t = task_table_find(s->table, pid);
	struct task_stat stat;
	struct task *parent;

	if (t) {
		if (!t->kthread && t->group < 0)
			see_threads(s, pid, -1);
		return;
	}
	if (read_stat(s, pid, &stat) < 0)
		return;
	parent = task_table_find(s->table, stat.ppid);
	if (stat.flags & TASK_FLAG_KTHREAD)
		add(s, pid, -1, &stat);
	else if (parent && !parent->kthread)
		add(s, pid, parent->group, &stat);
	else if (s->all)
		add(s, pid, -1, &stat);
}

void task_scan_run(struct task_scan *s, uint64_t now)
{
	const struct cgroup_tree *tree = s->ctx->tree;

	for (unsigned int i = 0; tree && i < tree->n_nodes; i++)
		if (tree->nodes[i].tasks_fd >= 0)
			see_group(s, tree->nodes[i].tasks_fd, (int)i);
	see_copies(s);
	if (now < s->next_all_us)
		return;
	s->next_all_us = now + SCAN_ALL_EVERY_US;
	proc_list(s->proc_dir_fd, list_buffer, sizeof(list_buffer), see_any, s);
}

/* Kernels without schedstats show "0 0 0" for everyone: ours must have been put on a CPU at least
 * once. */
static bool schedstat_works(const struct task_scan *s)
{
	uint64_t switches;
	char text[128];

	return textfile_read_at(s->proc_fd, "self/schedstat", text, sizeof(text)) > 0 &&
	       task_schedstat_parse(text, &switches) == 0 && switches > 0;
}

int task_scan_open(struct task_scan *s, const struct watch_ctx *ctx, struct task_table *table)
{
	char path[512];

	*s = (struct task_scan){ .ctx = ctx, .table = table, .proc_fd = -1, .proc_dir_fd = -1 };
	s->all = ctx->scenario && ctx->scenario->watch.tasks_all;
	watch_path(ctx, "/proc", path, sizeof(path));
	s->proc_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	s->proc_dir_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->proc_fd < 0 || s->proc_dir_fd < 0) {
		int err = -errno;

		task_scan_close(s);
		return err;
	}
	s->no_schedstat = !schedstat_works(s);
	return 0;
}

void task_scan_close(struct task_scan *s)
{
	s->proc_fd = close_fd(s->proc_fd);
	s->proc_dir_fd = close_fd(s->proc_dir_fd);
}
