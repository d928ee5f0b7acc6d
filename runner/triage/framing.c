/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each line tells by its own begin what it is, so a file may change its form in the middle, as
 * collections of logs do.
 */
#include "triage/framing.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kmsg/line.h"
#include "triage/journal.h"
#include "triage/pstore.h"

/* "\033[1;31m", as dmesg and loaders colour their words: its length, 0: none begins here. */
static size_t colour(const char *p)
{
	size_t n;

	if (p[0] != '\033' || p[1] != '[')
		return 0;
	n = 2 + strspn(p + 2, "0123456789;?");
	return p[n] ? n + 1 : n;
}

static size_t without_colours(char *line, size_t size)
{
	char *to = memchr(line, '\033', size);

	if (!to)
		return size;
	for (const char *from = to; *from;) {
		size_t n = colour(from);

		if (n)
			from += n;
		else
			*to++ = *from++;
	}
	*to = 0;
	return (size_t)(to - line);
}

/* A NUL would hide the rest of the line. A serial console ends one with CR, or two. */
static size_t clean(char *line, size_t size)
{
	for (char *p = line; (p = memchr(p, 0, (size_t)(line + size - p)));)
		*p = ' ';
	size = without_colours(line, size);
	while (size && (line[size - 1] == '\r' || line[size - 1] == ' '))
		line[--size] = 0;
	return size;
}

/* rsyslog writes a line break within a record as "#012". */
static void break_lines(const char *text)
{
	union {
		const char *in;
		char *out;
	} at = { text };
	char *from, *to = strstr(at.out, "#012");

	for (from = to; from && *from;) {
		if (!strncmp(from, "#012", 4)) {
			*to++ = '\n';
			from += 4;
		} else {
			*to++ = *from++;
		}
	}
	if (to)
		*to = 0;
}

/* "6,339,5140900,-;text": digits, comma, digits, comma, digits, comma, flag, then what ends with a
 * semicolon. */
static bool looks_like_kmsg(const char *line)
{
	const char *p = line;

	for (unsigned int i = 0; i < 3; i++) {
		size_t n = strspn(p, "0123456789");

		if (!n || n > 20 || p[n] != ',')
			return false;
		p += n + 1;
	}
	return *p && strcspn(p, ";") < 64 && strchr(p, ';');
}

bool framing_take(struct framing *f, char *line, size_t size, struct kmsg_record *ret)
{
	struct pstore_name store;

	size = clean(line, size);
	f->behind = 0;
	f->packed = false;
	if (f->entry || (*line == '_' && !strncmp(line, "__CURSOR=", 9)))
		return journal_export_line(f, line, ret);
	if (line[0] == '{' && line[1] == '"')
		return journal_json_line(f, line, size, ret);
	if (*line >= '0' && *line <= '9' && looks_like_kmsg(line) &&
	    !kmsg_record_parse(line, size + 1, ret))
		return true;
	if (line[0] == ' ' && (!strncmp(line, " SUBSYSTEM=", 11) || !strncmp(line, " DEVICE=", 8)))
		return false; /* continuation of a record of /dev/kmsg */
	if (pstore_header(line, size, &store))
		return false;
	kmsg_line_parse(line, ret);
	if (ret->when_size)
		break_lines(ret->text);
	return true;
}

bool framing_wants_all(const struct framing *f, uint64_t number)
{
	return f->entry || number < FRAMING_LOOK_LINES;
}

void framing_end(struct framing *f)
{
	f->entry = false;
}
