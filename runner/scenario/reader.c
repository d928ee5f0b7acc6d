/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Objects by the table: every member must have a row, every required row a member. The first
 * refusal in the order of the file ends the reading.
 */
#include "scenario/reader.h"

#include <string.h>

#include "base/cleanup.h"
#include "scenario/suggest.h"

/* Names listed in full when an unknown key is near none of them. */
#define LIST_MAX 12
#define ROWS_MAX 32

static void names_of(const struct object *o, const char **names)
{
	size_t n = 0;

	for (const struct key *k = o->keys; k->name && n < ROWS_MAX; k++)
		if (k->name[0] != '$')
			names[n++] = k->name;
	names[n] = NULL;
}

static int refuse_unknown(struct reader *r, const struct object *o, const char *key)
{
	const char *names[ROWS_MAX + 1], *near;
	char title[280], word[64], list[320];

	names_of(o, names);
	near = suggest_nearest(key, names);
	suggest_list(names, LIST_MAX, list, sizeof(list));
	reader_title(r, title, sizeof(title));
	quoted(key, word, sizeof(word));
	if (near)
		return reader_refuse_key(r, key, "unknown key %s in %s; did you mean \"%s\"?%s%s%s",
					 word, title, near, list[0] ? " (" : "", list,
					 list[0] ? ")" : "");
	return reader_refuse_key(r, key, "unknown key %s in %s; %s", word, title,
				 !names[0] ? "it has no keys"
				 : list[0] ? list
					   : "see hangar-scenario(5) for its keys");
}

static int check_required(struct reader *r, const struct object *o, json_t *value)
{
	unsigned int line, column;
	char title[280];

	for (const struct key *k = o->keys; k->name; k++) {
		if (!k->required || json_object_get(value, k->name))
			continue;
		reader_where(r, &line, &column);
		return diag_set_at(r->diag, -EINVAL, line, column, "%s has no \"%s\": %s",
				   reader_title(r, title, sizeof(title)), k->name, k->help);
	}
	return 0;
}

int object_read(struct reader *r, const struct object *o, json_t *value, void *base)
{
	struct place here;
	const char *name;
	json_t *member;
	int err;

	if (!json_is_object(value))
		return reader_refuse(r, "must be an object, not %s", json_kind(value));
	json_object_foreach (value, name, member) {
		const struct key *k = key_find(o, name);

		if (!k)
			return refuse_unknown(r, o, name);
		place_key(r, &here, k->name, k->type == KEY_OBJECTS ? NULL : k->object, member);
		err = value_read(r, k, member, base);
		place_up(r);
		if (err < 0)
			return err;
	}
	err = check_required(r, o, value);
	if (err < 0)
		return err;
	return o->check ? o->check(r, value, base) : 0;
}

int object_defaults(const struct object *o, void *base)
{
	int err;

	for (const struct key *k = o->keys; k->name; k++) {
		err = value_default(k, base);
		if (err < 0)
			return err;
	}
	return 0;
}

int objects_read(struct reader *r, const struct object *o, json_t *value, void **ret,
		 unsigned int *ret_n)
{
	size_t n = json_array_size(value), i;
	struct place here;
	json_t *element;
	char *array;
	int err;

	array = calloc(n ? n : 1, o->size);
	if (!array)
		return reader_refuse_memory(r);
	*ret = array;
	*ret_n = (unsigned int)n;
	json_array_foreach (value, i, element) {
		err = object_defaults(o, array + i * o->size);
		if (err < 0)
			return reader_refuse_memory(r);
		place_index(r, &here, i, o, element);
		err = object_read(r, o, element, array + i * o->size);
		place_up(r);
		if (err < 0)
			return err;
	}
	return 0;
}
