/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a file to a checked scenario: bytes, JSON, the key table, rules across keys. jansson says
 * what is wrong with the JSON; where, in bytes, is worked out from its position.
 */
#include <string.h>

#include "base/cleanup.h"
#include "scenario/reader.h"
#include "scenario/scenario.h"
#include "scenario/text.h"
#include "scenario/watch_rows.h"

static void cleanup_json(json_t **j)
{
	json_decref(*j);
}

static void cleanup_scenario(struct scenario **s)
{
	scenario_free(*s);
}

/* jansson stands behind the second of two equal keys: go back to its opening quote. */
static size_t start_of_string(const char *text, size_t end)
{
	while (end > 0 && text[end - 1] != '"')
		end--;
	if (end < 2)
		return 0;
	for (size_t at = end - 2; at > 0; at--) {
		size_t slashes = 0;

		if (text[at] != '"')
			continue;
		while (slashes < at && text[at - 1 - slashes] == '\\')
			slashes++;
		if (slashes % 2 == 0)
			return at;
	}
	return 0;
}

static int refuse_twice(const char *text, size_t end, struct diag *d)
{
	size_t at = start_of_string(text, end), length = strcspn(text + at + 1, "\"");
	unsigned int line, column;

	where_offset(text, at, &line, &column);
	return diag_set_at(d, -EINVAL, line, column,
			   "the key \"%.*s\" is given twice in one object",
			   (int)(length < 48 ? length : 48), text + at + 1);
}

/* What jansson says in its own terms, in the author's; the rest of its messages are fine as they
 * are. */
static const char *explain_json(const json_error_t *e, char *buf, size_t size)
{
	switch (json_error_code(e)) {
	case json_error_numeric_overflow:
		return "a number is too large here";
	case json_error_null_character:
	case json_error_null_byte_in_key:
		return "text must not hold the NUL character";
	default:
		break;
	}
	snprintf(buf, size, "is not valid JSON: %s%s", e->text,
		 strstr(e->text, "or '}' expected near '}'") ? " (a comma too many before it?)"
							     : "");
	for (char *p = buf; *p; p++)
		if ((unsigned char)*p < 0x20 || (unsigned char)*p >= 0x7f)
			*p = '?';
	return buf;
}

static int refuse_json(const char *text, size_t size, const json_error_t *e, struct diag *d)
{
	size_t at = e->position > 0 ? (size_t)e->position : 0;
	unsigned int line, column;
	char buf[256];

	if (at > size)
		at = size;
	if (json_error_code(e) == json_error_duplicate_key)
		return refuse_twice(text, at, d);
	where_offset(text, at, &line, &column);
	return diag_set_at(d, -EINVAL, line, column, "%s", explain_json(e, buf, sizeof(buf)));
}

static char *copy_text(const char *text, size_t size)
{
	char *copy = malloc(size + 1);

	if (!copy)
		return NULL;
	memcpy(copy, text, size);
	copy[size] = '\0';
	return copy;
}

static int read_scenario(struct reader *r, json_t *json, struct scenario **ret)
{
	_cleanup_(cleanup_scenario) struct scenario *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return reader_refuse_memory(r);
	s->text = copy_text(r->text, r->size);
	s->text_size = r->size;
	s->path = r->path ? strdup(r->path) : NULL;
	if (!s->text || (r->path && !s->path) || object_defaults(&scenario_object, s) < 0)
		return reader_refuse_memory(r);
	watch_set_all(&s->watch, true);
	err = object_read(r, &scenario_object, json, s);
	if (err < 0)
		return err;
	*ret = take_ptr(s);
	return 0;
}

int scenario_parse(const char *text, size_t size, const char *path, const struct catalogue *c,
		   struct scenario **ret, struct diag *d)
{
	struct reader r = { text, size, path, c, d, NULL };
	_cleanup_(cleanup_json) json_t *json = NULL;
	json_error_t error;
	int err;

	if (d)
		snprintf(d->file, sizeof(d->file), "%s", path ? path : "");
	err = text_check(text, size, d);
	if (err < 0)
		return err;
	json = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
	if (!json)
		return refuse_json(text, size, &error, d);
	if (!json_is_object(json))
		return diag_set_at(d, -EINVAL, 1, 1, "a scenario is a JSON object, not %s",
				   json_kind(json));
	return read_scenario(&r, json, ret);
}

int scenario_load(const char *path, const struct catalogue *c, struct scenario **ret,
		  struct diag *d)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	int err;

	if (d)
		snprintf(d->file, sizeof(d->file), "%s", path);
	err = text_load(path, &text, &size, d);
	return err < 0 ? err : scenario_parse(text, size, path, c, ret, d);
}
