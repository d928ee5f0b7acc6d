/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A report begins with what its headline tells, and ends with a function and a signature. Its other
 * lines are read in details.c.
 */
#include "kmsg/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kmsg/frames.h"
#include "kmsg/signature.h"

#define NULL_PAGE 4096 /* an address below is NULL and a member's offset */

/* The first "func+0x1/0x2" within a headline. */
static void headline_function(struct finding *f, const char *text)
{
	for (const char *p = strstr(text, "+0x"); p; p = strstr(p + 3, "+0x")) {
		const char *begin = p;
		struct frame frame;
		char one[160];

		while (begin > text && begin[-1] != ' ' && begin[-1] != '\t')
			begin--;
		snprintf(one, sizeof(one), "%.*s", (int)strcspn(begin, " (),"), begin);
		if (frame_parse(one, &frame)) {
			snprintf(f->function, sizeof(f->function), "%s", frame.name);
			return;
		}
	}
}

void report_take_fields(struct report *r, const struct kmsg_fields *k, const char *text)
{
	struct finding *f = &r->f;

	if (k->pid) {
		f->pid = k->pid;
		r->headed = !strncmp(text, "WARNING: ", 9);
	}
	if (k->cpu >= 0)
		f->cpu = k->cpu;
	if (k->seconds > 0)
		f->seconds = k->seconds;
	if (k->comm[0])
		snprintf(f->comm, sizeof(f->comm), "%s", k->comm);
	if (k->group[0])
		snprintf(f->group, sizeof(f->group), "%s", k->group);
	if (k->function[0])
		snprintf(f->function, sizeof(f->function), "%.*s", (int)strcspn(k->function, "."),
			 k->function);
	else
		headline_function(f, text);
	if (f->kind == FINDING_KCSAN || !frame_is_dull_for(f->kind, f->function) ||
	    frame_is_entry(f->function))
		return;
	/* "WARNING: at lib/list_debug.c:26 __list_add+0x6d": its caller is meant, if it is shown */
	snprintf(r->named, sizeof(r->named), "%s", f->function);
	f->function[0] = 0;
}

/* "paging request for data at address 0x00000008": powerpc and mips have one text for both. */
static void tell_null_from_paging(struct finding *f, const char *text)
{
	static const char *const marks[] = { "virtual address ", "at address ",
					     "for address: ", " at 0x", "dereference at " };

	for (size_t i = 0; f->kind == FINDING_PAGING_FAULT && i < 5; i++) {
		const char *p = strstr(text, marks[i]);
		char *end;

		if (!p)
			continue;
		p += strlen(marks[i]) - (i == 3) * 2;
		if (strtoull(p, &end, 16) < NULL_PAGE && end - p >= 8)
			f->kind = FINDING_NULL_DEREF;
		return;
	}
}

/* A WARN or BUG in the file of a checker is that checker's, though its message be lost. */
static void tell_by_file(struct finding *f, const char *text)
{
	if (f->kind != FINDING_WARNING && f->kind != FINDING_BUG)
		return;
	if (strstr(text, " lib/refcount.c:"))
		f->kind = FINDING_REFCOUNT;
	else if (strstr(text, " lib/list_debug.c:"))
		f->kind = FINDING_LIST_CORRUPTION;
}

void report_begin(struct report *r, const struct recogniser *row, const struct kmsg_fields *fields,
		  const char *text, const struct kmsg_record *rec, uint64_t now)
{
	r->open = true;
	r->grown = r->told = r->decided = r->ignored = false;
	r->row = row;
	r->first_seq = r->framed ? r->frame_seq : rec->seq;
	r->headline_seq = r->last_seq = rec->seq;
	r->lines = 0;
	r->in_trace = r->aside = r->at_next = r->elsewhere = r->headed = false;
	r->invoker[0] = r->loose[0] = r->named[0] = 0;
	finding_init(&r->f, row->kind, "kmsg", now);
	r->f.kernel_us = rec->kernel_us;
	snprintf(r->f.text, sizeof(r->f.text), "%s", text);
	tell_null_from_paging(&r->f, text);
	tell_by_file(&r->f, text);
	report_take_fields(r, fields, text);
	report_take_taint(r, text); /* el6 has it on the WARNING line */
	r->grown = false;
}

void report_remark(struct report *r, const char *text)
{
	size_t used = strlen(r->f.text);

	snprintf(r->f.text + used, sizeof(r->f.text) - used, "; %s", text);
	r->grown = true;
}

void report_complete(struct report *r)
{
	if (!r->f.stack[0])
		snprintf(r->f.stack, sizeof(r->f.stack), "%s", r->loose);
	signature_make(&r->f);
	if (!r->named[0] || (r->f.function[0] && !frame_is_dull_for(r->f.kind, r->f.function)))
		return;
	snprintf(r->f.function, sizeof(r->f.function), "%s", r->named);
	r->grown = true;
}
