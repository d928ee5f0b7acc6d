/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Saying no: the place in the file, the key, and what would be right. */
#include <stdarg.h>
#include <string.h>

#include "base/cleanup.h"
#include "scenario/reader.h"
#include "scenario/text.h"

/* Each level of the text is at most one step. */
#define STEPS_MAX (TEXT_DEPTH_MAX + 1)

void place_key(struct reader *r, struct place *p, const char *key, const struct object *object,
	       const json_t *value)
{
	*p = (struct place){ r->place, key, 0, object, value };
	r->place = p;
}

void place_index(struct reader *r, struct place *p, size_t index, const struct object *object,
		 const json_t *value)
{
	*p = (struct place){ r->place, NULL, index, object, value };
	r->place = p;
}

void place_up(struct reader *r)
{
	r->place = r->place->up;
}

static size_t steps_of(const struct place *p, struct where_step *steps)
{
	size_t n = 0;

	for (const struct place *q = p; q; q = q->up)
		n++;
	if (n > STEPS_MAX)
		return 0;
	for (size_t i = n; p; p = p->up)
		steps[--i] = (struct where_step){ p->key, p->index };
	return n;
}

static void place_where(const struct reader *r, const struct place *p, enum where_what what,
			unsigned int *line, unsigned int *column)
{
	struct where_step steps[STEPS_MAX];
	size_t n = steps_of(p, steps);

	*line = *column = 0;
	where_find(r->text, r->size, steps, n, what, line, column);
}

void reader_where(const struct reader *r, unsigned int *ret_line, unsigned int *ret_column)
{
	place_where(r, r->place, WHERE_VALUE, ret_line, ret_column);
}

const char *quoted(const char *text, char *buf, size_t size)
{
	size_t len = 0, max = size < 54 ? size - 6 : 48;

	buf[len++] = '"';
	for (; *text && len <= max; text++) {
		unsigned char c = (unsigned char)*text;

		buf[len++] = c < 0x20 || c == 0x7f ? '?' : (char)c;
	}
	if (*text) {
		/* Do not cut a character in two. */
		while (len > 1 && ((unsigned char)buf[len - 1] & 0xc0) == 0x80)
			len--;
		if (len > 1 && (unsigned char)buf[len - 1] >= 0xc0)
			len--;
		memcpy(buf + len, "...", 3);
		len += 3;
	}
	buf[len++] = '"';
	buf[len] = '\0';
	return buf;
}

const char *json_kind(const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "an array";
	case JSON_STRING:
		return "text";
	case JSON_INTEGER:
	case JSON_REAL:
		return "a number";
	case JSON_TRUE:
	case JSON_FALSE:
		return "true or false";
	default:
		return "null";
	}
}

/* One object by name where it has one, else by number. */
static void title_one(const struct place *p, char *buf, size_t size)
{
	const char *name = json_string_value(json_object_get(p->value, "name"));
	char word[64];

	if (p->up && p->up->key && p->key && !strcmp(p->up->key, "groups"))
		name = p->key;
	if (name)
		snprintf(buf, size, "%s %s", p->object->name, quoted(name, word, sizeof(word)));
	else if (!p->key)
		snprintf(buf, size, "%s %zu", p->object->name, p->index + 1);
	else
		snprintf(buf, size, "%s", quoted(p->key, word, sizeof(word)));
}

static const struct place *object_above(const struct place *p)
{
	while (p && !p->object)
		p = p->up;
	return p;
}

const char *reader_title(const struct reader *r, char *buf, size_t size)
{
	const struct place *p = object_above(r->place), *outer;
	char one[128], of[128];

	if (!p) {
		snprintf(buf, size, "the scenario");
		return buf;
	}
	title_one(p, one, sizeof(one));
	outer = object_above(p->up);
	if (!outer) {
		snprintf(buf, size, "%s", one);
		return buf;
	}
	title_one(outer, of, sizeof(of));
	snprintf(buf, size, "%s of %s", one, of);
	return buf;
}

/* What the message is about: the innermost key. */
static const char *key_in_hand(const struct reader *r)
{
	for (const struct place *p = r->place; p; p = p->up)
		if (p->key)
			return p->key;
	return NULL;
}

int reader_refuse(struct reader *r, const char *fmt, ...)
{
	const char *key = key_in_hand(r);
	unsigned int line, column;
	char text[640], word[64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	reader_where(r, &line, &column);
	if (!key)
		return diag_set_at(r->diag, -EINVAL, line, column, "the scenario %s", text);
	return diag_set_at(r->diag, -EINVAL, line, column, "%s %s", quoted(key, word, sizeof(word)),
			   text);
}

int reader_refuse_key(struct reader *r, const char *key, const char *fmt, ...)
{
	struct place at = { r->place, key, 0, NULL, NULL };
	unsigned int line, column;
	char text[640];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	place_where(r, &at, WHERE_KEY, &line, &column);
	return diag_set_at(r->diag, -EINVAL, line, column, "%s", text);
}

int reader_refuse_memory(struct reader *r)
{
	return diag_set(r->diag, -ENOMEM, "no memory to read the scenario");
}
