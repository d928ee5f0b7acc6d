/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first finding that counts is what the trace is kept for, and the first of the scenario's own:
 * it stops there, since what comes after may push out what led to it. Counters are asked for what
 * moved around each.
 */
#include "run/marks.h"

static const char *const words[] = {
	[STAGE_SPAWN] = "is spawned", [STAGE_LINE_UP] = "lines up", [STAGE_RUN] = "begins",
	[STAGE_STOP] = "ends",        [STAGE_OVER] = "is over",
};

void marks_phase(struct marks *m, struct session *s, uint64_t now)
{
	const struct conductor *c = &s->conductor;

	if (c->stage == m->stage && c->phase == m->phase)
		return;
	m->stage = c->stage;
	m->phase = c->phase;
	tracer_mark(s->tracer, now, "phase %s %s", conductor_phase_name(c), words[c->stage]);
}

void marks_finding(struct session *s, const struct finding *f)
{
	if (f->judged == JUDGED_NOTE || f->judged == JUDGED_ALLOWED)
		return;
	tracer_mark(s->tracer, f->noticed_us, "finding #%u %s by %s: %.200s", f->id,
		    finding_kind_name(f->kind), f->watcher, f->text);
	if (f->judged == JUDGED_BROKEN)
		return;
	tracer_freeze(s->tracer, f->judged == JUDGED_EXPECTED);
	deltas_finding(s->deltas, f);
}
