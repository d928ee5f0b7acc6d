/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All copies of a phase are spawned first and wait at the start line, so that they begin together
 * whatever the machine needs to fork three hundred of them. A copy that never comes (exec hangs, a
 * slow host) must not hold the storm for ever, and a copy that cannot be killed (D state, the very
 * bug) must not hold the verdict.
 */
#include "run/conductor.h"

#include <string.h>

/* A host under TCG starts 300 processes in at most 3 s; ten times that is a fault worth a note, not
 * a wait. */
#define LINE_UP_LIMIT_US 30000000u
/* Three hundred copies are cloned within this time, and no tick is late by more. */
#define CLONE_WAIT_US 50000u
/* launcher_escalate() is through with SIGKILL after 4 s; what is left 10 s later is not going to
 * die. */
#define STOP_LIMIT_US 15000000u
/* A task is called stuck so long after its time, when the machine is slow to look. */
#define TOLD_WITHIN_US 15000000u

static const struct phase_spec *phase_of(const struct conductor *c)
{
	return &c->plan->scenario->phases[c->phase];
}

static void enter(struct conductor *c, enum stage stage, uint64_t now)
{
	c->stage = stage;
	c->stage_since_us = now;
	c->asked = false;
	c->cloned = 0;
}

void conductor_init(struct conductor *c, struct launcher *l, const struct plan *p,
		    const struct host *h, const struct cgroup_tree *t, struct journal *j,
		    unsigned int repeat, uint64_t run_until_us)
{
	memset(c, 0, sizeof(*c));
	c->launcher = l;
	c->plan = p;
	c->journal = j;
	c->repeat = repeat;
	c->run_until_us = run_until_us;
	condition_source_open(&c->source, h, l, t);
}

void conductor_clear(struct conductor *c)
{
	condition_source_close(&c->source);
}

static int ask(struct conductor *c, uint64_t now, struct diag *d)
{
	int err = launcher_ask_phase(c->launcher, c->phase, d);

	enter(c, STAGE_SPAWN, now);
	c->asked = true;
	return err ? err : launcher_await_phase(c->launcher, c->phase, CLONE_WAIT_US, d);
}

/* Three hundred clones took 25 s in a guest on a busy host: whoever gets on is waited for. */
static bool gets_on(struct conductor *c)
{
	unsigned int n = 0, before = c->cloned;

	for (unsigned int i = 0; i < c->plan->n_launches; i++)
		n += c->plan->launches[i].phase == c->phase && c->launcher->copies[i].pid > 0;
	c->cloned = n;
	return n > before;
}

/* A spawner that hangs in a clone may not keep us from watching, nor from the user's Ctrl-C. */
static int spawn(struct conductor *c, uint64_t now, struct diag *d)
{
	int err = c->asked ? launcher_await_phase(c->launcher, c->phase, 0, d) : ask(c, now, d);

	if (err > 0 && gets_on(c))
		c->stage_since_us = now;
	if (err > 0 && now - c->stage_since_us >= LAUNCH_CLONED_WITHIN_US)
		err = launcher_not_cloned(c->launcher, c->phase, d);
	if (err > 0)
		return 0;
	enter(c, err < 0 ? STAGE_OVER : STAGE_LINE_UP, now);
	return err;
}

static unsigned int copies_of(const struct conductor *c, unsigned int phase)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < c->plan->n_launches; i++)
		n += c->plan->launches[i].phase == phase;
	return n;
}

static void begin(struct conductor *c, uint64_t now)
{
	struct jline *line;

	gauges_read(&c->source, &c->gauges);
	c->base.count = 0;
	condition_base_take(&c->base, phase_of(c)->until, &c->source);
	line = journal_begin(c->journal, "phase-begin");
	jline_str(line, "phase", phase_of(c)->name);
	jline_uint(line, "index", c->phase);
	jline_uint(line, "round", c->round);
	jline_uint(line, "copies", copies_of(c, c->phase));
	journal_commit(c->journal);
	launcher_go(c->launcher, c->phase, now);
	enter(c, STAGE_RUN, now);
}

static void line_up(struct conductor *c, uint64_t now)
{
	if (!launcher_phase_ready(c->launcher, c->phase)) {
		if (now - c->stage_since_us < LINE_UP_LIMIT_US)
			return;
		journal_note(c->journal,
			     "phase %s: not every copy came to the start line within %u s; "
			     "beginning without",
			     phase_of(c)->name, LINE_UP_LIMIT_US / 1000000u);
	}
	if (!c->armed && c->lined_up)
		c->lined_up(c->ctx);
	c->armed = true;
	begin(c, now);
}

/* Does any copy of this phase, or one kept from before, still live or wait for its restart? */
static bool anyone_left(const struct conductor *c)
{
	for (unsigned int i = 0; i < c->plan->n_launches; i++) {
		const struct copy *copy = &c->launcher->copies[i];

		if (c->plan->launches[i].phase == c->phase &&
		    (copy->state == COPY_ALIVE || copy->state == COPY_BACKOFF))
			return true;
	}
	return copies_of(c, c->phase) == 0; /* a phase without copies is a pause: it ends by time */
}

