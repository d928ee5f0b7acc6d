/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel text to findings: a stream of records in, findings out. Pure: no files, no clock, no
 * allocation after kmsg_reader_init(); the live watcher and offline triage share it. The
 * recognisers are rows in recognisers.c, each with the real log line that it was made from in
 * tests/data/kmsg/.
 */
#ifndef HANGAR_KMSG_H
#define HANGAR_KMSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "finding.h"

struct kmsg_record {
	unsigned int level;    /* 0..7 */
	unsigned int facility; /* 0: the kernel. Anything else was written by user space and is
				  ignored. */
	uint64_t seq;
	uint64_t kernel_us; /* the kernel's timestamp */
	char caller[16];    /* "T123", "C0", or "" */
	bool plain; /* a scan for all literals of the table found none: no headline, details at most
		     */
	const char *when;       /* wall clock in front of the line, not NUL-terminated */
	unsigned int when_size; /* 0: none */
	const char *text; /* NUL-terminated, prefix stripped, \xNN decoded; valid during the call */
};

/* Parse one record as read from /dev/kmsg ("6,339,5140900,-;text\n KEY=VALUE\n"). @buf is decoded
 * in place. 0 or -EINVAL. */
int kmsg_record_parse(char *buf, size_t size, struct kmsg_record *ret);

typedef void (*kmsg_take_fn)(void *ctx, const struct finding *f);

struct kmsg_reader; /* holds the report being assembled */

/* @take is called at once when a headline is recognised (more_of 0), and once more when its report
 * is complete (more_of: the local number of the first, stack and details filled). Local numbers are
 * in finding.id. */
struct kmsg_reader *kmsg_reader_new(kmsg_take_fn take, void *ctx);
struct kmsg_reader *kmsg_reader_free(struct kmsg_reader *r);
void kmsg_reader_feed(struct kmsg_reader *r, const struct kmsg_record *rec, uint64_t now);

/* Offline: which records a report is made of, by their seq. */
struct kmsg_span {
	uint32_t id;    /* the finding that its headline was told as, or that it follows up */
	uint64_t first; /* "cut here", or the headline */
	uint64_t headline;
	uint64_t last;      /* the last that belongs to it */
	const char *caller; /* "" when the kernel does not say who speaks */
};
typedef void (*kmsg_end_fn)(void *ctx, const struct kmsg_span *span);
/* @end is called once for each report that was told, after its last telling. */
void kmsg_reader_on_end(struct kmsg_reader *r, kmsg_end_fn end);
/* The first record of the oldest report that is still open (a lone "cut here" opens one);
 * UINT64_MAX: none is, and records without a headline change nothing. */
uint64_t kmsg_reader_oldest(const struct kmsg_reader *r);
/* Close what is open when nothing came for @quiet_us (live), or at the end of the text (0). */
void kmsg_reader_flush(struct kmsg_reader *r, uint64_t now, uint64_t quiet_us);

#endif
