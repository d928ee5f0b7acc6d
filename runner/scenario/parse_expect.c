/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "expect": patterns of findings. A kind alone is the short form of a pattern. */
#include <string.h>

#include "base/cleanup.h"
#include "scenario/reader.h"
#include "scenario/scenario.h"
#include "scenario/suggest.h"

#define PATTERNS_MAX 64

static const char *nearest_kind(const char *word)
{
	const char *best = NULL;
	size_t distance = 0;

	for (int k = FINDING_NONE + 1; k < FINDING_KIND_COUNT; k++)
		best = suggest_better(word, finding_kind_name((enum finding_kind)k), best,
				      &distance);
	return best;
}

int read_kind(struct reader *r, const struct key *k, json_t *value, void *base)
{
	struct pattern *p = base;
	const char *text = json_string_value(value), *near;
	char word[64];

	if (!text)
		return reader_refuse(r, "must be a kind of finding, not %s", json_kind(value));
	p->kind = finding_kind_parse(text);
	if (p->kind != FINDING_NONE)
		return 0;
	near = nearest_kind(text);
	quoted(text, word, sizeof(word));
	if (near)
		return reader_refuse(r, "names no kind of finding: %s; did you mean \"%s\"?", word,
				     near);
	return reader_refuse(r, "names no kind of finding: %s; hangar-scenario(5) lists them",
			     word);
}

static int read_pattern(struct reader *r, json_t *value, struct pattern *p)
{
	if (json_is_string(value))
		return read_kind(r, NULL, value, p);
	if (!json_is_object(value))
		return reader_refuse(r, "must hold kinds of finding or patterns, not %s",
				     json_kind(value));
	return object_read(r, &pattern_object, value, p);
}

int read_patterns(struct reader *r, const struct key *k, json_t *value, void *base)
{
	struct pattern **to = (void *)((char *)base + k->offset);
	unsigned int *n = (void *)((char *)base + k->other);
	struct place here;
	json_t *element;
	size_t i;
	int err;

	if (!json_is_array(value) || json_array_size(value) > PATTERNS_MAX)
		return reader_refuse(r,
				     "must be an array of at most %d kinds of finding or "
				     "patterns",
				     PATTERNS_MAX);
	*to = calloc(json_array_size(value) + 1, sizeof(**to));
	if (!*to)
		return reader_refuse_memory(r);
	*n = (unsigned int)json_array_size(value);
	json_array_foreach (value, i, element) {
		place_index(r, &here, i, json_is_object(element) ? &pattern_object : NULL, element);
		err = read_pattern(r, element, &(*to)[i]);
		place_up(r);
		if (err < 0)
			return err;
	}
	return 0;
}

int check_pattern(struct reader *r, json_t *value, void *base)
{
	if (!json_object_size(value))
		return reader_refuse(r, "holds an empty pattern, which would match everything");
	return 0;
}

int read_expect(struct reader *r, const struct key *k, json_t *value, void *base)
{
	struct expect_spec *e = (void *)((char *)base + k->offset);

	if (json_is_object(value))
		return object_read(r, k->object, value, e);
	if (!json_is_string(value) || strcmp(json_string_value(value), "must-reproduce"))
		return reader_refuse(r, "must be an object or \"must-reproduce\"");
	e->must_reproduce = true;
	return 0;
}
