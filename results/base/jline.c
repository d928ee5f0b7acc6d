/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON without memory. At any moment the buffer keeps room for what closes the object properly (a
 * brace for each open level, the "cut" member, '\n' and NUL), so jline_end() cannot fail, whatever
 * was added before. A member that does not fit is left out whole, except that text and arrays of
 * lines keep as much as fits.
 */
#include "base/jline.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

#define CUT_MEMBER ",\"cut\":true"

/* The smallest buffer that holds an empty object and says that it was cut. */
#define SIZE_MIN (sizeof("{" CUT_MEMBER "}\n"))

/* Bytes that may be used now, when @closers more are needed for what is being built. */
static size_t room(const struct jline *j, size_t closers)
{
	size_t kept = j->len + j->depth + strlen(CUT_MEMBER) + sizeof("\n") + closers;

	return kept < j->size ? j->size - kept : 0;
}

/* All of @text or nothing. */
static bool put(struct jline *j, const char *text, size_t len, size_t closers)
{
	if (len > room(j, closers))
		return false;
	memcpy(j->buf + j->len, text, len);
	j->len += len;
	return true;
}

/* One character at @s as JSON writes it; returns how many bytes of @s it took. */
static size_t escape(const char *s, char out[8], size_t *ret_len)
{
	static const char plain[] = "\"\\\n\t\r\b\f", letter[] = "\"\\ntrbf";
	const unsigned char *u = (const unsigned char *)s;
	const char *special = strchr(plain, *s);
	size_t taken = utf8_length(s);

	if (special) {
		*ret_len = (size_t)snprintf(out, 8, "\\%c", letter[special - plain]);
	} else if (u[0] < 0x20) {
		*ret_len = (size_t)snprintf(out, 8, "\\u%04x", u[0]);
	} else if (taken) {
		memcpy(out, s, taken);
		*ret_len = taken;
	} else {
		*ret_len = strlen(UTF8_REPLACEMENT);
		memcpy(out, UTF8_REPLACEMENT, *ret_len);
	}
	return taken ? taken : 1;
}

/* At most @n bytes of @text, escaped, as far as it fits; false and ->cut when not all did. */
static bool put_escaped(struct jline *j, const char *text, size_t n, size_t closers)
{
	const char *end = text + n;

	while (text < end) {
		char out[8];
		size_t len, taken = escape(text, out, &len);

		if (!put(j, out, len, closers)) {
			j->cut = true;
			return false;
		}
		text += taken;
	}
	return true;
}

/* ,"key": and @opener, when at least @closers bytes are left to close it again. */
static bool put_key(struct jline *j, const char *key, const char *opener, size_t closers)
{
	size_t start = j->len;

	if (!j->dropped && (j->first || put(j, ",", 1, closers)) && put(j, "\"", 1, closers) &&
	    put_escaped(j, key, strlen(key), closers) && put(j, "\":", 2, closers) &&
	    put(j, opener, strlen(opener), closers)) {
		j->first = false;
		return true;
	}
	j->len = start;
	j->cut = true;
	return false;
}

/* A member whose value is all or nothing. */
static void put_member(struct jline *j, const char *key, const char *value)
{
	put_key(j, key, value, 0);
}

void jline_begin(struct jline *j, char *buf, size_t size)
{
	*j = (struct jline){ .buf = buf, .size = size, .first = true, .depth = 1 };
	if (size < SIZE_MIN) {
		j->dropped = 1;
		return;
	}
	buf[j->len++] = '{';
}

void jline_str(struct jline *j, const char *key, const char *value)
{
	if (!value || !put_key(j, key, "\"", 1))
		return;
	put_escaped(j, value, strlen(value), 1);
	j->buf[j->len++] = '"';
}

void jline_int(struct jline *j, const char *key, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	put_member(j, key, text);
}

void jline_uint(struct jline *j, const char *key, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	put_member(j, key, text);
}

void jline_bool(struct jline *j, const char *key, bool value)
{
	put_member(j, key, value ? "true" : "false");
}

/* By hand: printf of a double may allocate, and writes a comma in some locales. */
void jline_double(struct jline *j, const char *key, double value)
{
	char text[40];
	int64_t thousandths;

	/* Past 2^53 thousandths a double has no three decimals; JSON knows no infinity. */
	if (!isfinite(value) || fabs(value) > 9e12) {
		put_member(j, key, "null");
		return;
	}
	thousandths = (int64_t)(value * 1000 + (value < 0 ? -0.5 : 0.5));
	snprintf(text, sizeof(text), "%s%" PRId64 ".%03d", thousandths < 0 ? "-" : "",
		 (thousandths < 0 ? -thousandths : thousandths) / 1000,
		 (int)((thousandths < 0 ? -thousandths : thousandths) % 1000));
	put_member(j, key, text);
}

void jline_seconds(struct jline *j, const char *key, uint64_t us)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64 ".%06u", us / 1000000,
		 (unsigned int)(us % 1000000));
	put_member(j, key, text);
}

void jline_lines(struct jline *j, const char *key, const char *text)
{
	bool fits = true, first = true;

	if (!text || !put_key(j, key, "[", 1))
		return;
	while (fits && *text) {
		size_t n = strcspn(text, "\n");

		if (room(j, 2) < 3) { /* ,"" */
			j->cut = true;
			break;
		}
		put(j, first ? "\"" : ",\"", first ? 1 : 2, 2);
		fits = put_escaped(j, text, n, 2);
		j->buf[j->len++] = '"';
		text += n + (text[n] == '\n');
		first = false;
	}
	j->buf[j->len++] = ']';
}

void jline_open(struct jline *j, const char *key)
{
	if (j->dropped || !put_key(j, key, "{", 1)) {
		j->dropped++;
		return;
	}
	j->depth++;
	j->first = true;
}

void jline_close(struct jline *j)
{
	if (j->dropped) {
		j->dropped--;
		return;
	}
	if (j->depth <= 1)
		return;
	j->buf[j->len++] = '}';
	j->depth--;
	j->first = false;
}

size_t jline_end(struct jline *j)
{
	if (j->size < SIZE_MIN) {
		if (j->size)
			j->buf[0] = '\0';
		return 0;
	}
	for (; j->depth > 1; j->depth--) {
		j->buf[j->len++] = '}';
		j->first = false;
	}
	if (j->cut) {
		/* Without the comma where nothing stands before it. */
		const char *member = &CUT_MEMBER[j->first ? 1 : 0];

		memcpy(j->buf + j->len, member, strlen(member));
		j->len += strlen(member);
	}
	memcpy(j->buf + j->len, "}\n", sizeof("}\n"));
	j->len += 2;
	return j->len;
}
