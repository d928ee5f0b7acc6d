/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The name stands behind the time: the first colon with a blank behind it after "[000]". A system
 * call's name ends with its parenthesis, a function's with the blank before its caller.
 */
#include "tracing/tally.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *find(const char *from, const char *end, const char *what)
{
	return memmem(from, (size_t)(end - from), what, strlen(what));
}

static void count(struct trace_tally *t, const char *name, size_t length)
{
	for (unsigned int i = 0; i < t->count; i++)
		if (strlen(t->rows[i].name) == length && !memcmp(t->rows[i].name, name, length)) {
			t->rows[i].times++;
			return;
		}
	if (t->count == TALLY_NAMES || length >= sizeof(t->rows[0].name)) {
		t->others++;
		return;
	}
	memcpy(t->rows[t->count].name, name, length);
	t->rows[t->count].name[length] = '\0';
	t->rows[t->count++].times = 1;
}

#define MARK "tracing_mark_write" /* our own notes */

static void add_line(struct trace_tally *t, const char *line, const char *end)
{
	const char *cpu = find(line, end, " [");
	const char *name = cpu ? find(cpu, end, ": ") : NULL;
	size_t length = 0;

	if (cpu && end - cpu > 6 && !memcmp(cpu, " [LOST", 6))
		trace_asked_lost(&t->asked);
	if (!name || cpu + 2 >= end || cpu[2] < '0' || cpu[2] > '9')
		return;
	name += 2;
	while (name + length < end && !memchr(": (", name[length], 3))
		length++;
	if (!length || (length == strlen(MARK) && !memcmp(name, MARK, length)))
		return;
	count(t, name, length);
	trace_asked_line(&t->asked, line, end, name, length);
}

void trace_tally_add(struct trace_tally *t, const char *text, size_t size)
{
	const char *end = text + size, *newline;

	for (; text < end && (newline = memchr(text, '\n', (size_t)(end - text)));
	     text = newline + 1)
		add_line(t, text, newline);
}

/* qsort() may allocate, and the observer must not. */
static void sort(struct trace_tally *t)
{
	for (unsigned int i = 1; i < t->count; i++)
		for (unsigned int k = i; k && t->rows[k].times > t->rows[k - 1].times; k--) {
			__typeof__(t->rows[0]) row = t->rows[k];

			t->rows[k] = t->rows[k - 1];
			t->rows[k - 1] = row;
		}
}

const char *trace_tally_lines(struct trace_tally *t, char *buf, size_t size)
{
	size_t have = 0;

	sort(t);
	buf[0] = '\0';
	for (unsigned int i = 0; i < t->count && have < size; i++)
		have += (size_t)snprintf(buf + have, size - have, "%s %" PRIu64 "\n",
					 t->rows[i].name, t->rows[i].times);
	if (t->others && have < size)
		have += (size_t)snprintf(buf + have, size - have, "others %" PRIu64 "\n",
					 t->others);
	if (have >= size) { /* cut at a line */
		char *last = strrchr(buf, '\n');

		if (last)
			last[1] = '\0';
	}
	return buf;
}
