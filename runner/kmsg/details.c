/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines behind a headline. Nearly all that is worth having is in four of them: the CPU line
 * (who, on which kernel, how tainted), the instruction pointer (where), the trace (on whose
 * behalf), and the separators that say that the trace of another begins.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kmsg/frames.h"
#include "kmsg/pc.h"
#include "kmsg/report.h"

/* Behind each of these the trace of somebody else begins. */
static const char *const other_stack[] = {
	"NMI backtrace for cpu",
	"Allocated by task",
	"Freed by task",
	"Allocated:",
	"Freed:",
	"Last potentially related work creation",
	"Second to last potentially related work creation",
	"Showing busy workqueues",
	"Kernel panic - not syncing",
	"Showing all locks held",
	"stack backtrace:",
	"INFO: Allocated in",
	"INFO: Freed in",
	"Allocated in",
	"Freed in",
	"Uninit was stored to memory at:",
	"Uninit was created at:",
	"Local variable",
	"rcu: Stack dump where RCU GP kthread last ran:",
	"Stack dump where RCU GP kthread last ran:",
	"Task dump for CPU",
	"page last allocated via",
	"page last free stack trace:",
	"page last free pid",
	"page_owner tracks the page as",
	"the existing dependency chain",
	"kfence-#",
	"allocated by task",
	"freed by task",
};

/* Behind these the stack of the thread that waits for the stalled CPU. */
static const char *const waiter_stack[] = {
	"rcu: RCU grace-period kthread stack dump:",
	"RCU grace-period kthread stack dump:",
};

static const char *const trace_begins[] = { "Call Trace:", "Call trace:",    "Backtrace:",
					    "backtrace:",  "backtrace (crc", "Trace:",
					    "CallTrace:" };

static bool starts(const char *text, const char *with)
{
	return *text == *with && !strncmp(text, with, strlen(with));
}

static bool starts_any(const char *text, const char *const *with, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (starts(text, with[i]))
			return true;
	return false;
}

static void set(char *to, size_t size, const char *from, size_t n)
{
	snprintf(to, size, "%.*s", (int)n, from);
}

/* Letters are a set and end at the first word like a version; 2.6.2x puts that in parentheses. */
void report_take_taint(struct report *r, const char *text)
{
	const char *p = strstr(text, "ainted");
	size_t n = 0, word;

	if (!p || r->f.release[0])
		return;
	p += 6;
	p += strspn(p, ": ");
	for (; (word = strcspn(p + n, " )")); n += word + strspn(p + n + word, " ")) {
		size_t bracket = p[n] == '(';
		size_t digits = strspn(p + n + bracket, "0123456789");

		if (digits && p[n + bracket + digits] == '.') {
			set(r->f.release, sizeof(r->f.release), p + n + bracket, word - bracket);
			break;
		}
		if (p[n + word] == ')') {
			n += word;
			break;
		}
	}
	while (n && p[n - 1] == ' ')
		n--;
	set(r->f.taint, sizeof(r->f.taint), p, n);
	r->grown = true;
}

/* "CPU: 1 PID: 53 Comm: extoom Not tainted ...", el6's "Pid: 5483, comm: master Not tainted ...",
 * and what else names the task. */
static bool take_who(struct report *r, const char *text)
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
		"Pid:{pid}, comm: {comm} Not tainted",
		"Pid:{pid}, comm: {comm} Tainted: ",
		"Process {comm} (pid: {pid}, ",
		"TASK = {x}[{pid}] '{comm}' THREAD: {x} CPU: {cpu}",
		"  comm \"{comm}\", pid {pid}, jiffies",
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct kmsg_fields k;

		if (*text != *forms[i]) /* nearly always: this is the hot path of a long log */
			continue;
		k = (struct kmsg_fields){ .cpu = -1 };
		if (!pattern_match(forms[i], text, &k))
			continue;
		if (r->f.cpu < 0)
			r->f.cpu = k.cpu;
		if (!r->f.pid && (!r->f.comm[0] || !strcmp(r->f.comm, k.comm)))
			r->f.pid = k.pid;
		if (!r->f.comm[0])
			snprintf(r->f.comm, sizeof(r->f.comm), "%s", k.comm);
		report_take_taint(r, text);
		r->grown = true;
		return true;
	}
	return false;
}

