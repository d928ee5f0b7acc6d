/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tasks that SysRq-t and SysRq-w showed: khungtaskd tells only of tasks in state D, but the one
 * that all wait for often runs. Of a dump of thousands only those are kept that others may wait
 * for: with a journal handle open, in the midst of a commit, or chosen by the OOM killer. Pure, of
 * fixed size.
 */
#ifndef HANGAR_BYSTANDERS_H
#define HANGAR_BYSTANDERS_H

#include <stdbool.h>
#include <stdint.h>

#include "kmsg/task_header.h"
#include "kmsg/wait_sites.h"

#define BYSTANDERS_MAX 32
#define BYSTANDERS_QUIET 64 /* lines of others until a dump is over */

struct bystander {
	struct task_header task;
	struct wait_verdict v;
};

struct bystanders {
	struct bystander list[BYSTANDERS_MAX];
	unsigned int count;
	/* the dump being read */
	unsigned int patience; /* 0: none */
	bool in_task;
	struct task_header task;
	char stack[3072];
};

/* One line of the log, prefix stripped. */
void bystanders_line(struct bystanders *b, const char *text);

/* A dump is being read: every line matters. */
bool bystanders_reading(const struct bystanders *b);

/* Complete what is being read. */
void bystanders_end(struct bystanders *b);

#endif
