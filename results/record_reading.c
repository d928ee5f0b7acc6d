/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcore.json was made from the memory of a kernel that had gone wrong, perhaps on another machine,
 * and a task names itself. So nothing of it is used but what this table knows.
 */
#include "record_reading.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "blocked.h"
#include "event.h"
#include "outside.h"
#include "record.h"

/* Ten thousand tasks of 200 bytes each, and the stacks of some hundred classes. */
#define READING_BYTES_MAX (16u << 20)
#define EVIDENCE_BYTES_MAX (16u << 20)
#define LIST_MAX 256
#define TASKS_MAX 1000
#define FRAMES_MAX 128

enum type { TEXT, NUMBER, EITHER, TEXTS, LIST, NUMBERS };

struct rule {
	const char *key;
	enum type type;
	size_t max;            /* of a list */
	const struct rule *of; /* of a list's objects */
};

static const struct rule refusal[] = { { "reader", TEXT }, { "reason", TEXT }, { NULL } };

static const struct rule cpu[] = {
	{ "cpu", NUMBER }, { "comm", TEXT }, { "pid", NUMBER }, { "stack", TEXTS, FRAMES_MAX },
	{ NULL },
};

static const struct rule task[] = {
	{ "pid", NUMBER }, { "comm", TEXT }, { "role", TEXT }, { NULL }
};

static const struct rule class[] = {
	{ "count", NUMBER },
	{ "waits", TEXT },
	{ "stack", TEXTS, FRAMES_MAX },
	{ "tasks", LIST, TASKS_MAX, task },
	{ NULL },
};

static const struct rule memcg[] = {
	{ "path", TEXT },      { "usage_bytes", NUMBER }, { "limit_bytes", NUMBER },
	{ "failcnt", NUMBER }, { "oom_kills", NUMBER },   { NULL },
};

static const struct rule explanation[] = { { "subject", TEXT }, { "sentence", TEXT }, { NULL } };

static const struct rule whole[] = {
	{ "vmcore", TEXT },
	{ "release", TEXT },
	{ "reader", TEXT },
	{ "panic", TEXT },
	{ "taint", EITHER },
	{ "tasks", NUMBER },
	{ "refused", LIST, LIST_MAX, refusal },
	{ "explanations", LIST, LIST_MAX, explanation },
	{ "cpus", LIST, LIST_MAX, cpu },
	{ "blocked", LIST, LIST_MAX, class },
	{ "memory", NUMBERS, LIST_MAX },
	{ "memcgs", LIST, LIST_MAX, memcg },
	{ "notes", TEXTS, LIST_MAX },
	{ NULL },
};

static json_t *clean_object(const json_t *from, const struct rule *rules);

static bool fits_number(const json_t *value)
{
	return json_is_integer(value) && json_integer_value(value) >= 0;
}

static bool is_word(const char *key)
{
	return !key[strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_")];
}

static json_t *clean_texts(const json_t *from, size_t max)
{
	json_t *to = json_array(), *one;
	size_t i;

	json_array_foreach (from, i, one)
		if (json_is_string(one) && json_array_size(to) < max)
			json_array_append(to, one);
	return to;
}

static json_t *clean_list(const json_t *from, size_t max, const struct rule *of)
{
	json_t *to = json_array(), *one;
	size_t i;

	json_array_foreach (from, i, one)
		if (json_is_object(one) && json_array_size(to) < max)
			json_array_append_new(to, clean_object(one, of));
	return to;
}

static json_t *clean_numbers(json_t *from, size_t max)
{
	json_t *to = json_object(), *value;
	const char *key;

	json_object_foreach (from, key, value)
		if (fits_number(value) && is_word(key) && json_object_size(to) < max)
			json_object_set(to, key, value);
	return to;
}

static json_t *clean(json_t *value, const struct rule *r)
{
	switch (r->type) {
	case TEXT:
		return json_is_string(value) && json_string_length(value) ? json_incref(value)
									  : NULL;
	case EITHER:
		return json_is_string(value) || json_is_integer(value) ? json_incref(value) : NULL;
	case NUMBER:
		return fits_number(value) ? json_incref(value) : NULL;
	case TEXTS:
		return json_is_array(value) ? clean_texts(value, r->max) : NULL;
	case LIST:
		return json_is_array(value) ? clean_list(value, r->max, r->of) : NULL;
	case NUMBERS:
		return json_is_object(value) ? clean_numbers(value, r->max) : NULL;
	default:
		return NULL;
	}
}

static json_t *clean_object(const json_t *from, const struct rule *rules)
{
	json_t *to = json_object();

	for (const struct rule *r = rules; r->key; r++) {
		json_t *value = json_object_get(from, r->key),
		       *good = value ? clean(value, r) : NULL;

		if (good)
			json_object_set_new(to, r->key, good);
	}
	return to;
}

json_t *reading_clean(const char *text, size_t size)
{
	json_t *from = json_loadb(text, size, 0, NULL);
	json_t *to = json_is_object(from) ? clean_object(from, whole) : NULL;

	json_decref(from);
	return to;
}

static char *load_file(const char *dir, const char *name, size_t max, size_t *ret_size)
{
	_cleanup_free_ char *path = NULL;
	char *text = NULL;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return NULL;
	return textfile_load(path, max, &text, ret_size) < 0 ? NULL : text;
}

static void load_reading(struct record *r)
{
	size_t size;
	_cleanup_free_ char *text =
		load_file(r->path, VMCORE_READING_FILE, READING_BYTES_MAX, &size);

	r->reading = text ? reading_clean(text, size) : NULL;
}

static void load_evidence(struct record *r)
{
	size_t size;
	_cleanup_free_ char *text = load_file(r->path, BLOCKED_FILE, EVIDENCE_BYTES_MAX, &size);

	r->blocked = text ? blocked_parse(text) : NULL;
	r->blocked_from = BLOCKED_FILE;
}

/*
 * Without symbols a vmcore shows the tasks that its log names; what the run saw itself, while they
 * hung, are all of them.
 */
static bool is_second_best(const json_t *reading)
{
	return !strncmp(event_text(reading, "reader"), "notes", 5);
}

void record_reading_load(struct record *r)
{
	json_t *blocked;

	load_reading(r);
	blocked = json_object_get(r->reading, "blocked");
	if (!json_array_size(blocked) || is_second_best(r->reading))
		load_evidence(r);
	if (json_array_size(r->blocked) || !json_array_size(blocked))
		return;
	json_decref(r->blocked);
	r->blocked = json_incref(blocked);
	r->blocked_from = VMCORE_FILE;
}
