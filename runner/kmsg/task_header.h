/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The line in front of a task's stack, in hung-task reports and in what SysRq-t and -w print. Pure.
 *   to 2.6.x, 3.x  "jbd2/vda-8      D ffff880037659000     0    42      2 0x00000000"
 *   4.x            "jbd2/sda1-8     D    0   544      2 0x80000000"
 *   running, older "extoom          R  running task        0    61     44 0x00000008"
 *   since 5.10     "task:kworker/u4:5    state:D stack:11608 pid:1105  tgid:1105  ppid:2
 *                   flags:0x00004000"
 */
#ifndef HANGAR_TASK_HEADER_H
#define HANGAR_TASK_HEADER_H

#include <stdbool.h>
#include <stdint.h>

struct task_header {
	char comm[48]; /* padding taken off; el6 cuts it to 13 characters */
	char state;    /* 'D', 'R', 'S', ... */
	int pid, ppid;
	uint64_t flags; /* of the thread */
};

bool task_header_parse(const char *line, struct task_header *ret);

/* The OOM killer marked it as a victim (TIF_MEMDIE, bit 20 on x86). */
bool task_header_oom_victim(const struct task_header *h);

#endif
