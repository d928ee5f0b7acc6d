/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is done on a match: the evidence ladder, then a trigger. Each rung has check() before the storm (what fails is said with the remedy), opens
 * what it needs in open(), and fire() uses only that. A trigger that could crash the machine itself is not in this table
 * yet: "dump": "vmcore" without a VM takes the 'none' trigger, and says so.
 */
#ifndef HANGAR_RESPOND_H
#define HANGAR_RESPOND_H

#include "watch/watch.h"

struct rung_ops {
	const char *name; /* as in "evidence": "stacks" */
	int (*check)(const struct watch_ctx *ctx, struct diag *why); /* 0, or 1 with @why: not here */
	int (*open)(const struct watch_ctx *ctx, void **ret);
	int (*fire)(void *own, const struct finding *f, int out_fd); /* writes evidence into @out_fd; 0 or -errno */
	void (*close)(void *own);
};

extern const struct rung_ops *const rungs[]; /* ends with NULL */

struct responder;
int responder_open(const struct watch_ctx *ctx, struct responder **ret, struct diag *d);
/* Fire every rung once for @f: each result is journalled ("evidence": name, file, bytes or error). */
void responder_fire(struct responder *r, const struct finding *f);
struct responder *responder_close(struct responder *r);

#endif
