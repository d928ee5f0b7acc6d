/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line of a saved kernel log. Loggers put their own things in front of the kernel's words: a
 * level, a time, the caller (kernels with CONFIG_PRINTK_CALLER), a host name, a login prompt that
 * was on the console. All of that goes, so that a recogniser can insist on where the words begin.
 */
#include "kmsg/line.h"

#include <stdlib.h>
#include <string.h>

#define PREFIXES_MAX 8 /* no logger stacks more; a bound for hostile text */

static const char *after(const char *text, const char *mark)
{
	const char *at = strstr(text, mark);

	return at ? at + strlen(mark) : NULL;
}

static bool starts(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

const char *kmsg_strip_markers(const char *text)
{
	while (starts(text, "** ")) {
		const char *next = after(text + 3, " **");

		if (!next)
			break;
		text = next + strspn(next, " \n");
	}
	return text;
}

/* "<6>" or "<14>" */
static const char *strip_level(const char *p, struct kmsg_record *r)
{
	char *end;
	unsigned long prio;

	if (p[0] != '<' || p[1] < '0' || p[1] > '9')
		return p;
	prio = strtoul(p + 1, &end, 10);
	if (*end != '>')
		return p;
	r->level = prio & 7;
	r->facility = (unsigned int)(prio >> 3);
	return end + 1;
}

/* "[   71.154783] " and "[    T12] " or "[ C1] "; "[Mon Jan  1 ...] " of dmesg -T */
static const char *strip_bracket(const char *p, struct kmsg_record *r)
{
	const char *inside, *close;
	size_t n;
	char *end;

	if (*p != '[')
		return p;
	inside = p + 1 + strspn(p + 1, " ");
	close = strchr(inside, ']');
	n = close ? (size_t)(close - inside) : 0;
	if (!n || n > 32)
		return p;
	if (*inside >= '0' && *inside <= '9') {
		unsigned long long sec = strtoull(inside, &end, 10);

		if (*end != '.')
			return p;
		r->kernel_us = sec * 1000000ull + strtoull(end + 1, &end, 10);
		if (end != close)
			return p;
	} else if ((*inside == 'T' || *inside == 'C') && n < sizeof(r->caller) && n > 1 &&
		   strspn(inside + 1, "0123456789") == n - 1) {
		memcpy(r->caller, inside, n);
		r->caller[n] = 0;
	} else if (n != 24 || inside[3] != ' ' || inside[7] != ' ') {
		return p;
	}
	return close + 1 + (close[1] == ' ');
}

/* "Nov 23 01:42:00 host kernel: " and "host login: ". Another program's line is none of the
 * kernel's. */
static const char *strip_logger(const char *p, struct kmsg_record *r)
{
	const char *next = strstr(p, " kernel: ");
	const char *colon = memchr(p, ':', strnlen(p, 20));

	if (next && next - p < 64)
		return next + 9;
	next = after(p, " login: ");
	if (next && next - p < 64)
		return next;
	if (starts(p, "kernel: "))
		return p + 8;
	if (colon && colon - p > 1 && p[0] >= 'A' && p[0] <= 'Z' && colon[-1] >= '0' &&
	    colon[-1] <= '9' && strspn(colon + 1, "0123456789") == 2 && colon[3] == ':')
		r->facility = 1;
	return p;
}

void kmsg_line_parse(const char *line, struct kmsg_record *ret)
{
	const char *p = line;

	*ret = (struct kmsg_record){ .level = 4 };
	for (unsigned int i = 0; i < PREFIXES_MAX; i++) {
		const char *before = p;

		p = strip_level(p, ret);
		p = strip_bracket(p, ret);
		p = strip_logger(p, ret);
		p = kmsg_strip_markers(p);
		if (p == before)
			break;
	}
	ret->text = p;
}
