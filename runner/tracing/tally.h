/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many of which event a trace's text holds: "asked for 3430 times, begun once" is often all
 * that one wants to know of it. Pure. */
#ifndef HANGAR_TRACING_TALLY_H
#define HANGAR_TRACING_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "tracing/asked.h"

#define TALLY_NAMES 48 /* what is more is counted as "others" */

struct trace_tally {
	unsigned int count;
	struct {
		char name[64];
		uint64_t times;
	} rows[TALLY_NAMES];
	uint64_t others;
	struct trace_asked asked;
};

/* Adds each whole line of @text: "comm-12 [000] d..1. 12.300000: mm_compaction_begin: zone=..."
 * Lines of another form count for nothing. */
void trace_tally_add(struct trace_tally *t, const char *text, size_t size);

/* "name times", one a line, the most frequent first, "others" last. Returns @buf. */
const char *trace_tally_lines(struct trace_tally *t, char *buf, size_t size);

#endif
