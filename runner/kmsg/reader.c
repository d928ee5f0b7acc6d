/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records in, findings out. Several CPUs may print at once: kernels with CONFIG_PRINTK_CALLER say
 * whose line each is, and then every caller has a report of its own; without it a line belongs to
 * the report that was begun last. A headline is told at once, since the kernel may not live to
 * print the rest; the rest follows when the report ends.
 */
#include "kmsg/kmsg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kmsg/oom.h"
#include "kmsg/precedence.h"
#include "kmsg/repeats.h"
#include "kmsg/report.h"
#include "kmsg/signature.h"

#define CALLERS_MAX 8          /* CPUs that print at the same moment */
#define REPORT_LINES_MAX 400   /* the longest stack with registers and modules is about 150 lines */
#define MEMINFO_LINES_MAX 1200 /* el6 lists every CPU in every zone before the figures */
#define REPORT_GAP_US 2000000  /* a line that comes 2 s later belongs to something else */
#define LOCKUP_SANE_SECONDS                                                                        \
	1e9 /* the TSC overflow at 2^54 ns makes "stuck for 4278190091s": no CPU was stuck */
#define PANIC_GAP_US 10000000 /* a panic this soon after a fault is its consequence */
#define KILL_GAP_US 10000000  /* "Killed process" this soon after an OOM was told belongs to it */

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

struct kmsg_reader *kmsg_reader_new(kmsg_take_fn take, void *ctx)
{
	struct kmsg_reader *r = calloc(1, sizeof(*r));

	if (r) {
		r->take = take;
		r->ctx = ctx;
	}
	return r;
}

struct kmsg_reader *kmsg_reader_free(struct kmsg_reader *r)
{
	free(r);
	return NULL;
}

void kmsg_reader_on_end(struct kmsg_reader *r, kmsg_end_fn end)
{
	r->end = end;
}

uint64_t kmsg_reader_oldest(const struct kmsg_reader *r)
{
	uint64_t oldest = UINT64_MAX;

	for (size_t i = 0; i < CALLERS_MAX; i++) {
		const struct report *p = &r->reports[i];
		uint64_t first = p->framed ? p->frame_seq : p->first_seq;

		if (p->open && p->first_seq < first)
			first = p->first_seq;
		if ((p->open || p->framed) && first < oldest)
			oldest = first;
	}
	return oldest;
}

/* Tell what @p holds now: the headline the first time, what was learnt since the next. */
static void tell(struct kmsg_reader *r, struct report *p)
{
	if (p->ignored)
		return;
	p->f.id = ++r->next_id;
	p->f.more_of = p->first_id;
	if (!p->told && p->f.kind == FINDING_HUNG_TASK) {
		p->f.more_of = repeats_find(&r->repeats, &p->f);
		if (!p->f.more_of)
			repeats_note(&r->repeats, &p->f);
	}
	if (!p->told)
		p->first_id = p->f.more_of ? p->f.more_of : p->f.id;
	p->told = true;
	p->grown = false;
	r->fault_id = p->first_id;
	if (r->fault_kernel_us < p->last_kernel_us)
		r->fault_kernel_us = p->last_kernel_us;
	if (p->row->role >= ROLE_OOM_BEGIN) {
		r->oom_told = true;
		r->oom_kernel_us = p->last_kernel_us;
	}
	r->take(r->ctx, &p->f);
}

static void ended(struct kmsg_reader *r, const struct report *p)
{
	struct kmsg_span span = { p->first_id, p->first_seq, p->headline_seq, p->last_seq,
				  p->caller };

	if (r->end && p->told)
		r->end(r->ctx, &span);
}

static void close_report(struct kmsg_reader *r, struct report *p, uint64_t now)
{
	if (!p->open)
		return;
	p->open = false;
	p->f.noticed_us = now;
	report_complete(p);
	if (p->grown || !p->told)
		tell(r, p);
	ended(r, p);
}

/* The slot of this caller: its own, else a free one, else the one that was quiet longest. */
static struct report *report_of(struct kmsg_reader *r, const struct kmsg_record *rec, uint64_t now)
{
	struct report *oldest = &r->reports[0];

	for (size_t i = 0; i < CALLERS_MAX; i++)
		if ((r->reports[i].open || r->reports[i].framed) &&
		    !strcmp(r->reports[i].caller, rec->caller))
			return &r->reports[i];
	for (size_t i = 0; i < CALLERS_MAX; i++) {
		if (!r->reports[i].open) {
			oldest = &r->reports[i];
			break;
		}
		if (r->reports[i].last_now_us < oldest->last_now_us)
			oldest = &r->reports[i];
	}
	close_report(r, oldest, now);
	oldest->framed = false;
	memcpy(oldest->caller, rec->caller, sizeof(oldest->caller));
	return oldest;
}

