/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a scenario can have traced, by name: "compaction" stands for rows of events, each with the
 * function that is probed on a kernel that lacks the event. Pure: the reader of scenarios knows
 * this table too.
 */
#ifndef HANGAR_TRACING_SETS_H
#define HANGAR_TRACING_SETS_H

#include <stdbool.h>

struct trace_set {
	const char *name, *about;
};

struct trace_row {
	const char *set;
	const char *event; /* "system/event" or "system/" and a star; NULL: no event tells it */
	/* Functions, apart by blanks; the first that the kernel has is probed where it lacks the
	 * event. NULL: nothing tells it then. */
	const char *probe;
	const char *arguments; /* of the probe, as kprobe_events wants them, Linux 4.20; or NULL */
	bool at_return;        /* probe where the function returns, with its value */
	bool extra; /* only ever helps: a kernel without it is not said to lack anything */
};

extern const struct trace_set trace_sets[]; /* ends without name */
extern const struct trace_row trace_rows[]; /* ends without set */

bool trace_set_known(const char *name);

/* Is @text "system/event", a star for all of the system? */
bool trace_event_spelled(const char *text);
/* Is @text what a kernel can call a function? */
bool trace_function_spelled(const char *text);

#endif