/* Without callers' names two CPUs print into each other: the trace behind a CPU line with another
 * pid than that of the WARNING is of the other. */
static void tell_whose(struct report *r, const char *text)
{
	struct kmsg_fields k = { .cpu = -1 };

	if (!r->headed || !starts(text, "CPU: ") ||
	    !(pattern_match("CPU: {cpu} PID: {pid} Comm: ", text, &k) ||
	      pattern_match("CPU: {cpu} UID: {n} PID: {pid} Comm: ", text, &k)))
		return;
	r->elsewhere = k.pid != r->f.pid;
}

static void add_frame(struct report *r, const struct frame *f)
{
	char *to = f->trusted ? r->f.stack : r->loose;

	if (frame_append(f, to, f->trusted ? sizeof(r->f.stack) : sizeof(r->loose)))
		r->grown = true;
}

/* Is @name in the last section of the stack already? */
static bool in_section(const struct report *r, const char *name)
{
	const char *stack = r->f.stack;
	char one[96];
	bool found = false;

	while (frame_next(&stack, one, sizeof(one))) {
		if (!one[0])
			found = false;
		else if (!strcmp(one, name))
			found = true;
	}
	return found;
}

/* A trap in the code that runs timers or works is that code's own. */
static void take_trapped(struct report *r, const struct frame *f)
{
	bool trap = r->f.kind == FINDING_GPF || r->f.kind == FINDING_NULL_DEREF ||
		    r->f.kind == FINDING_PAGING_FAULT || r->f.kind == FINDING_OOPS;

	if (trap && !r->f.stack[0] && !r->f.function[0] && frame_is_entry(f->name))
		snprintf(r->f.function, sizeof(r->f.function), "%s", f->name);
}

/* The interrupted function stands in the middle of the trace in this form only. */
static bool take_pc(struct report *r, const char *text)
{
	struct frame f;
	enum pc_line pc = pc_parse(text, &f);

	if (pc == PC_KNOWN && !f.inlined && !in_section(r, f.name)) {
		take_trapped(r, &f);
		add_frame(r, &f);
	}
	return pc != PC_NONE;
}

static void separate(struct report *r)
{
	size_t used = strlen(r->f.stack);

	r->in_trace = false;
	if (used >= 3 && used + 4 < sizeof(r->f.stack) &&
	    strcmp(r->f.stack + used - 3, "--\n") != 0)
		memcpy(r->f.stack + used, "--\n", 4);
}

/* "NMI backtrace for cpu 1 skipped: idling at default_idle+0x1e/0x130" */
static void take_idling(struct report *r, const char *text)
{
	const char *at = starts(text, "NMI backtrace for cpu") ? strstr(text, " idling at ") : NULL;
	struct frame f;

	if (at && frame_parse(at + 11, &f))
		add_frame(r, &f);
}

void report_detail(struct report *r, const char *text)
{
	const char *bare = text + strspn(text, " ");
	struct frame f;

	r->lines++;
	report_special(r, text);
	if (starts_any(bare, other_stack, ARRAY_SIZE(other_stack))) {
		separate(r);
		r->elsewhere = false;
		take_idling(r, bare);
	}
	if (starts_any(bare, waiter_stack, ARRAY_SIZE(waiter_stack)))
		r->elsewhere = true;
	tell_whose(r, text);
	if (r->elsewhere)
		return;
	if (starts_any(bare, trace_begins, ARRAY_SIZE(trace_begins))) {
		if (r->in_trace)
			separate(r);
		r->in_trace = true;
		r->aside = false;
		return;
	}
	if (starts(text, "Preemption disabled at:")) {
		r->aside = !strchr(text, '['); /* up to 4.6 on this line, on the next since */
		return;
	}
	if (frame_parse(text, &f)) {
		bool aside = r->aside;

		r->aside = false;
		if (!f.inlined && !aside) /* so that a symbolized log gives the same signature */
			add_frame(r, &f);
		return;
	}
	if (take_who(r, text) || take_pc(r, text))
		return;
	if (starts(text, "      Not tainted ") || starts(text, "      Tainted: "))
		report_take_taint(r, text);
}
