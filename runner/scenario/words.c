/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values that are words: free text, names, one of a list, and lists of them. */
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "scenario/reader.h"
#include "scenario/suggest.h"

bool is_name(const char *text, size_t max)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return len && !text[len] && len <= max && text[0] != '-';
}

int store_text(struct reader *r, const char *text, char **to)
{
	char *copy = strdup(text);

	if (!copy)
		return reader_refuse_memory(r);
	free(*to);
	*to = copy;
	return 0;
}

int read_text(struct reader *r, const struct key *k, json_t *value, char **to)
{
	size_t max = k->max ? k->max : k->type == KEY_NAME ? KEY_NAME_MAX : KEY_TEXT_MAX;
	const char *text = json_string_value(value);
	char word[64];

	if (!text)
		return reader_refuse(r, "must be text, not %s", json_kind(value));
	if (k->type == KEY_NAME && !is_name(text, max))
		return reader_refuse(r,
				     "is %s; a name has lower-case letters, digits and '-', at "
				     "most %zu of them, and does not begin with '-'",
				     quoted(text, word, sizeof(word)), max);
	if (strlen(text) < k->min)
		return reader_refuse(r, "is empty");
	if (strlen(text) > max)
		return reader_refuse(r, "has %zu bytes; at most %zu are allowed", strlen(text),
				     max);
	return store_text(r, text, to);
}

static int refuse_word(struct reader *r, json_t *value, const char *const *words)
{
	const char *text = json_string_value(value), *near;
	char list[320], word[64];

	suggest_list(words, 64, list, sizeof(list));
	if (!text)
		return reader_refuse(r, "must be text, not %s; %s", json_kind(value), list);
	near = suggest_nearest(text, words);
	if (near)
		return reader_refuse(r, "is %s; did you mean \"%s\"? (%s)",
				     quoted(text, word, sizeof(word)), near, list);
	return reader_refuse(r, "is %s; %s", quoted(text, word, sizeof(word)), list);
}

int word_index(const char *text, const char *const *words)
{
	for (int i = 0; text && words[i]; i++)
		if (!strcmp(text, words[i]))
			return i;
	return -1;
}

int read_word(struct reader *r, const struct key *k, json_t *value, void *to)
{
	int index = word_index(json_string_value(value), k->words);

	if (index < 0)
		return refuse_word(r, value, k->words);
	if (k->type == KEY_WORD)
		return store_text(r, k->words[index], to);
	if (k->type == KEY_EITHER)
		*(bool *)to = index == 1;
	else
		*(unsigned int *)to = (unsigned int)index;
	return 0;
}

static int store_element(struct reader *r, json_t *value, const char *const *words, char **to)
{
	const struct key row = { .type = KEY_TEXT, .min = 1 };

	if (words && word_index(json_string_value(value), words) < 0)
		return refuse_word(r, value, words);
	return read_text(r, &row, value, to);
}

int store_texts(struct reader *r, json_t *value, const char *const *words, char ***to)
{
	struct place here;
	json_t *element;
	size_t i;
	int err;

	if (!json_is_array(value))
		return reader_refuse(r, "must be an array of texts, not %s", json_kind(value));
	*to = calloc(json_array_size(value) + 1, sizeof(**to));
	if (!*to)
		return reader_refuse_memory(r);
	json_array_foreach (value, i, element) {
		place_index(r, &here, i, NULL, element);
		err = store_element(r, element, words, &(*to)[i]);
		place_up(r);
		if (err < 0)
			return err;
	}
	return 0;
}

static void free_texts(char **texts)
{
	for (char **t = texts; t && *t; t++)
		free(*t);
	free(texts);
}

int read_texts(struct reader *r, const struct key *k, json_t *value, char ***to)
{
	size_t max = k->max ? k->max : 64;

	if (json_is_array(value) &&
	    (json_array_size(value) < k->min || json_array_size(value) > max))
		return reader_refuse(r, "has %zu elements; allowed: %" PRIu64 " to %zu",
				     json_array_size(value), k->min, max);
	free_texts(*to);
	*to = NULL;
	return store_texts(r, value, k->words, to);
}
