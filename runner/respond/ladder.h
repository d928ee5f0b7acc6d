/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The evidence ladder: rungs climbed in order, each by a thread of its own and within its limit. */
#ifndef HANGAR_RESPOND_LADDER_H
#define HANGAR_RESPOND_LADDER_H

#include <pthread.h>
#include <stdatomic.h>

#include "respond/respond.h"

#define LADDER_RUNGS_MAX 24

struct ladder_rung {
	const struct ladder *ladder;
	const struct rung_ops *ops;
	void *own;
	int fd; /* of its file */
	char file[64];
	pthread_t thread;
	bool has_thread;
	int go_fd, done_fd; /* bells */
	_Atomic bool begun, done, late;
	int err;         /* once done */
	bool journalled; /* the responder's */
};

struct ladder {
	struct ladder_rung rungs[LADDER_RUNGS_MAX];
	unsigned int count;
	int dir_fd; /* the run directory, borrowed */
	int go_fd, quit_fd;
	pthread_t climber;
	bool has_climber, gone;
	_Atomic bool quit;
	_Atomic bool over; /* each rung is done or late */
	struct finding finding;
};

int ladder_init(struct ladder *l, int dir_fd); /* 0 or -errno; ladder_close() in either case */
/* One rung more: opens it, makes its file and its thread. 0; 1: it cannot be opened here (@why);
 * -errno. */
int ladder_add(struct ladder *l, const struct rung_ops *ops, const struct watch_ctx *ctx,
	       struct diag *why);
int ladder_ready(struct ladder *l); /* after the last: the thread that climbs. 0 or -errno */
/* Climb. No allocation, no open, returns at once. */
void ladder_go(struct ladder *l, const struct finding *f);
/* Takes all down. False: a rung hangs in the kernel; @l must never be freed. */
bool ladder_close(struct ladder *l);

#endif
