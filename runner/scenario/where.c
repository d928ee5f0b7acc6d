/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A walk over valid JSON without building anything. Values that are not on the way are stepped over
 * by counting brackets outside strings, so neither depth nor size costs stack or memory.
 */
#include "scenario/where.h"

#include <jansson.h>
#include <string.h>

#include "base/cleanup.h"

struct walk {
	const char *text;
	size_t size;
	size_t at;
};

static char look(const struct walk *w)
{
	return w->at < w->size ? w->text[w->at] : '\0';
}

static void skip_space(struct walk *w)
{
	while (w->at < w->size && memchr(" \t\r\n", w->text[w->at], 4))
		w->at++;
}

/* From an opening quote to behind the closing one. */
static void skip_string(struct walk *w)
{
	for (w->at++; w->at < w->size && w->text[w->at] != '"'; w->at++)
		if (w->text[w->at] == '\\')
			w->at++;
	w->at++;
}

static void skip_value(struct walk *w)
{
	size_t depth = 0;

	do {
		char c = look(w);

		if (c == '"') {
			skip_string(w);
			continue;
		}
		if (!depth && (c == ',' || c == ']' || c == '}'))
			return;
		if (c == '[' || c == '{')
			depth++;
		else if (c == ']' || c == '}')
			depth--;
		w->at++;
	} while (w->at < w->size);
}

/* Is the string token at @w->at, escapes and all, the same as @key? Moves behind it. */
static bool key_is(struct walk *w, const char *key)
{
	size_t start = w->at, length;
	json_t *decoded;
	bool same;

	skip_string(w);
	if (w->at > w->size)
		return false;
	length = w->at - start;
	if (!memchr(w->text + start, '\\', length))
		return length - 2 == strlen(key) && !memcmp(w->text + start + 1, key, length - 2);
	decoded = json_loadb(w->text + start, length, JSON_DECODE_ANY, NULL);
	same = decoded && json_is_string(decoded) && !strcmp(json_string_value(decoded), key);
	json_decref(decoded);
	return same;
}

/* From '{' to the value of @key; *@ret_key is where the key stands. */
static bool enter_member(struct walk *w, const char *key, size_t *ret_key)
{
	if (look(w) != '{')
		return false;
	for (w->at++; w->at < w->size; w->at++) {
		bool found;

		skip_space(w);
		if (look(w) != '"')
			return false;
		*ret_key = w->at;
		found = key_is(w, key);
		skip_space(w);
		w->at++; /* ':' */
		skip_space(w);
		if (found)
			return w->at < w->size;
		skip_value(w);
		if (look(w) != ',')
			return false;
	}
	return false;
}

/* From '[' to element @index. */
static bool enter_element(struct walk *w, size_t index)
{
	if (look(w) != '[')
		return false;
	w->at++;
	skip_space(w);
	while (index--) {
		skip_value(w);
		if (look(w) != ',')
			return false;
		w->at++;
		skip_space(w);
	}
	return look(w) != ']' && w->at < w->size;
}

void where_offset(const char *text, size_t offset, unsigned int *ret_line, unsigned int *ret_column)
{
	unsigned int line = 1;
	size_t start = 0;

	for (size_t i = 0; i < offset; i++) {
		if (text[i] != '\n')
			continue;
		line++;
		start = i + 1;
	}
	*ret_line = line;
	*ret_column = (unsigned int)(offset - start) + 1;
}

bool where_find(const char *text, size_t size, const struct where_step *steps, size_t n_steps,
		enum where_what what, unsigned int *ret_line, unsigned int *ret_column)
{
	struct walk w = { text, size, 0 };
	size_t key_at = 0;
	bool keyed = false;

	skip_space(&w);
	for (size_t i = 0; i < n_steps; i++) {
		keyed = steps[i].key != NULL;
		if (keyed ? !enter_member(&w, steps[i].key, &key_at)
			  : !enter_element(&w, steps[i].index))
			return false;
	}
	where_offset(text, what == WHERE_KEY && keyed ? key_at : w.at, ret_line, ret_column);
	return true;
}
