/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Of an entry's thirty fields five count. _TRANSPORT=kernel is what the journal itself vouches for;
 * a field without the underscore could have been sent by anybody.
 */
#include "triage/journal.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "kmsg/line.h"

static void take_when(struct framing *f, unsigned long long us)
{
	time_t seconds = (time_t)(us / 1000000);
	struct tm tm;

	f->when[0] = 0;
	if (us && gmtime_r(&seconds, &tm))
		strftime(f->when, sizeof(f->when), "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static void take_field(struct framing *f, const char *name, size_t n, const char *value)
{
	static const char *const names[] = { "MESSAGE", "_TRANSPORT", "PRIORITY",
					     "_SOURCE_MONOTONIC_TIMESTAMP",
					     "__REALTIME_TIMESTAMP" };
	size_t i = 0;

	while (i < ARRAY_SIZE(names) && (strlen(names[i]) != n || memcmp(names[i], name, n)))
		i++;
	switch (i) {
	case 0:
		snprintf(f->message, sizeof(f->message), "%s", value);
		f->since_message = 0;
		break;
	case 1:
		f->rec.facility = strcmp(value, "kernel") != 0;
		break;
	case 2:
		f->rec.level = (unsigned int)strtoul(value, NULL, 10) & 7;
		break;
	case 3:
		f->rec.kernel_us = strtoull(value, NULL, 10);
		break;
	case 4:
		take_when(f, strtoull(value, NULL, 10));
		break;
	default:
		break;
	}
}

static void begin(struct framing *f)
{
	f->rec = (struct kmsg_record){ .level = 4, .facility = 1 };
	f->message[0] = f->when[0] = 0;
	f->since_message = 0;
}

/* The message may still hold a caller ("[   T12] "), a level or dropped marks of its own. */
static bool finish(struct framing *f, struct kmsg_record *ret)
{
	f->packed = true;
	if (!f->message[0])
		return false;
	kmsg_line_parse(f->message, ret);
	ret->facility = f->rec.facility;
	ret->level = f->rec.level;
	if (f->rec.kernel_us)
		ret->kernel_us = f->rec.kernel_us;
	ret->when = f->when;
	ret->when_size = (unsigned int)strlen(f->when);
	return true;
}

bool journal_export_line(struct framing *f, const char *line, struct kmsg_record *ret)
{
	const char *equals = strchr(line, '=');

	if (!f->entry)
		begin(f);
	f->entry = *line != 0;
	if (!*line) {
		f->behind = f->since_message;
		return finish(f, ret);
	}
	f->since_message++;
	if (equals) {
		take_field(f, line, (size_t)(equals - line), equals + 1);
	} else {
		f->counted = true;
		f->counted_message = !strcmp(line, "MESSAGE");
		f->counted_head = 0;
		f->counted_left = 0;
		if (f->counted_message)
			f->message[0] = 0;
	}
	return false;
}

static void counted_byte(struct framing *f, size_t *used, char c)
{
	if (f->counted_head < 8) {
		f->counted_left |= (uint64_t)(unsigned char)c << 8 * f->counted_head++;
		return;
	}
	f->counted = f->counted_left-- > 0; /* the last is the newline behind the value */
	if (f->counted && f->counted_message && *used + 1 < sizeof(f->message) && c)
		f->message[(*used)++] = c;
}

void journal_export_counted(struct framing *f, const char *line, size_t size)
{
	size_t used = f->counted_message ? strlen(f->message) : 0;

	for (size_t i = 0; i <= size && f->counted; i++)
		counted_byte(f, &used, i < size ? line[i] : '\n');
	if (!f->counted_message)
		return;
	f->message[used] = 0;
	f->since_message = 0;
}

/* A message that is no UTF-8 is an array of its bytes. */
static void take_bytes(struct framing *f, const json_t *array)
{
	size_t n = 0;
	size_t i;
	json_t *byte;

	json_array_foreach (array, i, byte) {
		if (n + 1 < sizeof(f->message) && json_integer_value(byte) > 0)
			f->message[n++] = (char)json_integer_value(byte);
	}
	f->message[n] = 0;
}

bool journal_json_line(struct framing *f, const char *line, size_t size, struct kmsg_record *ret)
{
	json_t *object = json_loadb(line, size, 0, NULL);
	const char *key;
	json_t *value;
	bool done;

	begin(f);
	json_object_foreach (object, key, value) {
		if (json_is_string(value))
			take_field(f, key, strlen(key), json_string_value(value));
		else if (!strcmp(key, "MESSAGE"))
			take_bytes(f, value);
	}
	f->since_message = 0;
	done = finish(f, ret);
	json_decref(object);
	return done;
}
