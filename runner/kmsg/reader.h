/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the reader: reader.c holds the reports of all callers, headlines.c decides what a headline
 * is to the report that is open. */
#ifndef HANGAR_KMSG_READER_H
#define HANGAR_KMSG_READER_H

#include "kmsg/kmsg.h"
#include "kmsg/repeats.h"
#include "kmsg/report.h"

#define CALLERS_MAX 8 /* CPUs that print at the same moment */

struct kmsg_reader {
	kmsg_take_fn take;
	kmsg_end_fn end;
	void *ctx;
	uint32_t next_id;
	uint32_t fault_id;        /* of the last report, which a panic follows up */
	uint64_t fault_kernel_us; /* of the last line of it */
	bool oom_told;
	uint64_t oom_kernel_us;   /* of the last OOM that was told */
	struct report *asks_cpus; /* it sent an NMI to other CPUs: what they print is part of it */
	struct repeats repeats;
	struct report reports[CALLERS_MAX];
};

/* Tell what @p holds now: the headline the first time, what was learnt since the next. */
void reader_tell(struct kmsg_reader *r, struct report *p);

/* The report is complete and no longer open, but is told; @p stays the caller's slot. */
void reader_ended(struct kmsg_reader *r, const struct report *p);

/* Complete @p, tell what is new, and close it; nothing when it is not open. */
void reader_close(struct kmsg_reader *r, struct report *p, uint64_t now);

/* @text is a line of @row: of the report that is open in @p, or the begin of the next. */
void reader_recognised(struct kmsg_reader *r, struct report *p, const struct recogniser *row,
		       const struct kmsg_fields *k, const char *text, const struct kmsg_record *rec,
		       uint64_t now);

#endif
