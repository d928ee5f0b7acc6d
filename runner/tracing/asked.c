/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * __alloc_pages_direct_compact() is the question, try_to_compact_pages() returning is the answer,
 * both seen by probes (tracing/sets.c); what lies between of the same task tells whether a zone was
 * looked at. Since 4.0 mm_compaction_try_to_compact_pages stands between when the mask is let in.
 */
#include "tracing/asked.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ___GFP_IO and ___GFP_FS of include/linux/gfp_types.h, the same bits since 2.6. */
#define GFP_IO 0x40u
#define GFP_FS 0x80u

#define QUESTION "__alloc_pages_direct_compact"
#define ANSWER "try_to_compact_pages_return"
#define LET_IN "mm_compaction_try_to_compact_pages"

static bool is(const char *event, size_t length, const char *name)
{
	return strlen(name) == length && !memcmp(event, name, length);
}

/* What follows @word in the line, as a number. */
static bool number_after(const char *line, const char *end, const char *word, uint64_t *ret)
{
	const char *at = memmem(line, (size_t)(end - line), word, strlen(word));
	char text[24];

	if (!at)
		return false;
	at += strlen(word);
	snprintf(text, sizeof(text), "%.*s",
		 (int)(end - at < (ptrdiff_t)sizeof(text) ? end - at : (ptrdiff_t)sizeof(text)),
		 at);
	*ret = strtoull(text, NULL, 0);
	return true;
}

/* "     kworker/0:0-7       [000] ...": 7, and the name's length at *ret_name. -1: none. */
static int pid_of(const char *line, const char *end, const char **ret_name, size_t *ret_length)
{
	const char *cpu = memmem(line, (size_t)(end - line), " [", 2), *dash;

	while (line < end && *line == ' ')
		line++;
	dash = cpu && cpu > line ? memrchr(line, '-', (size_t)(cpu - line)) : NULL;
	if (!dash || dash == line)
		return -1;
	*ret_name = line;
	*ret_length = (size_t)(dash - line);
	return atoi(dash + 1);
}

static struct asked_task *find(struct trace_asked *a, int pid)
{
	for (unsigned int i = 0; i < a->tasks; i++)
		if (a->task[i].pid == pid)
			return &a->task[i];
	return NULL;
}

static int row_of(struct trace_asked *a, uint64_t gfp, uint64_t order, const char *name,
		  size_t length)
{
	struct asked_row *row = &a->row[a->rows];

	for (unsigned int i = 0; i < a->rows; i++)
		if (a->row[i].gfp == gfp && a->row[i].order == order)
			return (int)i;
	if (a->rows == ASKED_ROWS)
		return -1;
	*row = (struct asked_row){ .gfp = gfp, .order = (unsigned int)order };
	snprintf(row->comm, sizeof(row->comm), "%.*s", (int)length, name);
	return (int)a->rows++;
}

static void ask(struct trace_asked *a, int pid, int row)
{
	struct asked_task *t = find(a, pid);

	if (row < 0 || (!t && a->tasks == ASKED_TASKS))
		return;
	if (!t)
		t = &a->task[a->tasks++];
	*t = (struct asked_task){ .pid = pid, .row = (unsigned int)row };
}

static void answer(struct trace_asked *a, struct asked_task *t)
{
	a->row[t->row].times++;
	a->row[t->row].begun += t->begun;
	*t = a->task[--a->tasks];
}

void trace_asked_line(struct trace_asked *a, const char *line, const char *end, const char *event,
		      size_t length)
{
	const char *name;
	size_t name_length;
	struct asked_task *t;
	uint64_t gfp, order;
	int pid;

	if (!memmem(event, length, "compact", 7))
		return;
	pid = pid_of(line, end, &name, &name_length);
	if (pid < 0)
		return;
	if (is(event, length, QUESTION)) {
		if (number_after(event, end, " gfp=", &gfp) &&
		    number_after(event, end, " order=", &order))
			ask(a, pid, row_of(a, gfp, order, name, name_length));
		return;
	}
	t = find(a, pid);
	if (t && is(event, length, ANSWER))
		answer(a, t);
	else if (t && (is(event, length, LET_IN) || is(event, length, "mm_compaction_begin") ||
		       is(event, length, "compact_zone")))
		t->begun = true;
}

void trace_asked_lost(struct trace_asked *a)
{
	a->tasks = 0;
}

/* Masks with both are let in by all kernels, without __GFP_FS by those from 4.10 on, and then it is
 * begun. */
static const char *verdict(const struct asked_row *r)
{
	if (r->begun)
		return "";
	return (r->gfp & GFP_FS) && (r->gfp & GFP_IO)
		       ? ": refused, or put off after failures before"
		       : ": compaction was refused for this mask";
}

static int put(const struct asked_row *r, char *buf, size_t size)
{
	char begun[40] = "never";

	if (r->begun)
		snprintf(begun, sizeof(begun), "%" PRIu64 " times", r->begun);
	return snprintf(buf, size,
			"order %u with mask 0x%" PRIx64 " (%s) was asked for %" PRIu64
			" times and begun %s%s\n",
			r->order, r->gfp, r->comm, r->times, begun, verdict(r));
}

const char *trace_asked_lines(const struct trace_asked *a, char *buf, size_t size)
{
	size_t have = 0;

	buf[0] = '\0';
	for (int begun = 0; begun < 2; begun++)
		for (unsigned int i = 0; i < a->rows; i++) {
			char line[256];
			int n = put(&a->row[i], line, sizeof(line));

			if (!a->row[i].times || !a->row[i].begun == (bool)begun ||
			    have + (size_t)n + 1 > size)
				continue;
			memcpy(buf + have, line, (size_t)n + 1);
			have += (size_t)n;
		}
	return buf;
}
