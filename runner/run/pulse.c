/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line every five seconds says in the journal that the observer itself lives: where such lines
 * end without a verdict, the machine died.
 */
#include "run/pulse.h"

#define TELL_EVERY_US 5000000u
#define RATE_EVERY_US 1000000u

void pulse_start(struct pulse *p, uint64_t now)
{
	*p = (struct pulse){ .told_us = now, .steps_us = now };
}

static void measure(struct pulse *p, uint64_t steps, uint64_t now)
{
	if (now - p->steps_us < RATE_EVERY_US)
		return;
	/* a phase that is spawned again begins to count anew */
	p->steps_per_s = steps > p->steps ? (steps - p->steps) * 1000000u / (now - p->steps_us) : 0;
	p->steps = steps;
	p->steps_us = now;
}

static void tell(struct pulse *p, struct session *s, uint64_t steps, uint64_t now)
{
	struct jline *line;

	if (now - p->told_us < TELL_EVERY_US)
		return;
	p->told_us = now;
	line = journal_begin(s->journal, "progress");
	jline_uint(line, "steps", steps);
	jline_uint(line, "steps_per_s", p->steps_per_s);
	jline_uint(line, "alive", s->launcher->alive);
	jline_uint(line, "oom_kills", s->conductor.gauges.oom_kills);
	jline_uint(line, "restarts", s->launcher->restarts);
	journal_commit(s->journal);
}

static void show(const struct pulse *p, struct session *s, uint64_t now)
{
	char watchers[256];

	watchers_status(&s->watchers, watchers, sizeof(watchers));
	panel_update(&s->panel, &(struct panel_facts){
					.phase = conductor_phase_name(&s->conductor),
					.now_us = now,
					.left_us = conductor_left(&s->conductor, now),
					.steps_per_s = p->steps_per_s,
					.oom_kills = s->conductor.gauges.oom_kills,
					.alive = s->launcher->alive,
					.findings = s->judge.tally.expected + s->judge.tally.other +
						    s->judge.tally.broken,
					.allowed = s->judge.allowed,
					.watchers = watchers,
				});
}

void pulse_beat(struct pulse *p, struct session *s, uint64_t now)
{
	uint64_t steps = launcher_steps(s->launcher, NULL);

	measure(p, steps, now);
	tell(p, s, steps, now);
	show(p, s, now);
}
