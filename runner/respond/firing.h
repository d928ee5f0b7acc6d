/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A trigger and the thread that fires it. */
#ifndef HANGAR_RESPOND_FIRING_H
#define HANGAR_RESPOND_FIRING_H

#include <pthread.h>
#include <stdatomic.h>

#include "respond/respond.h"

struct firing {
	const struct trigger_ops *ops;
	void *own;
	int go_fd, give_up_fd; /* bells */
	pthread_t thread;
	bool has_thread, gone;
	_Atomic bool quit;
	_Atomic bool done;
	int err; /* once done */
	char detail[256];
	struct finding finding;
};

/* 0, or -errno with @d; firing_close() in either case. */
int firing_open(struct firing *f, const struct trigger_ops *ops, const struct watch_ctx *ctx,
		const struct respond_options *o, struct diag *d);
/* No allocation, no open, returns at once. */
void firing_go(struct firing *f, const struct finding *why);
/* Waits a moment for one that is under way. False: it hangs; @f must never be freed. */
bool firing_close(struct firing *f);

#endif