static void begin(struct kmsg_reader *r, struct report *p, const struct recogniser *row,
		  const struct kmsg_fields *k, const char *text, const struct kmsg_record *rec,
		  uint64_t now)
{
	close_report(r, p, now);
	if (r->asks_cpus == p)
		r->asks_cpus = NULL;
	p->first_id = 0;
	report_begin(p, row, k, text, rec, now);
}

/* A second headline between "cut here" and "end trace" is another view of the same event, if one
 * of the two is a WARN or BUG and the other its message; else another CPU cut in. */
static bool joins(struct report *p, const struct recogniser *row, const struct kmsg_fields *k,
		  const char *text)
{
	if (!p->open || !p->framed || !precedence_joins(p->f.kind, row->kind))
		return false;
	report_take_fields(p, k, text);
	if (precedence_rank(row->kind) > precedence_rank(p->f.kind)) {
		p->f.kind = row->kind;
		p->row = row;
		snprintf(p->f.text, sizeof(p->f.text), "%s", text);
	}
	p->grown = true;
	return true;
}

/* A symbolizer repeats "BUG: KASAN: use-after-free in FUNCTION" for each function that was inlined
 * there; the last one is the kernel's own. */
static bool says_it_again(struct report *p, const struct recogniser *row,
			  const struct kmsg_fields *k, const char *text)
{
	if (!p->open || p->row != row || p->lines || strncmp(text, "BUG: K", 6) != 0 ||
	    !strstr(p->f.text, "[inline]"))
		return false;
	p->f.function[0] = 0;
	snprintf(p->f.text, sizeof(p->f.text), "%s", text);
	report_take_fields(p, k, text);
	p->grown = true;
	return true;
}

static void headline(struct kmsg_reader *r, struct report *p, const struct recogniser *row,
		     const struct kmsg_fields *k, const char *text, const struct kmsg_record *rec,
		     uint64_t now)
{
	if (joins(p, row, k, text) || says_it_again(p, row, k, text))
		return;
	begin(r, p, row, k, text, rec, now);
	if (p->f.kind == FINDING_SOFT_LOCKUP && p->f.seconds > LOCKUP_SANE_SECONDS)
		p->f.kind = FINDING_CLOCK;
	if (row->role == ROLE_LINE && !p->framed)
		p->open = false;
	signature_make(&p->f);
	tell(r, p);
	if (!p->open)
		ended(r, p);
}

static void panic_line(struct kmsg_reader *r, struct report *p, const struct recogniser *row,
		       const struct kmsg_fields *k, const char *text, const struct kmsg_record *rec,
		       uint64_t now)
{
	uint32_t cause = r->fault_id;

	if (rec->kernel_us > r->fault_kernel_us + PANIC_GAP_US && !precedence_follows(k->what))
		cause = 0;
	begin(r, p, row, k, text, rec, now);
	if (cause) {
		p->first_id = cause;
		p->told = true;
	}
	signature_make(&p->f);
	tell(r, p);
}

static void oom(struct kmsg_reader *r, struct report *p, const struct recogniser *row,
		const struct kmsg_fields *k, const char *text, const struct kmsg_record *rec,
		uint64_t now)
{
	bool oom_open = p->open && p->row->role >= ROLE_OOM_BEGIN;

	if (!oom_open && row->role == ROLE_OOM_END && r->oom_told &&
	    rec->kernel_us < r->oom_kernel_us + KILL_GAP_US)
		return; /* one more process with the victim's memory */
	if (!oom_open || row->role == ROLE_OOM_BEGIN)
		begin(r, p, row, k, text, rec, now);
	switch (oom_line(p, row, k, text)) {
	case OOM_DECIDED:
		signature_make(&p->f);
		tell(r, p);
		break;
	case OOM_DONE:
		p->last_seq = rec->seq;
		close_report(r, p, now);
		break;
	case OOM_MORE:
		break;
	}
}

static void recognised(struct kmsg_reader *r, struct report *p, const struct recogniser *row,
		       const struct kmsg_fields *k, const char *text, const struct kmsg_record *rec,
		       uint64_t now)
{
	switch (row->role) {
	case ROLE_ATTR:
		if (p->open)
			report_remark(p, text);
		break;
	case ROLE_DIE:
		if (!p->open || !precedence_takes_die_line(p->f.kind))
			headline(r, p, row, k, text, rec, now);
		break;
	case ROLE_PANIC:
		panic_line(r, p, row, k, text, rec, now);
		break;
	case ROLE_REPORT:
	case ROLE_LINE:
	case ROLE_BLOCK:
		headline(r, p, row, k, text, rec, now);
		break;
	default:
		oom(r, p, row, k, text, rec, now);
	}
}

