/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tracer's inside, shared by its opening and its work. */
#ifndef HANGAR_TRACER_PARTS_H
#define HANGAR_TRACER_PARTS_H

#include <pthread.h>
#include <stdatomic.h>

#include "tracing/buffer.h"
#include "tracing/tracer.h"
#include "tracing/wishes.h"

struct tracer {
	struct trace_home home;
	struct trace_outcome outcome;
	struct trace_buffer buffer;
	struct journal *journal;
	uint64_t epoch_us, buffer_bytes;
	int marker_fd, switch_fd; /* trace_marker, tracing_on */
	int freeze_fd;            /* a bell */
	bool frozen;              /* asked for; the loop's */
	bool goes_on;             /* after the first time; the loop's, then the rung's */
	pthread_t freezer;
	bool has_freezer;
	_Atomic bool quit, ended;
	/* the rung's thread, then the loop */
	struct trace_kept {
		struct trace_counts counts;
		struct trace_tally tally;
		_Atomic bool done;
		int result; /* of trace_buffer_copy() */
		bool told;
	} first, second;
	int dir_fd, second_fd; /* evidence/trace-expected.txt; -1: none */
	bool asked_second;     /* the loop's */
	_Atomic bool wants_second;
};

/* Takes all apart but the instance. */
void tracer_dismantle(struct tracer *t);

#define TRACE_SECOND_FILE "evidence/trace-expected.txt"

/* The freezer's thread. */
void *tracer_stand_by(void *tracer);

#endif
