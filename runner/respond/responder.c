/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loop's side of the response: it journals what the ladder's threads have done, waits until
 * that is on disk, and only then lets the trigger's thread go. A step a tick, and never a wait: the
 * loop must be seen to tick while a trigger is out.
 */
#include "respond/responder.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "respond/bell.h"

#define FIRE_WAIT_US 1000000  /* the loop goes without its other work so long */
#define CLOSE_WAIT_US 5000000 /* stacks of 10,000 tasks take 300 ms */
/* A disk that has not taken a line by then hangs: that may be the bug, and is no reason not to dump
 * it. */
#define SYNC_WAIT_US 5000000
#define ASKED_GRACE_US 2000000 /* watchers look once a second or more often */

static void enter(struct responder *r, enum respond_stage stage)
{
	r->stage = stage;
	r->since_us = now_us();
}

static void journal_rung(struct responder *r, struct ladder_rung *rung, const char *error)
{
	struct jline *line;
	struct stat st;

	rung->journalled = true;
	if (!r->ctx->journal)
		return;
	line = journal_begin(r->ctx->journal, "evidence");
	jline_str(line, "name", rung->ops->name);
	jline_str(line, "file", rung->file);
	if (!error && !fstat(rung->fd, &st))
		jline_uint(line, "bytes", (uint64_t)st.st_size);
	jline_str(line, "error", error);
	r->seq = journal_commit(r->ctx->journal);
}

static void journal_trigger(struct responder *r, const char *result, const char *detail)
{
	struct jline *line;

	if (!r->ctx->journal)
		return;
	line = journal_begin(r->ctx->journal, "trigger");
	jline_str(line, "name", r->trigger.ops->name);
	jline_str(line, "result", result);
	jline_str(line, "detail", detail);
	r->seq = journal_commit(r->ctx->journal);
}

static void take_rungs(struct responder *r)
{
	for (unsigned int i = 0; i < r->ladder.count; i++) {
		struct ladder_rung *rung = &r->ladder.rungs[i];
		char late[64];

		if (rung->journalled)
			continue;
		if (atomic_load(&rung->done)) {
			journal_rung(r, rung, rung->err ? strerror(-rung->err) : NULL);
		} else if (atomic_load(&rung->late)) {
			snprintf(late, sizeof(late), "not done within %u s: it hangs",
				 (unsigned int)(rung->ops->limit_us / 1000000));
			journal_rung(r, rung, late);
		}
	}
}

static void climb(struct responder *r)
{
	bool over = atomic_load(&r->ladder.over); /* before the rungs: then they are all told */

	take_rungs(r);
	if (over)
		enter(r, RESPOND_SETTLE);
}

/* The kernel's answer to the last rung (sysrq) is still on its way into kmsg.log, and a machine
 * that crashes takes it along. A guest is only stopped. */
static void settle(struct responder *r)
{
	const struct on_match_spec *spec = &r->ctx->scenario->on_match;

	if (r->trigger.ops->harms && now_us() - r->since_us < spec->settle_us)
		return;
	if (r->trigger.ops->before)
		journal_trigger(r, r->trigger.ops->before, NULL);
	enter(r, RESPOND_SYNC);
}

static void sync_then_fire(struct responder *r)
{
	struct journal *j = r->ctx->journal;

	if (r->trigger.ops->before && j && journal_synced(j) < r->seq &&
	    now_us() - r->since_us < SYNC_WAIT_US)
		return;
	firing_go(&r->trigger, &r->ladder.finding);
	enter(r, RESPOND_OUT);
}

static void take_answer(struct responder *r)
{
	const struct firing *t = &r->trigger;

	if (atomic_load(&t->done))
		journal_trigger(r, t->err ? strerror(-t->err) : "done", t->detail);
	else if (now_us() - r->since_us > t->ops->limit_us + CLOSE_WAIT_US)
		journal_trigger(r, "not done in time: it hangs", NULL);
	else
		return;
	r->answered_us = now_us();
	enter(r, RESPOND_OVER);
}

static void step(struct responder *r)
{
	switch (r->stage) {
	case RESPOND_CLIMB:
		climb(r);
		break;
	case RESPOND_SETTLE:
		settle(r);
		break;
	case RESPOND_SYNC:
		sync_then_fire(r);
		break;
	case RESPOND_OUT:
		take_answer(r);
		break;
	case RESPOND_IDLE:
	case RESPOND_OVER:
	default:
		break;
	}
}

bool responder_poll(struct responder *r)
{
	enum respond_stage before;

	if (r->trigger.ops->beat)
		r->trigger.ops->beat(r->trigger.own);
	do {
		before = r->stage;
		step(r);
	} while (r->stage != before);
	return r->stage == RESPOND_IDLE || r->stage == RESPOND_OVER;
}

bool responder_holds(const struct responder *r)
{
	return r->trigger.ops->before && r->stage != RESPOND_IDLE && r->stage != RESPOND_OVER;
}

bool responder_asked(const struct responder *r)
{
	return r->trigger.ops->before &&
	       (r->stage == RESPOND_OUT ||
		(r->answered_us && now_us() - r->answered_us < ASKED_GRACE_US));
}

void responder_give_up(struct responder *r)
{
	if (!responder_holds(r) || r->given_up)
		return;
	r->given_up = true;
	if (r->stage == RESPOND_OUT) {
		bell_ring(r->trigger.give_up_fd);
		return;
	}
	journal_trigger(r, "given up", "the run was stopped by hand");
	enter(r, RESPOND_OVER);
}

static void wait_for(struct responder *r, uint64_t timeout_us)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	uint64_t until = now_us() + timeout_us;

	while (!responder_poll(r) && now_us() < until)
		nanosleep(&pause, NULL);
}

void responder_fire(struct responder *r, const struct finding *f)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	uint64_t until = now_us() + FIRE_WAIT_US;

	if (r->stage != RESPOND_IDLE)
		return;
	enter(r, RESPOND_CLIMB);
	ladder_go(&r->ladder, f);
	while (!responder_poll(r) && !(responder_holds(r) && r->stage == RESPOND_OUT) &&
	       now_us() < until)
		nanosleep(&pause, NULL);
}

struct responder *responder_close(struct responder *r)
{
	if (!r)
		return NULL;
	if (!responder_poll(r))
		wait_for(r, CLOSE_WAIT_US);
	for (unsigned int i = 0; r->ladder.gone && i < r->ladder.count; i++)
		if (!r->ladder.rungs[i].journalled)
			journal_rung(r, &r->ladder.rungs[i], "not done in time: it hangs");
	responder_dismantle(r);
	return NULL;
}
