/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One record of /dev/kmsg: "prio,seq,usec,flags[,caller=T12][,more];text\n KEY=VALUE\n".
 * The kernel writes bytes that do not print, and the backslash, as \xNN; continuation lines (the
 * device that spoke) begin with a space. The priority holds the facility: any process may write to
 * /dev/kmsg, but only the kernel itself has facility 0, so this number alone tells a report from a
 * forgery.
 */
#include "kmsg/kmsg.h"

#include <errno.h>
#include <string.h>

#include "kmsg/line.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* A number and the separator behind it; NULL when either is missing. Overflow wraps: no kernel
 * writes one. */
static const char *take_number(const char *p, const char *end, uint64_t *ret)
{
	uint64_t value = 0;
	const char *begin = p;

	while (p < end && *p >= '0' && *p <= '9')
		value = value * 10 + (uint64_t)(*p++ - '0');
	if (p == begin || p == end)
		return NULL;
	*ret = value;
	return p;
}

/* The optional members behind the flag: only the caller matters. */
static void take_caller(const char *p, const char *end, struct kmsg_record *r)
{
	static const char key[] = ",caller=";
	const char *at = memmem(p, (size_t)(end - p), key, sizeof(key) - 1);
	size_t n = 0;

	r->caller[0] = 0;
	if (!at)
		return;
	at += sizeof(key) - 1;
	while (at + n < end && at[n] != ',' && at[n] != ';' && n < sizeof(r->caller) - 1)
		n++;
	memcpy(r->caller, at, n);
	r->caller[n] = 0;
}

/* Decode \xNN in place. A NUL would hide the rest of the text: it becomes a space. */
static void decode(char *text)
{
	char *to = text;

	for (const char *p = text; *p;) {
		int high, low;

		if (p[0] == '\\' && p[1] == 'x' && (high = hex_digit(p[2])) >= 0 &&
		    (low = hex_digit(p[3])) >= 0) {
			*to++ = high || low ? (char)(high * 16 + low) : ' ';
			p += 4;
		} else {
			*to++ = *p++;
		}
	}
	*to = 0;
}

int kmsg_record_parse(char *buf, size_t size, struct kmsg_record *ret)
{
	char *end = buf + size;
	char *text = memchr(buf, ';', size);
	char *newline;
	const char *p;
	uint64_t prio;

	if (!text)
		return -EINVAL;
	p = take_number(buf, text, &prio);
	if (!p || *p != ',')
		return -EINVAL;
	p = take_number(p + 1, text, &ret->seq);
	if (!p || *p != ',')
		return -EINVAL;
	p = take_number(p + 1, text, &ret->kernel_us);
	if (!p || *p != ',')
		return -EINVAL;
	ret->level = prio & 7;
	ret->facility = (unsigned int)(prio >> 3);
	ret->plain = false;
	ret->when_size = 0;
	take_caller(p, text, ret);
	text++;
	newline = memchr(text, '\n', (size_t)(end - text));
	if (!newline && text == end)
		return -EINVAL;
	if (!newline)
		newline = end -
			  1; /* cut by the reader's buffer: the last byte makes room for the NUL */
	*newline = 0;
	decode(text);
	ret->text = kmsg_strip_markers(text);
	return 0;
}
