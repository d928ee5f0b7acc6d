/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside program_run(): the process and the pipes to it. */
#ifndef HANGAR_PROGRAM_RUNNING_H
#define HANGAR_PROGRAM_RUNNING_H

#include <sys/types.h>

#include "program/program.h"

struct running {
	pid_t pid;
	int out, err, life; /* read ends; -1: none, or at its end */
	int exec_errno;     /* why it could not be started; 0: it was */
	char errors[4096];
	size_t errors_size;
};

/* Fork and exec. 0 or -errno; running_clear() in any case. */
int running_start(struct running *r, const struct program *p);
/* Hear it out, until it is gone. 0; -ETIMEDOUT, -EFBIG, -errno: it may live still. */
int running_attend(struct running *r, const struct program *p, struct program_end *end);
/* Kill what is left, close everything. */
void running_clear(struct running *r);

#endif
