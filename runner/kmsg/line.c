/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line of a saved kernel log. Loggers put their own things in front of the kernel's words: a
 * level, a time, the caller (kernels with CONFIG_PRINTK_CALLER), a host name, a login prompt that
 * was on the console. All of that goes, so that a recogniser can insist on where the words begin.
 */
#include "kmsg/line.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kmsg/logger.h"
#include "kmsg/stamp.h"
#include "kmsg/vendor.h"

#define PREFIXES_MAX 8 /* no logger stacks more; a bound for hostile text */
#define BRACKET_MAX 48 /* "[Mon Jan  1 00:00:00 2024]" with a fraction; Android's task names */

static const char *after(const char *text, const char *mark)
{
	const char *at = strstr(text, mark);

	return at ? at + strlen(mark) : NULL;
}

static bool starts(const char *text, const char *with)
{
	return *text == *with && !strncmp(text, with, strlen(with));
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
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

/* "<6>", "<14>"; behind it may come the header of RFC 5424. */
static const char *strip_level(const char *p, struct kmsg_record *r)
{
	char *end;
	unsigned long prio;

	if (p[0] != '<' || !is_digit(p[1]))
		return p;
	prio = strtoul(p + 1, &end, 10);
	if (*end != '>')
		return p;
	r->level = prio & 7;
	r->facility = (unsigned int)(prio >> 3);
	return logger_strip_5424(end + 1, r);
}

/* dmesg -x: "kern  :err   : ". */
static const char *strip_decoded(const char *p, struct kmsg_record *r)
{
	static const char *const levels[] = { "emerg", "alert",  "crit", "err",
					      "warn",  "notice", "info", "debug" };
	static const char *const facilities[] = { "kern",   "user", "mail", "daemon", "auth",
						  "syslog", "lpr",  "news", "local0" };

	for (unsigned int f = 0; f < ARRAY_SIZE(facilities); f++) {
		const char *q = p + strlen(facilities[f]);

		if (!starts(p, facilities[f]) || *(q += strspn(q, " ")) != ':')
			continue;
		for (unsigned int l = 0; l < ARRAY_SIZE(levels); l++) {
			const char *behind = q + 1 + strlen(levels[l]);

			if (!starts(q + 1, levels[l]) || *(behind += strspn(behind, " ")) != ':')
				continue;
			r->level = l;
			r->facility = f;
			return behind + 1 + (behind[1] == ' ');
		}
	}
	return p;
}

/* "71.154783", as long as a number can be; what follows it in *ret_end. */
static bool take_seconds(const char *p, uint64_t *ret_us, const char **ret_end)
{
	uint64_t seconds = 0, us = 0, unit = 100000;

	if (!is_digit(*p))
		return false;
	for (; is_digit(*p); p++)
		seconds = seconds > UINT64_MAX / 10000000 ? seconds
							  : seconds * 10 + (uint64_t)(*p - '0');
	if (*p++ != '.' || !is_digit(*p))
		return false;
	for (; is_digit(*p); p++, unit /= 10)
		us += (uint64_t)(*p - '0') * unit;
	if (seconds > UINT64_MAX / 2000000)
		return false;
	*ret_us = seconds * 1000000 + us;
	*ret_end = p;
	return true;
}

/* "T12", "C1", "T12@C1" */
static bool take_caller(const char *inside, size_t n, struct kmsg_record *r)
{
	const char *digits = inside + 1;

	if ((*inside != 'T' && *inside != 'C') || n < 2 || n >= sizeof(r->caller))
		return false;
	if (strspn(digits, "0123456789@CT") != n - 1 || !is_digit(*digits))
		return false;
	memcpy(r->caller, inside, n);
	r->caller[n] = 0;
	return true;
}

/*
 * "[   71.154783] ", "[    T12] ", "[ C1] "; "[Mon Jan  1 00:00:00 2024] " of dmesg -T; "[  12.3 <
 * 0.000123>] " of dmesg -d; "[Jan01 12:00] " and "[  +0.000012] " of dmesg -e.
 */
static bool take_inside(const char *inside, const char *close, struct kmsg_record *r)
{
	size_t n = (size_t)(close - inside), stamp;
	uint64_t us;
	const char *end;

	if (take_seconds(inside, &us, &end)) {
		if (end != close && !strchr(" @,s", *end))
			return false;
		r->kernel_us = us;
		return true;
	}
	if (take_caller(inside, n, r))
		return true;
	stamp = stamp_length(inside);
	if (stamp && stamp == n) {
		r->when = inside;
		r->when_size = (unsigned int)stamp;
		return true;
	}
	if (*inside == '+' && take_seconds(inside + 1, &us, &end))
		return end == close;
	/* "[Jan01 12:00]" */
	return n == 11 && inside[5] == ' ' && inside[8] == ':' && is_digit(inside[3]) &&
	       is_digit(inside[6]) && is_digit(inside[10]);
}

static const char *strip_bracket(const char *p, struct kmsg_record *r)
{
	const char *inside, *close;

	if (*p != '[')
		return p;
	inside = p + 1 + strspn(p + 1, " ");
	close = memchr(inside, ']', strnlen(inside, BRACKET_MAX));
	if (!close || close == inside)
		return p;
	while (close[-1] == ' ') /* Android pads behind */
		if (--close == inside)
			return p;
	if (!take_inside(inside, close, r))
		return p;
	close += strspn(close, " ");
	return close + 1 + (close[1] == ' ');
}

/* "host login: ": the prompt that stood on the console. */
static const char *strip_login(const char *p)
{
	const char *next = memmem(p, strnlen(p, 80), " login: ", 8);

	return next ? next + 8 : p;
}

static bool is_time(const char *p)
{
	return p[0] == '[' && (is_digit(p[1]) || p[1] == ' ') &&
	       is_digit(p[1 + strspn(p + 1, " ")]);
}

/* A log that was quoted in a mail, indented in a report, or shown with the numbers of its lines
 * ("11746 [...", grep's "11746:[..."), in front of its times. */
static const char *strip_quoting(const char *p)
{
	const char *behind = p + strspn(p, "> \t|");
	size_t digits = strspn(behind, "0123456789");

	if (digits && digits < 9) {
		behind += digits + (behind[digits] == ':' || behind[digits] == '-');
		behind += strspn(behind, " \t");
	}
	return behind > p && is_time(behind) ? behind : p;
}

void kmsg_line_parse(const char *line, struct kmsg_record *ret)
{
	const char *p = line;

	*ret = (struct kmsg_record){ .level = 4 };
	p = strip_decoded(strip_quoting(p), ret);
	for (unsigned int i = 0; i < PREFIXES_MAX; i++) {
		const char *before = p, *behind;
		p = strip_level(p, ret);
		behind = strip_bracket(p, ret);
		p = behind == p ? p : vendor_strip(behind, ret);
		if (!ret->when_size)
			p = logger_strip(p, ret);
		if (!ret->kernel_us && !ret->when_size)
			p = strip_login(p);
		p = kmsg_strip_markers(p);
		if (p == before)
			break;
	}
	ret->text = p;
}
