/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One report of the kernel while its lines come in: a headline, then details in an order that
 * differs by era. Pure. */
#ifndef HANGAR_KMSG_REPORT_H
#define HANGAR_KMSG_REPORT_H

#include "kmsg/kmsg.h"
#include "kmsg/recognisers.h"

struct report {
	bool open;
	bool framed;    /* between "cut here" and "end trace" */
	bool grown;     /* something was learnt since the last time it was told */
	bool told;      /* the headline went out */
	bool decided;   /* OOM: group or machine is known */
	bool ignored;   /* asked for by hand (SysRq-f): nobody is told */
	bool in_trace;  /* a trace began in this section of the stack */
	bool elsewhere; /* the trace is of one that waits for the stalled: frames are passed over */
	bool headed;    /* the WARNING line told the pid */
	bool aside;     /* the next frame is no part of the stack */
	bool at_next;   /* lockdep: the frame on the next line names the lock's taker */
	char caller[16];
	const struct recogniser *row;
	uint32_t first_id; /* local number of the finding that it completes */
	unsigned int lines;
	unsigned int strangers; /* lines in a row that look like none of a report */
	uint64_t last_kernel_us, last_now_us;
	uint64_t frame_seq, first_seq, headline_seq, last_seq; /* "cut here" or headline, ... */
	char named[96];    /* what the headline names, though it tell little */
	char invoker[160]; /* OOM: "extoom, gfp_mask=0xd0, order=0" */
	char loose[2048];  /* frames with "?": used when there are no others, as in el6 */
	struct finding f;
};

/* Begin at its headline. Keeps caller and framed. */
void report_begin(struct report *r, const struct recogniser *row, const struct kmsg_fields *fields,
		  const char *text, const struct kmsg_record *rec, uint64_t now);

/* A line that is no headline: frame, CPU line, taint, RIP, separator. (details.c) */
void report_detail(struct report *r, const char *text);

/* A line that only reports of this kind have. (special.c) */
void report_special(struct report *r, const char *text);

/* "Not tainted 3.10.0-1160.el7.x86_64 #2": taint and release, unless known. (details.c) */
void report_take_taint(struct report *r, const char *text);

/* What the headline itself tells: pid, comm, CPU, function. Later reports overwrite only what they
 * know. */
void report_take_fields(struct report *r, const struct kmsg_fields *fields, const char *text);

/* Append "; TEXT" to the headline, as far as it fits. */
void report_remark(struct report *r, const char *text);

/* Choose the stack, name the function, make the signature. */
void report_complete(struct report *r);

#endif
