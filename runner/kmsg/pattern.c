/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Matching by the rule of shell globs: after a failure only the last text field grows, since an
 * earlier one that took as little as it could leaves the most for the rest. So hostile text costs
 * length times length at worst, never more.
 */
#include "kmsg/pattern.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

#define COMM_MAX 63 /* a kworker's name with its work item is the longest */

enum field { ANY, COMM, GROUP, WHAT, PID, CPU, SECONDS, FUNCTION, NUMBER, HEX, END, LITERAL };

static const struct field_name {
	const char *name;
	enum field field;
} field_names[] = {
	{ "{*}", ANY },    { "{comm}", COMM }, { "{group}", GROUP },     { "{what}", WHAT },
	{ "{pid}", PID },  { "{cpu}", CPU },   { "{seconds}", SECONDS }, { "{function}", FUNCTION },
	{ "{n}", NUMBER }, { "{x}", HEX },     { "{end}", END },
};

static enum field field_at(const char *pattern, size_t *ret_length)
{
	*ret_length = 1;
	if (*pattern != '{')
		return LITERAL;
	for (size_t i = 0; i < ARRAY_SIZE(field_names); i++) {
		size_t n = strlen(field_names[i].name);

		if (!strncmp(pattern, field_names[i].name, n)) {
			*ret_length = n;
			return field_names[i].field;
		}
	}
	return LITERAL;
}

static bool is_text(enum field f)
{
	return f == ANY || f == COMM || f == GROUP || f == WHAT;
}

unsigned int pattern_symbol(const char *p)
{
	unsigned int n = 0;

	if (*p >= '0' && *p <= '9')
		return 0;
	while ((p[n] >= 'a' && p[n] <= 'z') || (p[n] >= 'A' && p[n] <= 'Z') ||
	       (p[n] >= '0' && p[n] <= '9') || p[n] == '_' || p[n] == '.' || p[n] == '$')
		n++;
	return n;
}

static size_t symbol_with_offset(const char *p)
{
	size_t n = pattern_symbol(p);
	size_t more;

	if (!n || strncmp(p + n, "+0x", 3))
		return n;
	n += 3;
	n += strspn(p + n, "0123456789abcdef");
	if (strncmp(p + n, "/0x", 3))
		return n;
	more = strspn(p + n + 3, "0123456789abcdef");
	return more ? n + 3 + more : n;
}

/* Length of a number or symbol at @p, 0: none. */
static size_t typed_length(enum field field, const char *p)
{
	size_t skip = 0;

	switch (field) {
	case PID: /* below zero in a task that was overwritten */
		skip = p[0] == '-' && p[1] >= '0' && p[1] <= '9';
		return skip + strspn(p + skip, "0123456789");
	case CPU:
	case SECONDS:
	case NUMBER:
		return strspn(p, "0123456789");
	case HEX:
		if (p[0] == '0' && p[1] == 'x')
			skip = 2;
		return skip + strspn(p + skip, "0123456789abcdefABCDEF");
	case FUNCTION:
		return symbol_with_offset(p);
	default:
		return 0;
	}
}

static void copy(char *to, size_t size, const char *from, size_t n)
{
	if (n >= size)
		n = size - 1;
	memcpy(to, from, n);
	to[n] = 0;
}

static void keep(enum field field, const char *from, size_t n, struct kmsg_fields *f)
{
	switch (field) {
	case COMM:
		copy(f->comm, sizeof(f->comm), from, n);
		break;
	case GROUP:
		copy(f->group, sizeof(f->group), from, n);
		break;
	case WHAT:
		copy(f->what, sizeof(f->what), from, n);
		break;
	case FUNCTION:
		copy(f->function, sizeof(f->function), from, pattern_symbol(from));
		break;
	case PID:
		f->pid = (int)strtol(from, NULL, 10);
		break;
	case CPU:
		f->cpu = (int)strtoul(from, NULL, 10);
		break;
	case SECONDS:
		f->seconds = strtod(from, NULL);
		break;
	default:
		break;
	}
}

/* The text field that grows when what follows does not match. */
struct grow {
	enum field field;
	const char *resume; /* in the pattern, behind the field; NULL: no field yet */
	const char *begin, *end;
};

static bool grow_once(struct grow *g, const char **pattern, const char **text)
{
	if (!g->resume || !*g->end)
		return false;
	if (g->field == COMM && g->end - g->begin >= COMM_MAX)
		return false;
	g->end++;
	*pattern = g->resume;
	*text = g->end;
	return true;
}

static void grow_done(const struct grow *g, bool to_end, struct kmsg_fields *f)
{
	if (g->resume)
		keep(g->field, g->begin, to_end ? strlen(g->begin) : (size_t)(g->end - g->begin),
		     f);
}

bool pattern_match(const char *pattern, const char *text, struct kmsg_fields *f)
{
	struct grow grow = { .resume = NULL };

	while (*pattern) {
		size_t n, taken = 0;
		enum field field = field_at(pattern, &n);

		if (is_text(field)) {
			grow_done(&grow, false, f);
			pattern += n;
			grow = (struct grow){ field, pattern, text, text };
			continue;
		}
		if (field == LITERAL)
			taken = *pattern == *text;
		else
			taken = typed_length(field, text);
		if (field == END && !*text) {
			pattern += n;
		} else if (taken) {
			keep(field, text, taken, f);
			pattern += n;
			text += taken;
		} else if (!grow_once(&grow, &pattern, &text)) {
			return false;
		}
	}
	grow_done(&grow, grow.resume && !*grow.resume, f);
	return true;
}
