/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A group whose "pids" cannot hold the copies would fail at fork, in the middle of a run, with an
 * error that looks like the host's. Threads of a stressor are not counted here: they are the
 * stressor's business and show as pressure.
 */
#include "scenario/demand.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "scenario/reader.h"

static uint64_t saturate(uint64_t value)
{
	return value < UINT32_MAX ? value : UINT32_MAX;
}

static bool runs_in(const struct run_spec *run, unsigned int of, unsigned int phase)
{
	return of == phase || (of < phase && run->keep);
}

/* Copies that run directly in the group at @path, per instance of it. */
static uint64_t direct(const struct scenario *s, unsigned int phase, const char *path)
{
	uint64_t copies = 0;

	for (unsigned int i = 0; i <= phase; i++)
		for (unsigned int j = 0; j < s->phases[i].n_runs; j++) {
			const struct run_spec *run = &s->phases[i].runs[j];

			if (runs_in(run, i, phase) && !strcmp(run->in, path))
				copies += run->copies;
		}
	return copies;
}

/* The first run of @phase inside @path, for the place of the message; -1: only kept ones. */
static int run_below(const struct phase_spec *p, const char *path)
{
	for (unsigned int j = 0; j < p->n_runs; j++) {
		size_t length = strlen(path);

		if (!strncmp(p->runs[j].in, path, length) &&
		    (!p->runs[j].in[length] || p->runs[j].in[length] == '/'))
			return (int)j;
	}
	return -1;
}

/* r->place is the phase. */
static int refuse(struct reader *r, const struct scenario *s, unsigned int phase, const char *path,
		  uint64_t wanted, uint64_t pids)
{
	int run = run_below(&s->phases[phase], path);
	struct place list, element;
	unsigned int line, column;

	if (run >= 0) {
		place_key(r, &list, "run", NULL, NULL);
		place_index(r, &element, (size_t)run, NULL, NULL);
	}
	reader_where(r, &line, &column);
	if (run >= 0) {
		place_up(r);
		place_up(r);
	}
	return diag_set_at(r->diag, -EINVAL, line, column,
			   "phase \"%s\" wants %" PRIu64 " copies in group \"%s\", whose \"pids\" "
			   "is %" PRIu64,
			   s->phases[phase].name, wanted, path, pids);
}

struct demand {
	struct reader *r; /* NULL: only count */
	const struct scenario *s;
	unsigned int phase;
	int err;
};

/* Copies inside one instance of @g, groups inside it included. */
static uint64_t inside(struct demand *d, const struct group_spec *g, const char *above)
{
	uint64_t wanted;
	char path[192];

	snprintf(path, sizeof(path), "%s%s%s", above, *above ? "/" : "", g->name);
	wanted = direct(d->s, d->phase, path);
	for (unsigned int i = 0; i < g->n_children; i++)
		wanted = saturate(wanted + g->children[i].count * inside(d, &g->children[i], path));
	if (d->r && !d->err && g->knobs[KNOB_PIDS] != UNSET && wanted > g->knobs[KNOB_PIDS])
		d->err = refuse(d->r, d->s, d->phase, path, wanted, g->knobs[KNOB_PIDS]);
	return wanted;
}

static uint64_t walk(struct demand *d)
{
	uint64_t wanted = direct(d->s, d->phase, "outside");

	for (unsigned int i = 0; i < d->s->n_groups; i++)
		wanted = saturate(wanted + d->s->groups[i].count * inside(d, &d->s->groups[i], ""));
	return wanted;
}

uint64_t demand_of_phase(const struct scenario *s, unsigned int phase)
{
	struct demand d = { .s = s, .phase = phase };

	return walk(&d);
}

int demand_check(struct reader *r, const struct scenario *s, unsigned int phase)
{
	struct demand d = { .r = r, .s = s, .phase = phase };

	walk(&d);
	return d.err;
}