static uint64_t phase_ends(const struct conductor *c)
{
	uint64_t for_us = phase_of(c)->for_us;
	uint64_t end = for_us == UNSET ? UINT64_MAX : c->stage_since_us + for_us;

	return end < c->run_until_us ? end : c->run_until_us;
}

static void end_phase(struct conductor *c, uint64_t now, const char *why)
{
	struct jline *line = journal_begin(c->journal, "phase-end");

	jline_str(line, "phase", phase_of(c)->name);
	jline_uint(line, "index", c->phase);
	jline_uint(line, "round", c->round);
	jline_str(line, "why", why);
	journal_commit(c->journal);
	launcher_stop(c->launcher, c->stop_all ? -1 : (int)c->phase);
	enter(c, STAGE_STOP, now);
}

static void run(struct conductor *c, uint64_t now)
{
	const struct phase_spec *phase = phase_of(c);

	gauges_read(&c->source, &c->gauges);
	if (phase->until && condition_holds(phase->until, &c->source, &c->gauges, &c->base)) {
		c->ended_by = "the condition of the last phase holds";
		end_phase(c, now, "condition");
	} else if (now >= phase_ends(c)) {
		bool missed = phase->until && phase->until_is_needed;

		c->needed_missed |= missed;
		c->ended_by = "the time is up";
		end_phase(c, now, missed ? "time, before the needed condition" : "time");
	} else if (!anyone_left(c)) {
		c->ended_by = "every copy of the last phase has ended";
		end_phase(c, now, "every copy has ended");
	}
}

static void end_run(struct conductor *c, uint64_t now, bool early, const char *why)
{
	struct jline *line;

	if (c->stop_all)
		return;
	c->stop_all = true;
	c->stopped_early = early;
	snprintf(c->why, sizeof(c->why), "%s", why);
	line = journal_begin(c->journal, "stop");
	jline_str(line, "why", why);
	journal_commit(c->journal);
	if (c->stage == STAGE_RUN)
		end_phase(c, now, why);
	else
		launcher_stop(c->launcher, -1);
	enter(c, STAGE_STOP, now);
}

static void next(struct conductor *c, uint64_t now)
{
	bool last = c->phase + 1 >= c->plan->scenario->n_phases;

	if (c->stop_all) {
		enter(c, STAGE_OVER, now);
	} else if (c->needed_missed) {
		end_run(c, now, true, "a phase ran out of time before the condition that it needs");
	} else if (now >= c->run_until_us || (last && c->round + 1 >= c->repeat)) {
		end_run(c, now, false, now >= c->run_until_us ? "the time is up" : c->ended_by);
	} else {
		c->phase = last ? 0 : c->phase + 1;
		c->round += last;
		enter(c, STAGE_SPAWN, now);
	}
}

/* Who cannot be killed when nothing was found yet may be the very bug, if only the watchers are
 * given the time that they need to tell. */
static uint64_t stop_limit(const struct conductor *c)
{
	const struct watch_spec *w = &c->plan->scenario->watch;
	uint64_t told = w->tasks ? w->stuck_for_us + TOLD_WITHIN_US : 0;

	return c->told_to_stop || c->hard || told < STOP_LIMIT_US ? STOP_LIMIT_US : told;
}

static void stop(struct conductor *c, uint64_t now)
{
	uint64_t asked = c->hard ? 0 : c->stage_since_us;

	if (launcher_escalate(c->launcher, c->stop_all ? -1 : (int)c->phase, asked, now)) {
		next(c, now);
		return;
	}
	if (now - c->stage_since_us < stop_limit(c))
		return;
	journal_note(c->journal, "%u processes cannot be killed; going on without waiting for them",
		     c->launcher->alive);
	c->stopped_early |= !c->told_to_stop; /* no run that something is left of has survived */
	c->wedged = true;
	c->stop_all = true;
	if (!c->why[0])
		snprintf(c->why, sizeof(c->why), "some processes could not be killed");
	enter(c, STAGE_OVER, now);
}

int conductor_tick(struct conductor *c, uint64_t now, struct diag *d)
{
	launcher_tick(c->launcher, now);
	switch (c->stage) {
	case STAGE_SPAWN:
		return spawn(c, now, d);
	case STAGE_LINE_UP:
		line_up(c, now);
		return 0;
	case STAGE_RUN:
		run(c, now);
		return 0;
	case STAGE_STOP:
		stop(c, now);
		return 0;
	case STAGE_OVER:
	default:
		return 0;
	}
}

void conductor_stop(struct conductor *c, uint64_t now, bool early, const char *why)
{
	c->told_to_stop = true;
	end_run(c, now, early, why);
}

const char *conductor_phase_name(const struct conductor *c)
{
	return phase_of(c)->name;
}

uint64_t conductor_left(const struct conductor *c, uint64_t now)
{
	uint64_t end = phase_ends(c);

	return c->stage == STAGE_RUN && end != UINT64_MAX && end > now ? end - now : 0;
}
