/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line every five seconds says in the journal that the observer itself lives: where such lines
 * end without a verdict, the machine died.
 */
#include "run/pulse.h"

#include <string.h>

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

static unsigned int percent(uint64_t hundredths)
{
	return (unsigned int)(hundredths + 50) / 100;
}

/* "pressure cpu 12 memory 40 io 3 %": the share of the last 10 s in which some task waited. */
static void add_pressure(const struct gauges *g, char *buf, size_t size)
{
	size_t len = strlen(buf);

	if (g->psi_known[PSI_MEMORY])
		snprintf(buf + len, size - len, "%spressure cpu %u memory %u io %u %%",
			 len ? ", " : "", percent(g->psi_some[PSI_CPU]),
			 percent(g->psi_some[PSI_MEMORY]), percent(g->psi_some[PSI_IO]));
}

static void show(const struct pulse *p, struct session *s, uint64_t now)
{
	char watchers[256];

	watchers_status(&s->watchers, watchers, sizeof(watchers));
	add_pressure(&s->conductor.gauges, watchers, sizeof(watchers));
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

	heart_turn(s->heart, conductor_phase_name(&s->conductor));
	measure(p, steps, now);
	tell(p, s, steps, now);
	show(p, s, now);
}
