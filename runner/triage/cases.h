/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records in, cases out: one thing that went wrong is one case, however often the kernel told of
 * it. The lines of a report are kept while it is open; its case is kept until its boot ends, so
 * that repeats find it, or until there are too many. Constant memory: CASES_MAX cases with
 * CASES_TEXT_BYTES of text.
 */
#ifndef HANGAR_TRIAGE_CASES_H
#define HANGAR_TRIAGE_CASES_H

#include "kmsg/kmsg.h"
#include "triage/triage.h"

#define CASES_MAX 256               /* of one boot at one time */
#define CASES_TEXT_BYTES (8u << 20) /* of all their source lines */
#define CASES_REPORT_LINES 1200     /* kept of one report: an OOM table of a thousand tasks */

struct cases;

/* Some cases of one boot that are complete, in order of their headlines. Valid during the call. */
struct cases_batch {
	struct triage_case *cases;
	unsigned int count;
	unsigned int boot;
	const char *release; /* "" when the log never says */
};
typedef void (*cases_take_fn)(void *ctx, const struct cases_batch *batch);

struct cases *cases_new(cases_take_fn take, void *ctx);
struct cases *cases_free(struct cases *c);
static inline void cleanup_cases(struct cases **c)
{
	cases_free(*c);
}

/**
 * cases_feed - one record
 * @rec: seq is of no account. @line: its number in the input, from 1
 * Records without any literal of the recognisers (rec->plain) may be left out while
 * cases_wants_all() is false.
 */
void cases_feed(struct cases *c, const struct kmsg_record *rec, uint64_t line);
bool cases_wants_all(const struct cases *c);

/* The input ends: what is open is complete, every case is handed out. Another input may follow. */
void cases_end(struct cases *c);

unsigned int cases_boots(const struct cases *c); /* seen so far, over all inputs */

#endif
