/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One JSON object on one line, built in a buffer of the caller's without any allocation. It exists
 * because the observer must journal while no memory can be had; everything else uses jansson. Text
 * is escaped; bytes that are no valid UTF-8 become U+FFFD. What does not fit is cut at a character
 * and the object is still closed properly, with "cut":true as its last member.
 */
#ifndef HANGAR_JLINE_H
#define HANGAR_JLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct jline {
	char *buf;
	size_t size;
	size_t len;
	bool cut;             /* something did not fit */
	bool first;           /* the next member is the first of its object */
	unsigned int depth;   /* open objects, the outermost counted */
	unsigned int dropped; /* open objects that did not fit: all inside them is left out */
};

/* A @size below 15 holds no object: then jline_end() returns 0 and @buf is "". */
void jline_begin(struct jline *j, char *buf, size_t size);
void jline_str(struct jline *j, const char *key, const char *value); /* NULL value: no member */
void jline_int(struct jline *j, const char *key, int64_t value);
void jline_uint(struct jline *j, const char *key, uint64_t value);
void jline_bool(struct jline *j, const char *key, bool value);
/* Three decimals; null when it is not finite or past 9e12. */
void jline_double(struct jline *j, const char *key, double value);
/* @us microseconds as seconds with all six decimals, exact: 1500000 gives 1.500000. */
void jline_seconds(struct jline *j, const char *key, uint64_t us);
/* An array of the lines of @text ("a\nb\n" gives ["a","b"]). */
void jline_lines(struct jline *j, const char *key, const char *text);
void jline_open(struct jline *j, const char *key); /* a nested object */
void jline_close(struct jline *j);
/* Close every open object, add '\n' and NUL. Returns the length with the '\n'. */
size_t jline_end(struct jline *j);

#endif
