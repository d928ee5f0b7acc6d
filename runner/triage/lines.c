/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is left of the last line moves to the front of the block before the next bytes come in; so
 * every line is whole when it is looked at, and the scan never meets half a literal.
 */
#include "triage/lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "triage/framing.h"
#include "triage/scan.h"

struct lines {
	struct cases *cases;
	const struct scan *scan;
	struct framing framing;
	size_t have;     /* bytes in block: a line that is not complete */
	bool skipping;   /* the rest of a line that was cut */
	uint64_t number; /* complete lines so far */
	char block[LINES_BLOCK + SCAN_BEHIND];
};

struct lines *lines_new(struct cases *cases)
{
	struct lines *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->cases = cases;
	l->scan = scan_get();
	return l->scan ? l : lines_free(l);
}

struct lines *lines_free(struct lines *l)
{
	free(l);
	return NULL;
}

/* One line, @n bytes with its NUL behind it in place of the newline. */
static void one_line(struct lines *l, char *line, size_t n, bool plain)
{
	struct kmsg_record rec;
	uint64_t number = ++l->number;

	line[n] = 0;
	if (!framing_take(&l->framing, line, n, &rec))
		return;
	rec.plain = plain && !l->framing.packed;
	cases_feed(l->cases, &rec, number - l->framing.behind);
}

static bool wants_all(const struct lines *l)
{
	return cases_wants_all(l->cases) || framing_wants_all(&l->framing, l->number);
}

static char *line_begin(char *from, const char *at)
{
	char *newline = at > from ? memrchr(from, '\n', (size_t)(at - from)) : NULL;

	return newline ? newline + 1 : from;
}

/* Complete lines from @p to @end. */
static void whole_lines(struct lines *l, char *p, char *end)
{
	const char *hit = scan_next(l->scan, p, end);

	while (p < end) {
		char *line = p, *newline;

		if (!wants_all(l)) {
			line = hit == end ? end : line_begin(p, hit);
			l->number += scan_count_lines(p, line);
			if (line == end)
				break;
		}
		newline = memchr(line, '\n', (size_t)(end - line));
		one_line(l, line, (size_t)(newline - line), hit > newline);
		p = newline + 1;
		if (hit <= newline)
			hit = scan_next(l->scan, p, end);
	}
}

char *lines_space(struct lines *l, size_t *ret_size)
{
	*ret_size = LINES_BLOCK - l->have;
	return l->block + l->have;
}

/* A line without an end in sight: its begin is all that a kernel could have said. */
static void cut(struct lines *l)
{
	if (!l->skipping) {
		l->block[LINES_BLOCK / 4] = '\n';
		whole_lines(l, l->block, l->block + LINES_BLOCK / 4 + 1);
		l->number--; /* its newline is yet to come */
	}
	l->skipping = true;
	l->have = 0;
}

void lines_got(struct lines *l, size_t n)
{
	char *begin = l->block, *end, *last;

	l->have += n;
	end = l->block + l->have;
	if (l->skipping) {
		begin = memchr(begin, '\n', l->have);
		if (!begin) {
			l->have = 0;
			return;
		}
		begin++;
		l->number++;
		l->skipping = false;
	}
	last = memrchr(begin, '\n', (size_t)(end - begin));
	if (last) {
		whole_lines(l, begin, last + 1);
		begin = last + 1;
	}
	l->have = (size_t)(end - begin);
	memmove(l->block, begin, l->have);
	if (l->have > LINES_BLOCK / 2)
		cut(l);
}

uint64_t lines_end(struct lines *l)
{
	uint64_t number;

	if (l->have && !l->skipping) {
		l->block[l->have] = '\n';
		whole_lines(l, l->block, l->block + l->have + 1);
	}
	number = l->number + l->skipping;
	framing_end(&l->framing);
	l->have = 0;
	l->number = 0;
	l->skipping = false;
	return number;
}
