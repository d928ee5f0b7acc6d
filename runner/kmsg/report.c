/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines behind a headline. Nearly all that is worth having is in four of them: the CPU line
 * (who, on which kernel, how tainted), RIP (where), the trace (on whose behalf), and the separators
 * that say that another trace begins.
 */
#include "kmsg/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kmsg/frames.h"
#include "kmsg/signature.h"

/* Behind each of these the trace of somebody else begins. */
static const char *const other_stack[] = {
	"NMI backtrace for cpu",   "Allocated by task",
	"Freed by task",           "Last potentially related work creation",
	"Showing busy workqueues", "Kernel panic - not syncing",
	"Showing all locks held",  "rcu: rcu_",
	"stack backtrace:",
};

static bool starts(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static void set(char *to, size_t size, const char *from, size_t n)
{
	snprintf(to, size, "%.*s", (int)n, from);
}

/* "Not tainted 3.10.0-1160.el7.x86_64 #2": letters are a set and end at the first word like a
 * version. */
static void take_taint(struct report *r, const char *text)
{
	const char *p = strstr(text, "ainted");
	size_t n = 0;

	if (!p || r->f.release[0])
		return;
	p += 6;
	if (starts(p, ": "))
		p += 2;
	p += strspn(p, " ");
	for (;;) {
		size_t word = strcspn(p + n, " )");
		size_t digits = strspn(p + n, "0123456789");

		if (!word)
			break;
		if (digits && p[n + digits] == '.') {
			set(r->f.release, sizeof(r->f.release), p + n, word);
			break;
		}
		n += word + strspn(p + n + word, " ");
		if (p[n] == ')')
			break;
	}
	while (n && p[n - 1] == ' ')
		n--;
	set(r->f.taint, sizeof(r->f.taint), p, n);
	r->grown = true;
}

/* "CPU: 1 PID: 53 Comm: extoom Not tainted ..." and el6's "Pid: 5483, comm: master Not tainted ..."
 */
static bool take_cpu_line(struct report *r, const char *text)
{
	static const char *const forms[] = {
		"CPU: {cpu} PID: {pid} Comm: {comm} Kdump: loaded {*}ainted",
		"CPU: {cpu} PID: {pid} Comm: {comm} Not tainted",
		"CPU: {cpu} PID: {pid} Comm: {comm} Tainted: ",
		"CPU: {cpu} UID: {n} PID: {pid} Comm: {comm} Kdump: loaded {*}ainted",
		"CPU: {cpu} UID: {n} PID: {pid} Comm: {comm} Not tainted",
		"CPU: {cpu} UID: {n} PID: {pid} Comm: {comm} Tainted: ",
		"Pid: {pid}, comm: {comm} Not tainted",
		"Pid: {pid}, comm: {comm} Tainted: ",
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct kmsg_fields k = { .cpu = -1 };

		if (!pattern_match(forms[i], text, &k))
			continue;
		if (r->f.cpu < 0)
			r->f.cpu = k.cpu;
		if (!r->f.pid)
			r->f.pid = k.pid;
		if (!r->f.comm[0])
			snprintf(r->f.comm, sizeof(r->f.comm), "%s", k.comm);
		take_taint(r, text);
		r->grown = true;
		return true;
	}
	return false;
}

static void add_frame(struct report *r, const struct frame *f)
{
	char *to = f->trusted ? r->f.stack : r->loose;

	if (frame_append(f, to, f->trusted ? sizeof(r->f.stack) : sizeof(r->loose)))
		r->grown = true;
}

/* "RIP: 0010:func+0x1/0x2", "RIP: 0010:[<..>]  [<..>] func+..", "IP: [<..>] func+..", "pc :
 * func+.." */
static bool take_rip(struct report *r, const char *text)
{
	static const char *const marks[] = { "RIP: 0010:", "RIP: e030:", "IP: ", "pc : " };
	struct frame f;

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		if (!starts(text, marks[i]))
			continue;
		if (!r->f.stack[0] && !r->loose[0] && frame_parse(text + strlen(marks[i]), &f))
			add_frame(r, &f);
		return true;
	}
	return false;
}

static void separate(struct report *r)
{
	size_t used = strlen(r->f.stack);

	if (used && used + 4 < sizeof(r->f.stack) && strcmp(r->f.stack + used - 1, "\n") == 0 &&
	    !(used >= 3 && !strcmp(r->f.stack + used - 3, "--\n")))
		strcat(r->f.stack, "--\n");
}

void report_detail(struct report *r, const char *text)
{
	struct frame f;

	r->lines++;
	for (size_t i = 0; i < ARRAY_SIZE(other_stack); i++)
		if (starts(text, other_stack[i]))
			separate(r);
	if (starts(text, "Call Trace:") || starts(text, "Call trace:")) {
		if (r->stacks++)
			separate(r);
		return;
	}
	if (frame_parse(text, &f)) {
		add_frame(r, &f);
		return;
	}
	if (take_cpu_line(r, text) || take_rip(r, text))
		return;
	if (starts(text, "      Not tainted ") || starts(text, "      Tainted: "))
		take_taint(r, text);
}

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

	if (k->pid)
		f->pid = k->pid;
	if (k->cpu >= 0)
		f->cpu = k->cpu;
	if (k->seconds > 0)
		f->seconds = k->seconds;
	if (k->comm[0])
		snprintf(f->comm, sizeof(f->comm), "%s", k->comm);
	if (k->group[0])
		snprintf(f->group, sizeof(f->group), "%s", k->group);
	if (k->function[0])
		snprintf(f->function, sizeof(f->function), "%s", k->function);
	else
		headline_function(f, text);
	if (frame_is_dull(f->function))
		f->function[0] = 0; /* "WARNING: at lib/list_debug.c:26 __list_add+0x6d": its caller
				       is meant */
}

void report_begin(struct report *r, const struct recogniser *row, const struct kmsg_fields *fields,
		  const char *text, const struct kmsg_record *rec, uint64_t now)
{
	r->open = true;
	r->grown = r->told = r->decided = r->ignored = false;
	r->row = row;
	r->first_seq = r->framed ? r->frame_seq : rec->seq;
	r->headline_seq = r->last_seq = rec->seq;
	r->lines = r->stacks = 0;
	r->invoker[0] = r->loose[0] = 0;
	finding_init(&r->f, row->kind, "kmsg", now);
	r->f.kernel_us = rec->kernel_us;
	snprintf(r->f.text, sizeof(r->f.text), "%s", text);
	report_take_fields(r, fields, text);
	take_taint(r, text); /* el6 has it on the WARNING line */
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
}
