/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rung "stacks": state, wait channel and kernel stack of every task in D on the machine and of
 * every thread of the run. sysrq-w gives the same for D alone, through a log that may be
 * overrunning; this comes from /proc, and says which group a task is in. Stacks are read through a
 * prober: one that hangs costs 50 ms, not the evidence.
 */
#include "respond/rungs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "respond/held.h"
#include "base/textfile.h"
#include "blocked.h"
#include "kmsg/wait_sites.h"
#include "watch/proc_list.h"
#include "watch/task_read.h"

struct stacks {
	const struct watch_ctx *ctx;
	int proc_fd, list_fd;
	struct prober *prober;
	/* while firing */
	int out_fd, err;
	int copy; /* index of the process in hand, -1: none of ours */
	unsigned int in_d, shown;
	struct task_view view;
	char processes[32768] __attribute__((aligned(8)));
	char threads[4096] __attribute__((aligned(8)));
};

static int stacks_check(const struct watch_ctx *ctx, const void *with, struct diag *why)
{
	return 0;
}

static void stacks_close(void *own)
{
	struct stacks *s = own;

	prober_close(s->prober);
	close_fd(s->proc_fd);
	close_fd(s->list_fd);
	free(s);
}

static int stacks_open(const struct watch_ctx *ctx, const void *with, void **ret)
{
	struct stacks *s = calloc(1, sizeof(*s));
	char path[512];
	int err;

	if (!s)
		return -ENOMEM;
	s->ctx = ctx;
	watch_path(ctx, "/proc", path, sizeof(path));
	s->proc_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	s->list_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = s->proc_fd < 0 || s->list_fd < 0 ? -errno : prober_open(&s->prober);
	if (err < 0) {
		stacks_close(s);
		return err;
	}
	*ret = s;
	return 0;
}

/* "(waits for ...)", where the table of wait sites knows the stack. */
static int print_wait(struct stacks *s)
{
	struct wait_verdict v;

	if (s->view.stat.state == 'D')
		wait_classify_asleep(s->view.stack, &v);
	else
		wait_classify_stack(s->view.stack, &v);
	if (v.role == WAIT_UNKNOWN)
		return 0;
	return held_print(s->out_fd, BLOCKED_WAIT "%s%s%s)\n", wait_role_words(v.role),
			  v.handle[0] ? ", inside " : "", v.handle);
}

static void print_task(struct stacks *s, pid_t tid)
{
	const struct task_view *v = &s->view;
	const struct plan_launch *l = s->copy < 0 ? NULL : &s->ctx->plan->launches[s->copy];

	s->shown++;
	s->err = held_print(s->out_fd, "==> %s:%d state %c parent %d%s%s%s%s wchan %s <==\n",
			    v->stat.comm, (int)tid, v->stat.state, (int)v->stat.ppid,
			    l ? " copy " : "", l ? l->name : "", l ? " group " : "",
			    l ? watch_group_name(s->ctx, (int)l->group) : "",
			    v->wchan[0] ? v->wchan : "-");
	if (!s->err)
		s->err = print_wait(s);
	if (!s->err && v->stack_error)
		s->err = held_print(s->out_fd, "(no stack: %s)\n", strerror(-v->stack_error));
	if (!s->err)
		s->err = held_write(s->out_fd, v->stack, strlen(v->stack));
	if (!s->err)
		s->err = held_write(s->out_fd, "\n", 1);
}

static void see_thread(void *ctx, pid_t tid)
{
	struct stacks *s = ctx;
	char path[64], text[1024];
	struct task_stat stat;

	if (s->err)
		return;
	snprintf(path, sizeof(path), "%d/stat", (int)tid);
	if (textfile_read_at(s->proc_fd, path, text, sizeof(text)) < 0 ||
	    task_stat_parse(text, &stat) < 0)
		return;
	s->in_d += stat.state == 'D';
	if ((stat.state == 'D' || s->copy >= 0) &&
	    !task_view_read(s->proc_fd, tid, s->prober, &s->view))
		print_task(s, tid);
}

static void see_process(void *ctx, pid_t pid)
{
	struct stacks *s = ctx;
	char path[64];
	int fd;

	s->copy = watch_copy_of(s->ctx, pid);
	snprintf(path, sizeof(path), "%d/task", (int)pid);
	fd = openat(s->proc_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return; /* ended meanwhile */
	proc_list(fd, s->threads, sizeof(s->threads), see_thread, s);
	close(fd);
}

static int stacks_fire(void *own, const struct finding *f, int out_fd)
{
	struct stacks *s = own;

	s->out_fd = out_fd;
	s->err = 0;
	s->in_d = s->shown = 0;
	proc_list(s->list_fd, s->processes, sizeof(s->processes), see_process, s);
	if (!s->err)
		s->err = held_print(
			out_fd,
			"%u tasks shown, %u of all in D, %u stacks could not be read in time\n",
			s->shown, s->in_d, prober_lost(s->prober));
	return s->err;
}

const struct rung_ops rung_stacks = { "stacks",    10000000,    stacks_check,
				      stacks_open, stacks_fire, stacks_close };
