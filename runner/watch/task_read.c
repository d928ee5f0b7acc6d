/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What /proc says of one task. A task names itself: comm may hold spaces, brackets, newlines; only
 * the last ')' of stat ends it.
 */
#include "watch/task_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "kmsg/frames.h"

#define STAT_TEXT_BYTES 1024 /* 52 numbers and a comm of 64: below 900 */

int task_stat_parse(const char *text, struct task_stat *ret)
{
	const char *open = strchr(text, '('), *close = strrchr(text, ')');
	unsigned long flags;
	unsigned long long start;
	int ppid, cpu = -1;
	char state;

	if (!open || !close || close < open)
		return -EINVAL;
	/* state ppid pgrp session tty tpgid flags minflt cminflt majflt cmajflt utime stime cutime
	 * cstime priority nice threads itrealvalue starttime, then 16 others, processor */
	if (sscanf(close + 1,
		   " %c %d %*d %*d %*d %*d %lu %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
		   "%llu %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %d",
		   &state, &ppid, &flags, &start, &cpu) < 4)
		return -EINVAL;
	ret->pid = (pid_t)strtol(text, NULL, 10);
	ret->ppid = ppid;
	ret->state = state;
	ret->flags = (uint32_t)flags;
	ret->start_ticks = start;
	ret->cpu = cpu;
	snprintf(ret->comm, sizeof(ret->comm), "%.*s", (int)(close - open - 1), open + 1);
	return ret->pid > 0 ? 0 : -EINVAL;
}

int task_schedstat_parse(const char *text, uint64_t *ret_switches)
{
	char *end;
	uint64_t value = 0;

	for (int i = 0; i < 3; i++) {
		value = strtoull(text, &end, 10);
		if (end == text)
			return -EINVAL;
		text = end;
	}
	*ret_switches = value;
	return 0;
}

int task_status_parse(const char *text, uint64_t *ret_switches)
{
	static const char *const keys[] = { "\nvoluntary_ctxt_switches:",
					    "\nnonvoluntary_ctxt_switches:" };
	uint64_t sum = 0;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *at = strstr(text, keys[i]);

		if (!at)
			return -EINVAL;
		sum += strtoull(at + strlen(keys[i]), NULL, 10);
	}
	*ret_switches = sum;
	return 0;
}

static int open_one(int proc_fd, pid_t tid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "%d/%s", (int)tid, name);
	return openat(proc_fd, path, O_RDONLY | O_CLOEXEC);
}

void task_files_open(int proc_fd, pid_t tid, struct task_files *ret)
{
	ret->stat_fd = open_one(proc_fd, tid, "stat");
	ret->wchan_fd = open_one(proc_fd, tid, "wchan");
	ret->stack_fd = open_one(proc_fd, tid, "stack");
}

void task_files_close(struct task_files *f)
{
	f->stat_fd = close_fd(f->stat_fd);
	f->wchan_fd = close_fd(f->wchan_fd);
	f->stack_fd = close_fd(f->stack_fd);
}

void task_stack_clean(const char *text, char *to, size_t size)
{
	to[0] = 0;
	while (*text) {
		size_t n = strcspn(text, "\n");
		struct frame f;
		char line[256];

		snprintf(line, sizeof(line), "%.*s", (int)(n < sizeof(line) ? n : sizeof(line) - 1),
			 text);
		if (frame_parse(line, &f))
			frame_append(&f, to, size);
		text += n + (text[n] == '\n');
	}
}

int task_files_read(const struct task_files *f, struct prober *p, struct task_view *ret)
{
	char text[STAT_TEXT_BYTES + TASK_STACK_BYTES];
	ssize_t n;

	memset(ret, 0, sizeof(*ret));
	n = textfile_read_fd(f->stat_fd, text, sizeof(text));
	if (n < 0)
		return (int)n;
	if (task_stat_parse(text, &ret->stat) < 0)
		return -EINVAL;
	n = f->wchan_fd < 0 ? -ENOENT
			    : textfile_read_fd(f->wchan_fd, ret->wchan, sizeof(ret->wchan));
	if (n < 0 || !strcmp(ret->wchan, "0")) /* "0": not sleeping, or not for us to know */
		ret->wchan[0] = 0;
	n = f->stack_fd < 0 ? -ENOENT
			    : prober_read_on(p, ret->stat.state == 'R' ? ret->stat.cpu : -1,
					     f->stack_fd, text, sizeof(text), PROBE_WAIT_US);
	if (n < 0)
		ret->stack_error = (int)n;
	else
		task_stack_clean(text, ret->stack, sizeof(ret->stack));
	return 0;
}

int task_view_read(int proc_fd, pid_t tid, struct prober *p, struct task_view *ret)
{
	struct task_files f;
	int err;

	task_files_open(proc_fd, tid, &f);
	err = task_files_read(&f, p, ret);
	task_files_close(&f);
	return err;
}
