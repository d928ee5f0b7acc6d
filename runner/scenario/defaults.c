/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a key is when the file does not name it: the row's fallback, else unset. */
#include <string.h>

#include "base/cleanup.h"
#include "scenario/reader.h"
#include "scenario/scenario.h"

static void *field(void *base, size_t offset)
{
	return (char *)base + offset;
}

static int default_words(const char *fallback, char ***to)
{
	_cleanup_free_ char *copy = strdup(fallback);
	char *save = NULL;
	size_t n = 0;

	*to = calloc(strlen(fallback) / 2 + 2, sizeof(**to));
	if (!copy || !*to)
		return -ENOMEM;
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		(*to)[n] = strdup(w);
		if (!(*to)[n++])
			return -ENOMEM;
	}
	return 0;
}

static int default_text(const char *fallback, char **to)
{
	if (!fallback)
		return 0;
	*to = strdup(fallback);
	return *to ? 0 : -ENOMEM;
}

static int default_amount(const struct key *k, uint64_t *to)
{
	const char *why;

	*to = UNSET;
	return k->fallback ? parse_amount(k, k->fallback, to, &why) : 0;
}

static int default_word(const struct key *k, void *to)
{
	int index = k->fallback ? word_index(k->fallback, k->words) : 0;

	if (k->type == KEY_EITHER)
		*(bool *)to = index == 1;
	else
		*(unsigned int *)to = (unsigned int)index;
	return 0;
}

int value_default(const struct key *k, void *base)
{
	void *to = field(base, k->offset);

	switch (k->type) {
	case KEY_TEXT:
	case KEY_NAME:
	case KEY_WORD:
		return default_text(k->fallback, to);
	case KEY_CHOICE:
	case KEY_EITHER:
		return default_word(k, to);
	case KEY_BYTES:
	case KEY_DURATION:
	case KEY_PERCENT:
		return default_amount(k, to);
	case KEY_NUMBER:
	case KEY_SWITCH:
		*(uint64_t *)to = UNSET;
		return 0;
	case KEY_COUNT:
		*(unsigned int *)to =
			k->fallback ? (unsigned int)strtoul(k->fallback, NULL, 10) : 0;
		return 0;
	case KEY_TEXTS:
	case KEY_WORDS:
		return k->fallback ? default_words(k->fallback, to) : 0;
	case KEY_OBJECT:
		return object_defaults(k->object, to);
	case KEY_OWN:
		return k->embedded ? object_defaults(k->object, to) : 0;
	case KEY_BOOL:
	case KEY_OBJECTS:
		return 0; /* zeroed */
	}
	return 0;
}
