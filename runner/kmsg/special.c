/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one kind of report has in lines of its own: lockdep the place that takes the lock, SLUB who
 * made the damaged object, the workqueue watchdog the work that does not end.
 */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "kmsg/frames.h"
#include "kmsg/report.h"

static bool starts(const char *text, const char *with)
{
	return *text == *with && !strncmp(text, with, strlen(with));
}

/* lockdep's second line: "5.4.96-std-debug-alt1 #1 Tainted: G           OE" */
static void take_lockdep_release(struct report *r, const char *text)
{
	const char *number = strstr(text, " #");

	if (r->f.release[0] || r->lines > 4 || text[0] < '0' || text[0] > '9' || !number ||
	    !strstr(number, "ainted"))
		return;
	snprintf(r->f.release, sizeof(r->f.release), "%.*s", (int)strcspn(text, " "), text);
	number = strstr(number, "ainted") + 6;
	number += strspn(number, ": ");
	snprintf(r->f.taint, sizeof(r->f.taint), "%s", number);
}

/* "(&mddev->open_mutex){+.+.}-{3:3}, at: md_open+0x4f/0x110": who takes the lock. Some forms have
 * it on the next line. Not of suspicious RCU usage, where only held locks are listed. */
static void take_lock_site(struct report *r, const char *text)
{
	const char *at = strstr(text, " at: ");
	size_t n = strlen(text);
	struct frame f;

	if (r->f.function[0] || r->named[0] || strstr(r->f.text, "suspicious"))
		return;
	if (at ? frame_parse(at + 5, &f) : r->at_next && frame_parse(text, &f))
		snprintf(frame_is_dull(f.name) ? r->named /* then its caller is meant */
					       : r->f.function,
			 sizeof(r->named), "%s", f.name);
	r->at_next = n > 4 && !strcmp(text + n - 4, " at:");
}

/* A lock of a worker or a queue has no taker that tells; the chain of the others has one. */
static void take_chain(struct report *r)
{
	char name[sizeof(r->named)];

	frames_telling(r->f.stack, r->f.kind, name, sizeof(name));
	if (r->named[0] && name[0] && !frame_is_dull_for(r->f.kind, name))
		memcpy(r->named, name, sizeof(name));
}

static void take_lockdep(struct report *r, const char *text)
{
	take_lockdep_release(r, text);
	take_lock_site(r, text);
	if (starts(text, "stack backtrace:")) {
		take_chain(r);
		r->f.stack[0] = r->loose[0] = 0; /* the chain of who took which lock when */
		r->in_trace = false;
	}
}

/* SLUB tells who made the damaged object: "INFO: Allocated in hub_event+0xa98/0xeac age=2 cpu=0" */
static void take_allocation(struct report *r, const char *text)
{
	static const char *const forms[] = {
		"INFO: Allocated in {function} age=", "INFO: Allocated in {function} [{*}] age=",
		"Allocated in {function} age=", "Allocated in {function} [{*}] age="
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct kmsg_fields k = { .cpu = -1 };

		if (!pattern_match(forms[i], text, &k))
			continue;
		k.function[strcspn(k.function, ".")] = 0;
		if (!frame_is_dull_for(FINDING_KASAN, k.function))
			snprintf(r->f.function, sizeof(r->f.function), "%s", k.function);
	}
}

static void take_work(struct report *r, const char *text)
{
	struct kmsg_fields k = { .cpu = -1 };

	if (!r->f.function[0] && pattern_match("    in-flight: {pid}:{function}", text, &k))
		snprintf(r->f.function, sizeof(r->f.function), "%s", k.function);
}

/* A work that returned with a lock has left its stack: "last function: addrconf_dad_work" on a line
 * of its own, or "preempt=0x00000000 lock=0->1 RCU=0->0 workfn=addrconf_dad_work" since 6.10. */
static void take_left_work(struct report *r, const char *text)
{
	const char *at = strstr(text, "last function: "), *name = at ? at + 15 : NULL;

	if (!name && (at = strstr(text, " workfn=")))
		name = at + 8;
	if (name && starts(r->f.text, "BUG: workqueue leaked"))
		snprintf(r->f.function, sizeof(r->f.function), "%.*s", (int)strcspn(name, ". +["),
			 name);
}

/* "BUG: using smp_processor_id() in preemptible ..." has its place on the next line: "caller is
 * radix_tree_node_alloc+0x200/0x330". */
static void take_preemptible_caller(struct report *r, const char *text)
{
	struct frame f;

	if (starts(text, "caller is ") && strstr(r->f.text, " in preemptible ") &&
	    frame_parse(text + 10, &f) && !frame_is_dull(f.name))
		snprintf(r->f.function, sizeof(r->f.function), "%s", f.name);
}

/* What a kind has in lines of its own. */
void report_special(struct report *r, const char *text)
{
	char before = r->f.function[0];

	if (r->f.kind == FINDING_BUG && !before) {
		take_allocation(r, text);
		take_left_work(r, text);
		take_preemptible_caller(r, text);
	}
	if (r->f.kind == FINDING_LOCKDEP)
		take_lockdep(r, text);
	else if (r->f.kind == FINDING_WORKQUEUE_LOCKUP)
		take_work(r, text);
	else if (r->f.kind == FINDING_PAGING_FAULT && /* s390 says it behind the headline */
		 starts(text, "Failing address: 0000000000000000"))
		r->f.kind = FINDING_NULL_DEREF;
	r->grown = r->grown || r->f.function[0] != before || r->f.kind == FINDING_NULL_DEREF;
}
