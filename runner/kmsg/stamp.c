/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One row a form. In a row: 9 a digit, _ a digit or a blank, A a letter, f an optional fraction, z
 * an optional zone, y an optional year; everything else stands for itself.
 */
#include "kmsg/stamp.h"

#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"

static const char *const forms[] = {
	"AAA _9 99:99:99fy",     /* RFC 3164, journalctl short */
	"9999-99-99T99:99:99fz", /* RFC 5424, journalctl short-iso, dmesg --time-format iso */
	"9999-99-99 99:99:99fz", /* loggers of serial consoles */
	"9999/99/99 99:99:99f",  /* ditto */
	"AAA 9999-99-99 99:99:99f AAA", /* journalctl short-full */
	"AAA AAA _9 99:99:99f 9999",    /* logread of OpenWrt */
	"9999 AAA _9 99:99:99f",        /* rsyslog with a year in front */
	"9999999999.999f",              /* journalctl short-unix */
	"99-99 99:99:99f",              /* logcat */
	"99:99:99f",
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t digits(const char *p)
{
	size_t n = 0;

	while (is_digit(p[n]))
		n++;
	return n;
}

/* "+01:00", "+0100", "Z", " UTC" */
static size_t zone(const char *p)
{
	if (*p == 'Z')
		return 1;
	if (*p != '+' && *p != '-')
		return 0;
	if (digits(p + 1) == 4)
		return 5;
	return digits(p + 1) == 2 && p[3] == ':' && digits(p + 4) == 2 ? 6 : 0;
}

/* How far an optional part reaches; a form letter that is none of them takes 0 of nothing. */
static size_t optional(char form, const char *p)
{
	switch (form) {
	case 'f':
		if ((*p == '.' || *p == ',') && is_digit(p[1]))
			return 1 + digits(p + 1);
		return digits(p); /* the rest of a fraction whose begin the form demands */
	case 'z':
		return zone(p);
	default: /* y */
		return *p == ' ' && digits(p + 1) == 4 && p[5] == ' ' ? 5 : 0;
	}
}

static bool one(char form, char c)
{
	switch (form) {
	case '9':
		return is_digit(c);
	case '_':
		return is_digit(c) || c == ' ';
	case 'A':
		return is_letter(c);
	default:
		return form == c;
	}
}

static size_t length(const char *form, const char *p)
{
	const char *begin = p;

	for (; *form; form++) {
		if (*form == 'f' || *form == 'z' || *form == 'y')
			p += optional(*form, p);
		else if (!one(*form, *p++))
			return 0;
	}
	return (size_t)(p - begin);
}

size_t stamp_length(const char *p)
{
	if (!is_digit(*p) && !is_letter(*p))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		size_t n = length(forms[i], p);

		if (n)
			return n;
	}
	return 0;
}
