/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An OOM report is a hundred lines: invoker, stack, counters of the group or Mem-Info, a table of
 * all candidates, the kill. Values in the "oom-kill:" line may hold commas (cgroup names, node
 * lists), so it is read by its known keys.
 */
#include "kmsg/oom.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The value of @key up to the next known key @until (or the end). */
static bool value_of(const char *text, const char *key, const char *until, char *to, size_t size)
{
	const char *p = strstr(text, key);
	const char *end;

	if (!p)
		return false;
	p += strlen(key);
	end = until ? strstr(p, until) : NULL;
	snprintf(to, size, "%.*s", end ? (int)(end - p) : (int)strlen(p), p);
	return true;
}

static void take_constraint(struct report *r, const char *text)
{
	const char *pid = strstr(text, ",pid=");

	if (!strncmp(text, "oom-kill:constraint=CONSTRAINT_MEMCG,", 37)) {
		r->f.kind = FINDING_OOM_KILL;
		value_of(text, ",oom_memcg=", ",task_memcg=", r->f.group, sizeof(r->f.group));
	} else {
		r->f.kind = FINDING_GLOBAL_OOM;
		value_of(text, ",task_memcg=", ",task=", r->f.group, sizeof(r->f.group));
	}
	value_of(text, ",task=", ",pid=", r->f.comm, sizeof(r->f.comm));
	if (pid)
		r->f.pid = (int)strtol(pid + 5, NULL, 10);
}

/* "extoom invoked oom-killer: gfp_mask=0xd0, order=0, ..." */
static void take_invoker(struct report *r, const struct kmsg_fields *k, const char *text)
{
	const char *mask = strstr(text, "gfp_mask=");
	const char *order = strstr(text, "order=");

	snprintf(r->invoker, sizeof(r->invoker), "invoked by %.31s, %.*s, order=%d", k->comm,
		 mask ? (int)strcspn(mask, ",") : 0, mask ? mask : "",
		 order ? (int)strtol(order + 6, NULL, 10) : 0);
	r->ignored = order && !strncmp(order, "order=-1", 8); /* SysRq-f */
	r->f.comm[0] = 0; /* the invoker; the victim is not known yet */
}

static void take_headline(struct report *r, const char *text)
{
	snprintf(r->f.text, sizeof(r->f.text), "%s", text);
	if (r->invoker[0])
		report_remark(r, r->invoker);
	r->grown = true;
}

static enum oom_step decided(struct report *r)
{
	bool before = r->decided;

	r->decided = true;
	return before ? OOM_MORE : OOM_DECIDED;
}

enum oom_step oom_line(struct report *r, const struct recogniser *row, const struct kmsg_fields *k,
		       const char *text)
{
	switch (row->role) {
	case ROLE_OOM_BEGIN:
		take_invoker(r, k, text);
		return OOM_MORE;
	case ROLE_OOM_CAUSE:
		r->f.kind = row->kind;
		if (!strncmp(text, "oom-kill:", 9))
			take_constraint(r, text);
		else
			report_take_fields(r, k, text);
		take_headline(r, text);
		return decided(r);
	case ROLE_OOM_KILL:
		r->f.kind = row->kind;
		report_take_fields(r, k, text);
		take_headline(r, text);
		if (strstr(text, ": Killed process ")) {
			r->decided = true;
			return OOM_DONE;
		}
		return decided(r);
	case ROLE_OOM_END:
		report_take_fields(r, k, text);
		take_headline(r, text);
		return OOM_DONE;
	default:
		return OOM_MORE;
	}
}

void oom_detail(struct report *r, const char *text)
{
	if (r->decided)
		return;
	if (!strncmp(text, "memory: usage ", 14))
		r->f.kind = FINDING_OOM_KILL;
	else if (!strncmp(text, "Mem-Info:", 9))
		r->f.kind = FINDING_GLOBAL_OOM;
}