/* "cut here" opens a frame, "end trace" closes it. A report whose message came before the frame
 * goes on in it. */
static bool frame_mark(struct kmsg_reader *r, struct report *p, const char *text, uint64_t seq,
		       uint64_t now)
{
	if (*text == '-' && strstr(text, "[ cut here ]")) {
		if (!(p->open && precedence_rank(p->f.kind) == 3 && !p->in_trace))
			close_report(r, p, now);
		p->framed = true;
		p->frame_seq = seq;
		return true;
	}
	if (!strncmp(text, "---[ end ", 9)) {
		p->last_seq = seq;
		close_report(r, p, now);
		p->framed = false;
		return true;
	}
	return false;
}

/* "Sending NMI from CPU 1 to CPUs 3:": what CPU 3 prints carries its own name as caller. */
static struct report *speaker(struct kmsg_reader *r, const struct kmsg_record *rec, uint64_t now)
{
	struct report *p = report_of(r, rec, now), *asks = r->asks_cpus;

	if (p->open || p->framed || !asks || !asks->open || rec->caller[0] != 'C' ||
	    rec->kernel_us > asks->last_kernel_us + REPORT_GAP_US)
		return p;
	return asks;
}

/* "  cache: ...", "clocksource:        'tsc' cs_now: ..." */
static bool indented(const char *text)
{
	size_t n = strcspn(text, " :");

	return *text == ' ' || *text == '\t' || !strncmp(text + n, ":   ", 4);
}

static unsigned int lines_max(const struct report *p)
{
	return p->row->kind == FINDING_PAGE_ALLOC_FAILURE ? MEMINFO_LINES_MAX : REPORT_LINES_MAX;
}

static void line(struct kmsg_reader *r, const struct kmsg_record *rec, const char *text,
		 uint64_t now)
{
	struct report *p = speaker(r, rec, now);
	const struct recogniser *row;
	struct kmsg_fields k;

	if ((p->open || p->framed) && p->last_kernel_us &&
	    rec->kernel_us > p->last_kernel_us + REPORT_GAP_US) {
		close_report(r, p, now);
		p->framed = false;
	}
	if (p->open && p->row->role == ROLE_BLOCK && !indented(text))
		close_report(r, p, now);
	if (rec->kernel_us || !p->open) /* dmesg gives a record's second line no time */
		p->last_kernel_us = rec->kernel_us;
	p->last_now_us = now;
	if (frame_mark(r, p, text, rec->seq, now))
		return;
	row = rec->plain ? NULL : recognise(text, &k);
	if (row && strcmp(p->caller, rec->caller) != 0)
		p = report_of(r, rec, now);
	if (row) {
		recognised(r, p, row, &k, text, rec, now);
	} else if (p->open) {
		report_detail(p, text);
		if (!strncmp(text, "Sending NMI from CPU", 20))
			r->asks_cpus = p;
		if (p->row->role >= ROLE_OOM_BEGIN)
			oom_detail(p, text);
		else if (p->lines > lines_max(p))
			close_report(r, p, now);
	}
	if (p->open) {
		p->last_seq = rec->seq;
		if (p->told)
			r->fault_kernel_us = p->last_kernel_us;
	}
}

void kmsg_reader_feed(struct kmsg_reader *r, const struct kmsg_record *rec, uint64_t now)
{
	const char *p = rec->text;
	char one[1024]; /* printk's own limit for a line is 1,024 with its prefix */

	if (rec->facility)
		return;
	while (*p) {
		size_t n = (size_t)(strchrnul(p, '\n') - p);
		size_t kept = n;

		while (kept &&
		       (p[kept - 1] == ' ' || p[kept - 1] == '\r')) /* serial consoles send CR LF */
			kept--;
		if (kept >= sizeof(one))
			kept = sizeof(one) - 1;
		memcpy(one, p, kept);
		one[kept] = 0;
		if (kept)
			line(r, rec, one, now);
		p += n + (p[n] == '\n');
	}
}

void kmsg_reader_flush(struct kmsg_reader *r, uint64_t now, uint64_t quiet_us)
{
	for (size_t i = 0; i < CALLERS_MAX; i++)
		if (r->reports[i].open && now >= r->reports[i].last_now_us + quiet_us)
			close_report(r, &r->reports[i], now);
}
