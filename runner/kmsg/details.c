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
	"rcu: RCU grace-period kthread stack dump:",
	"rcu: Stack dump where RCU GP kthread last ran:",
	"page last allocated via",
	"page last free stack trace:",
	"page last free pid",
	"page_owner tracks the page as",
	"the existing dependency chain",
	"kfence-#",
	"allocated by task",
	"freed by task",
};

static const char *const trace_begins[] = { "Call Trace:", "Call trace:",    "Backtrace:",
					    "backtrace:",  "backtrace (crc", "Trace:" };

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

/* lockdep's second line: "5.4.96-std-debug-alt1 #1 Tainted: G           OE" */
static void take_lockdep_release(struct report *r, const char *text)
{
	const char *number = strstr(text, " #");

	if (r->f.release[0] || r->lines > 4 || text[0] < '0' || text[0] > '9' || !number ||
	    !strstr(number, "ainted"))
		return;
	set(r->f.release, sizeof(r->f.release), text, strcspn(text, " "));
	number = strstr(number, "ainted") + 6;
	number += strspn(number, ": ");
	set(r->f.taint, sizeof(r->f.taint), number, strlen(number));
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
		if (!r->f.pid && !r->f.comm[0])
			r->f.pid = k.pid;
		if (!r->f.comm[0])
			snprintf(r->f.comm, sizeof(r->f.comm), "%s", k.comm);
		report_take_taint(r, text);
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

/* The interrupted function stands in the middle of the trace in this form only. */
static bool take_pc(struct report *r, const char *text)
{
	struct frame f;
	enum pc_line pc = pc_parse(text, &f);

	if (pc == PC_KNOWN && !f.inlined && !in_section(r, f.name))
		add_frame(r, &f);
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

/* "(&mddev->open_mutex){+.+.}-{3:3}, at: md_open+0x4f/0x110": who takes the lock. Some forms have
 * it on the next line. Not of suspicious RCU usage, where only held locks are listed. */
static void take_lock_site(struct report *r, const char *text)
{
	const char *at = strstr(text, " at: ");
	size_t n = strlen(text);
	struct frame f;

	if (r->f.function[0] || strstr(r->f.text, "suspicious"))
		return;
	if (at ? frame_parse(at + 5, &f) : r->at_next && frame_parse(text, &f))
		snprintf(r->f.function, sizeof(r->f.function), "%s", f.name);
	r->at_next = n > 4 && !strcmp(text + n - 4, " at:");
}

static void take_lockdep(struct report *r, const char *text)
{
	take_lockdep_release(r, text);
	take_lock_site(r, text);
	if (starts(text, "stack backtrace:")) {
		r->f.stack[0] = r->loose[0] = 0; /* the chain of who took which lock when */
		r->in_trace = false;
	}
}

/* SLUB tells who made the damaged object: "INFO: Allocated in hub_event+0xa98/0xeac age=2 cpu=0" */
static void take_allocation(struct report *r, const char *text)
{
	static const char *const forms[] = { "INFO: Allocated in {function} age=",
					     "Allocated in {function} age=" };

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct kmsg_fields k = { .cpu = -1 };

		if (!pattern_match(forms[i], text, &k))
			continue;
		k.function[strcspn(k.function, ".")] = 0;
		if (!frame_is_dull_for(FINDING_MEMORY_LEAK, k.function))
			snprintf(r->f.function, sizeof(r->f.function), "%s", k.function);
	}
}

static void take_work(struct report *r, const char *text)
{
	struct kmsg_fields k = { .cpu = -1 };

	if (!r->f.function[0] && pattern_match("    in-flight: {pid}:{function}", text, &k))
		snprintf(r->f.function, sizeof(r->f.function), "%s", k.function);
}

/* What a kind has in lines of its own. */
static void take_special(struct report *r, const char *text)
{
	char before = r->f.function[0];

	if (r->f.kind == FINDING_BUG && !before)
		take_allocation(r, text);
	if (r->f.kind == FINDING_LOCKDEP)
		take_lockdep(r, text);
	else if (r->f.kind == FINDING_WORKQUEUE_LOCKUP)
		take_work(r, text);
	else if (r->f.kind == FINDING_PAGING_FAULT && /* s390 says it behind the headline */
		 starts(text, "Failing address: 0000000000000000"))
		r->f.kind = FINDING_NULL_DEREF;
	r->grown = r->grown || r->f.function[0] != before || r->f.kind == FINDING_NULL_DEREF;
}

void report_detail(struct report *r, const char *text)
{
	const char *bare = text + strspn(text, " ");
	struct frame f;

	r->lines++;
	take_special(r, text);
	if (starts_any(bare, other_stack, ARRAY_SIZE(other_stack)))
		separate(r);
	if (starts_any(bare, trace_begins, ARRAY_SIZE(trace_begins))) {
		if (r->in_trace)
			separate(r);
		r->in_trace = true;
		return;
	}
	if (frame_parse(text, &f)) {
		if (!f.inlined) /* so that a symbolized log gives the same signature */
			add_frame(r, &f);
		return;
	}
	if (take_who(r, text) || take_pc(r, text))
		return;
	if (starts(text, "      Not tainted ") || starts(text, "      Tainted: "))
		report_take_taint(r, text);
}
