/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is done on a match: the evidence ladder, then a trigger. Rungs and triggers are alike:
 * check() before the storm (what fails is said with the remedy), open() takes every descriptor that
 * will be needed, and fire(), in a thread of its own, uses only these. What could crash the machine
 * itself is fired only where the user said --arm and the doctor agrees; elsewhere the same path
 * runs with the trigger that does nothing.
 */
#ifndef HANGAR_RESPOND_H
#define HANGAR_RESPOND_H

#include "watch/watch.h"

struct rung_ops {
	const char *name;  /* as in "evidence": "stacks" */
	uint64_t limit_us; /* after which the next rung is climbed without waiting for this one */
	int (*check)(const struct watch_ctx *ctx, const void *with,
		     struct diag *why); /* 0, or 1 with @why: not here */
	int (*open)(const struct watch_ctx *ctx, const void *with, void **ret);
	int (*fire)(void *own, const struct finding *f,
		    int out_fd); /* writes evidence into @out_fd; 0 or -errno */
	void (*close)(void *own);
	const void *with; /* for check() and open(): what tells rungs of one kind apart */
};

extern const struct rung_ops *const rungs[]; /* ends with NULL */

/* How the user wants the run to respond; all borrowed. */
struct respond_options {
	int wire_fd;     /* --wire: frames from the host come in here (wire.h); -1: no host */
	const char *arm; /* --arm: name of a trigger, "" the usual one; NULL: the machine is not to
			    be harmed */
};

/* What is fired after the evidence is safe. 'none' is an object too: an unarmed run walks the same
 * path. */
struct trigger_ops {
	const char *name;   /* in the journal, and as in --arm */
	const char *before; /* the result that is journalled and synced before it is fired, for
			       there may be no after; NULL: nothing */
	bool harms;         /* the machine that hangar runs on: needs --arm */
	uint64_t limit_us;  /* it gives up by itself before */
	int (*check)(const struct watch_ctx *ctx, const struct respond_options *o,
		     struct diag *why); /* 0, or 1 with @why and the remedy: would not work here */
	int (*open)(const struct watch_ctx *ctx, const struct respond_options *o, void **ret);
	/* Returns at once when @give_up_fd becomes readable. 0 or -errno; @detail: one sentence. */
	int (*fire)(void *own, const struct finding *f, int give_up_fd, char *detail, size_t size);
	void (*beat)(void *own); /* each turn of the loop, before and after; NULL */
	void (*close)(void *own);
};

extern const struct trigger_ops *const triggers[]; /* all of them; ends with NULL */

/* The one that this run takes: never NULL. 0; -EINVAL with @d: --arm names none. */
int trigger_choose(const struct on_match_spec *spec, const struct respond_options *o,
		   const struct trigger_ops **ret, struct diag *d);

/* Before anything is changed on the machine: 0; 1 with @d: the user armed a trigger that would not
 * work; -EINVAL with @d: bad usage. */
int trigger_check_arm(const struct on_match_spec *spec, const struct host *host,
		      const struct respond_options *o, struct diag *d);

struct responder;

/**
 * responder_open - check and open every rung that the scenario names, and the trigger
 * Makes the rungs' files in evidence/ and the threads that will climb. Journalled: "rung" (name,
 * result "usable" or "unusable", detail) for each rung and for the trigger.
 * Returns 0; 1 with @d: the user armed a trigger that would not work (the run is to be SKIPPED);
 * -errno with @d.
 */
int responder_open(const struct watch_ctx *ctx, const struct respond_options *o,
		   struct responder **ret, struct diag *d);

/**
 * responder_fire - take the evidence, once a run: later calls do nothing
 * The rungs are climbed by threads, since writing evidence may hang with the file system. This
 * waits for them at most one second; what is not done by then is journalled by responder_poll() or
 * responder_close(). Journalled: "evidence" (name, file, bytes or error) for each rung; when these
 * lines are on disk, "trigger" (name, result, detail), twice for one with a "before".
 */
void responder_fire(struct responder *r, const struct finding *f);

/* Journal what was done since, and do what is due. Call it with each tick. Returns true when
 * nothing is under way. */
bool responder_poll(struct responder *r);

/* A real trigger is about to be fired or waits for its answer: the storm is to stay as it is. */
bool responder_holds(const struct responder *r);

/* The host may have stopped this guest a moment ago: what is told of elapsed time is no fault. */
bool responder_asked(const struct responder *r);

/* The user wants to go: fire nothing any more, wait for no answer. */
void responder_give_up(struct responder *r);

/* Wait at most 5 s for what is under way; the files of a run without a match are removed. Returns
 * NULL. */
struct responder *responder_close(struct responder *r);

#endif
