/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a scenario wants traced, row by row, and what became of each: an event that is on, a probe
 * in its place, a function of the tracer, or nothing. */
#ifndef HANGAR_TRACING_WISHES_H
#define HANGAR_TRACING_WISHES_H

#include "scenario/scenario.h"
#include "setup/undo.h"
#include "tracing/home.h"

struct trace_outcome {
	unsigned int events, probed, filtered, lacking;
	char probes[1024], functions[512], missing[1024]; /* one a line, cut at a line */
};

/**
 * trace_wishes - turn on all that @t names and the kernel has
 * @undo: at the top of tracefs each event is noted there before it is turned on; NULL: none
 * Nothing of it is fatal.
 */
void trace_wishes(struct trace_home *h, const struct trace_spec *t, struct undo *undo,
		  struct trace_outcome *o);

#endif
