/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The trace buffer of an instance: what it holds and has lost, and its text. */
#ifndef HANGAR_TRACING_BUFFER_H
#define HANGAR_TRACING_BUFFER_H

#include <stdbool.h>
#include <stdint.h>

#include "tracing/tally.h"

#define TRACE_CPUS_MAX 64 /* whose losses are counted: each is an open file */

struct trace_counts {
	uint64_t entries, overrun, dropped;
};

struct trace_buffer {
	int pipe_fd; /* trace_pipe, not blocking */
	int stats[TRACE_CPUS_MAX];
	unsigned int cpus;
};

/* Open all of it in the folder @home. 0 or -errno (no trace_pipe); losses that cannot be counted
 * are 0. */
int trace_buffer_open(struct trace_buffer *b, const char *home, unsigned int cpus);
void trace_buffer_close(struct trace_buffer *b);

/* Adds the numbers of one per_cpu/cpuN/stats. Pure. */
void trace_counts_add(struct trace_counts *c, const char *stats);

/* Over all CPUs. Allocates nothing. */
void trace_buffer_count(const struct trace_buffer *b, struct trace_counts *ret);

/**
 * trace_buffer_copy - the events as text, oldest first, consumed as they are read
 * trace_pipe is read since it was opened before the storm: `trace` would have to be opened now, and
 * kernels before 5.8 stop tracing for as long as it is open.
 * @tally: what was copied is counted in it
 * Returns 0; 1: @limit_us was over before the end; -errno.
 */
int trace_buffer_copy(const struct trace_buffer *b, int out_fd, uint64_t limit_us,
		      struct trace_tally *tally);

#endif
