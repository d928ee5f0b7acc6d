/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who asked for compaction, and was it begun for him? The machine's counters cannot tell: while one
 * request is refused, others compact. In a trace of the set "compaction" each task's own way
 * through it can be followed. Pure; nothing is allocated.
 */
#ifndef HANGAR_TRACING_ASKED_H
#define HANGAR_TRACING_ASKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ASKED_ROWS 8   /* kinds of requests: what is more is not told */
#define ASKED_TASKS 32 /* between question and answer at one moment; each is on a CPU or waits */

struct trace_asked {
	unsigned int rows, tasks;
	struct asked_row {
		uint64_t gfp, times, begun;
		unsigned int order;
		char comm[32]; /* the first who asked so */
	} row[ASKED_ROWS];
	struct asked_task {
		int pid;
		unsigned int row;
		bool begun;
	} task[ASKED_TASKS];
};

/* One line of a trace: @event is its name, of @length bytes, within @line. */
void trace_asked_line(struct trace_asked *a, const char *line, const char *end, const char *event,
		      size_t length);

/* Events were lost here: who was asking is not known any more. */
void trace_asked_lost(struct trace_asked *a);

/* A sentence a line, what was refused first; "" when nobody asked. Returns @buf. */
const char *trace_asked_lines(const struct trace_asked *a, char *buf, size_t size);

#endif
