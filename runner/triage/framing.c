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

/* A record of /dev/kmsg that somebody sent through syslog or netconsole: the time in front of it
 * stays. Netconsole may put the release in front, "6.4.0,6,444,501151268,-;text". */
static void take_behind_stamp(const char *end, struct kmsg_record *r)
{
	union {
		const char *in;
		char *out;
	} at = { r->text };
	size_t host = strcspn(at.in, " ,"), release;
	struct kmsg_record own;

	if (at.in[host] == ' ')
		at.in += host + 1;
	release = strspn(at.in, "0123456789.");
	if (release && memchr(at.in, '.', release)) {
		release = strcspn(at.in, ",");
		at.in += release + (at.in[release] == ',');
	}
	if (!looks_like_kmsg(at.in) || kmsg_record_parse(at.out, (size_t)(end - at.out) + 1, &own))
		return;
	own.when = r->when;
	own.when_size = r->when_size;
	*r = own;
}

/* A listing with numbered lines, "12 [<ffffffff8118b5c5>] kmalloc+0x1/0x2": whatever begins with
 * the number that is next. */
static char *without_number(struct framing *f, char *line)
{
	char *end;
	unsigned long n = strtoul(line, &end, 10);

	if (end == line || end - line > 6 || *end != ' ' || n != f->listed + 1ul) {
		f->listed = 0;
		return line;
	}
	f->listed++;
	/* "1 lock held by" may well begin no listing; "1 kworker/31:0: page alloc..." does */
	return n > 1 || end[strcspn(end + 1, " ")] == ':' ? end + 1 : line;
}

bool framing_take(struct framing *f, char *line, size_t size, struct kmsg_record *ret)
{
	struct pstore_name store;

	if (f->counted) {
		journal_export_counted(f, line, size);
		return false;
	}
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
	kmsg_line_parse(without_number(f, line), ret);
	if (ret->when_size)
		break_lines(ret->text);
	if (ret->when_size || (*ret->text >= '0' && *ret->text <= '9'))
		take_behind_stamp(line + size, ret);
	return true;
}

bool framing_wants_all(const struct framing *f, uint64_t number)
{
	return f->entry || number < FRAMING_LOOK_LINES;
}

void framing_end(struct framing *f)
{
	f->entry = f->counted = false;
}
