/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files of /proc/TID that are safe to read of a task that hangs: stat, status, schedstat, wchan
 * take no lock that can be held for long; stack and syscall are read through the prober. cmdline,
 * environ, maps and smaps take the mmap lock: never read here.
 */
#ifndef HANGAR_WATCH_TASK_READ_H
#define HANGAR_WATCH_TASK_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "watch/prober.h"

#define TASK_FLAG_KTHREAD 0x00200000u /* PF_KTHREAD, include/linux/sched.h, since 2.6.27 */
#define TASK_STACK_BYTES 3072         /* as much as a finding holds */

struct task_stat {
	pid_t pid, ppid;
	char comm[64];
	char state;
	uint32_t flags;
	uint64_t start_ticks;
	int cpu; /* where it runs, or ran last; -1: not told */
};

int task_stat_parse(const char *text,
		    struct task_stat *ret); /* 0 or -EINVAL. comm may hold ") R 1 (". */
/* Third number of schedstat: how often the task was put on a CPU. 0 or -EINVAL. */
int task_schedstat_parse(const char *text, uint64_t *ret_switches);
/* Sum of both *_ctxt_switches lines of status. 0 or -EINVAL. */
int task_status_parse(const char *text, uint64_t *ret_switches);

struct task_view { /* one task, looked at closely */
	struct task_stat stat;
	char wchan[96]; /* "" when the kernel does not tell */
	char stack[TASK_STACK_BYTES];
	int stack_error; /* 0, or why there is no stack: -EACCES, -ENOENT (no CONFIG_STACKTRACE),
			    -ETIMEDOUT */
};

struct task_files { /* held open while a task is under suspicion */
	int stat_fd, wchan_fd, stack_fd;
};

void task_files_open(int proc_fd, pid_t tid,
		     struct task_files *ret); /* -1 where it cannot be opened */
void task_files_close(struct task_files *f);
/* 0 or -errno when not even stat can be read (the task is gone). */
int task_files_read(const struct task_files *f, struct prober *p, struct task_view *ret);
/* Open, read, close. */
int task_view_read(int proc_fd, pid_t tid, struct prober *p, struct task_view *ret);

/* Frames as a finding wants them: "func+0x1/0x2 [mod]", one a line, without "[<0>] ". */
void task_stack_clean(const char *text, char *to, size_t size);

#endif
