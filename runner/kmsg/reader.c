/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records in, findings out. Several CPUs may print at once: kernels with CONFIG_PRINTK_CALLER say
 * whose line each is, and then every caller has a report of its own; without it a line belongs to
 * the report that was begun last. A headline is told at once, since the kernel may not live to
 * print the rest; the rest follows when the report ends.
 */
#include "kmsg/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kmsg/belongs.h"
#include "kmsg/frames.h"
#include "kmsg/oom.h"
#include "kmsg/precedence.h"

#define REPORT_LINES_MAX 400   /* the longest stack with registers and modules is about 150 lines */
#define MEMINFO_LINES_MAX 1200 /* el6 lists every CPU in every zone before the figures */
#define REPORT_GAP_US 2000000  /* a line that comes 2 s later belongs to something else */
#define REPORT_SLOW_US 20000000 /* but a slow console takes seconds for each line of a trace */
#define STRANGERS_MAX 48        /* lines in a row that look like none of a report: it is over */

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

void reader_tell(struct kmsg_reader *r, struct report *p)
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

void reader_ended(struct kmsg_reader *r, const struct report *p)
{
	struct kmsg_span span = { p->first_id, p->first_seq, p->headline_seq, p->last_seq,
				  p->caller };

	if (r->end && p->told)
		r->end(r->ctx, &span);
}

void reader_close(struct kmsg_reader *r, struct report *p, uint64_t now)
{
	if (!p->open)
		return;
	p->open = false;
	p->f.noticed_us = now;
	report_complete(p);
	if (p->grown || !p->told)
		reader_tell(r, p);
	reader_ended(r, p);
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
	reader_close(r, oldest, now);
	oldest->framed = false;
	memcpy(oldest->caller, rec->caller, sizeof(oldest->caller));
	return oldest;
}

/* "cut here" opens a frame, "end trace" closes it. A report whose message came before the frame
 * goes on in it. */
static bool frame_mark(struct kmsg_reader *r, struct report *p, const char *text, uint64_t seq,
		       uint64_t now)
{
	if (*text == '-' && strstr(text, "[ cut here ]")) {
		if (!(p->open && precedence_rank(p->f.kind) == 3 && !p->in_trace))
			reader_close(r, p, now);
		p->framed = true;
		p->strangers = 0;
		p->frame_seq = seq;
		return true;
	}
	if (!strncmp(text, "---[ end ", 9)) {
		p->last_seq = seq;
		reader_close(r, p, now);
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

/* A line that is no headline, while @p is open or framed. */
static void other_line(struct kmsg_reader *r, struct report *p, const char *text, uint64_t seq,
		       uint64_t now)
{
	bool before = p->grown, own;

	p->grown = false;
	if (p->open)
		report_detail(p, text);
	own = p->grown || line_belongs(text) || indented(text);
	p->grown = p->grown || before;
	p->strangers = own ? 0 : p->strangers + 1;
	if (own) {
		p->last_seq = seq;
		if (p->told)
			r->fault_kernel_us = p->last_kernel_us;
	}
	if (p->open && !strncmp(text, "Sending NMI from CPU", 20))
		r->asks_cpus = p;
	if (p->open && p->row->role >= ROLE_OOM_BEGIN)
		oom_detail(p, text);
	else if (p->open && p->lines > lines_max(p))
		reader_close(r, p, now);
	if (p->strangers > STRANGERS_MAX) {
		reader_close(r, p, now);
		p->framed = false;
	}
}

/* No longer a line of @p, for the time that has passed? */
static bool too_late(const struct report *p, const struct kmsg_record *rec, const char *text)
{
	struct frame f;

	if (!p->last_kernel_us || rec->kernel_us <= p->last_kernel_us + REPORT_GAP_US)
		return false;
	return rec->kernel_us > p->last_kernel_us + REPORT_SLOW_US ||
	       !(indented(text) || frame_parse(text, &f) || !strncmp(text, "CPU: ", 5) ||
		 !strncmp(text, "Call ", 5) || !strncmp(text, "Backtrace", 9) ||
		 !strncmp(text, "Hardware name", 13));
}

static void line(struct kmsg_reader *r, const struct kmsg_record *rec, const char *text,
		 uint64_t now)
{
	struct report *p = speaker(r, rec, now);
	const struct recogniser *row;
	struct kmsg_fields k;

	if ((p->open || p->framed) && too_late(p, rec, text)) {
		reader_close(r, p, now);
		p->framed = false;
	}
	if (p->open && p->row->role == ROLE_BLOCK && !indented(text))
		reader_close(r, p, now);
	if (rec->kernel_us || !p->open) /* dmesg gives a record's second line no time */
		p->last_kernel_us = rec->kernel_us;
	p->last_now_us = now;
	if (frame_mark(r, p, text, rec->seq, now))
		return;
	row = rec->plain ? NULL : recognise(text, &k);
	if (row && strcmp(p->caller, rec->caller) != 0)
		p = report_of(r, rec, now);
	if (!row) {
		if (p->open || p->framed)
			other_line(r, p, text, rec->seq, now);
		return;
	}
	reader_recognised(r, p, row, &k, text, rec, now);
	p->strangers = 0;
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
			reader_close(r, &r->reports[i], now);
}
