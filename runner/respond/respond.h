/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is done on a match: the evidence ladder, then a trigger. Each rung has check() before the
 * storm (what fails is said with the remedy), opens what it needs in open(), and fire() uses only
 * that. A trigger that could crash the machine itself is not in this table yet: "dump": "vmcore"
 * without a VM takes the 'none' trigger, and says so.
 */
#ifndef HANGAR_RESPOND_H
#define HANGAR_RESPOND_H

#include "watch/watch.h"

struct rung_ops {
	const char *name; /* as in "evidence": "stacks" */
	int (*check)(const struct watch_ctx *ctx,
		     struct diag *why); /* 0, or 1 with @why: not here */
	int (*open)(const struct watch_ctx *ctx, void **ret);
	int (*fire)(void *own, const struct finding *f,
		    int out_fd); /* writes evidence into @out_fd; 0 or -errno */
	void (*close)(void *own);
};

extern const struct rung_ops *const rungs[]; /* ends with NULL */

/* What could be fired after the evidence is safe. 'none' is an object too: an unarmed run walks the
 * same path. */
struct trigger_ops {
	const char *name; /* as in "dump" */
	int (*check)(const struct watch_ctx *ctx,
		     struct diag *why); /* 0, or 1 with @why: not here */
	int (*fire)(const struct finding *f, char *detail,
		    size_t size); /* 0 or -errno; @detail: one sentence */
};

extern const struct trigger_ops trigger_none;

struct responder;

/* Open every rung that the scenario names, its file in evidence/, and the thread that climbs the
 * ladder. 0 or -errno. */
int responder_open(const struct watch_ctx *ctx, struct responder **ret, struct diag *d);

/**
 * responder_fire - take the evidence, once a run: later calls do nothing
 * The rungs are climbed by a thread, since writing evidence may hang with the file system. This
 * waits for it at most one second; what is not done by then is journalled by responder_poll() or
 * responder_close(). Journalled: "evidence" (name, file, bytes or error) for each rung, then
 * "trigger" (name, result, detail).
 */
void responder_fire(struct responder *r, const struct finding *f);

/* Journal what was done since. Call it with each tick. Returns true when nothing is under way. */
bool responder_poll(struct responder *r);

/* Wait at most 5 s for what is under way; files that stayed empty are removed. Returns NULL. */
struct responder *responder_close(struct responder *r);

#endif
